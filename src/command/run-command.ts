/*
 * `npx threadslots …`.
 */
import { HELP, parseArguments, type Request, USAGE } from './arguments.js'
import { type Streams, watch } from './watch.js'

/**
 * Does what the arguments say.
 * @returns the exit status: 0, 1 if it failed, or 2 if the arguments make no sense.
 */
export async function runCommand(
  args: readonly string[],
  version: string,
  streams: Streams,
): Promise<number> {
  const { stdout, stderr } = streams
  if (args.length === 0) {
    stderr.write(`${HELP}\n`)
    return 2
  }
  let request: Request
  try {
    request = parseArguments(args)
  } catch (error) {
    stderr.write(`threadslots: ${(error as Error).message}\n${USAGE}\n`)
    return 2
  }
  if (typeof request === 'object') return watch(request, streams)
  stdout.write(`${request === 'help' ? HELP : version}\n`)
  return 0
}
