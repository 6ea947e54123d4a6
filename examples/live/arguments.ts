/*
 * The command line.
 */
import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseCommandLine, rangeText, wholeNumber } from '../../tools/command-line.js'
import { root } from '../../tools/repository.js'

export interface Options {
  readonly folder: string
  readonly threads: number
  readonly passes: number
  readonly crash: boolean
  /** The port of a monitor; undefined for none. */
  readonly monitor: number | undefined
}

// Fewer than the default table has rows on Node; the main thread takes one, too.
const MAX_THREADS = 250
const MAX_PASSES = 1000
const MAX_PORT = 65_535
/** A folder that always exists here. */
const DEFAULT_FOLDER = join(root, 'node_modules')
/**
 * That folder is small. With this many passes per thread, the demonstration takes some seconds on any
 * machine.
 */
const DEFAULT_FOLDER_PASSES = 15

export const USAGE = `usage: npm start -- [folder] [--threads n] [--passes n] [--crash] [--monitor port] [--help]`

export const HELP: string = `${USAGE}

Counts the files, bytes, lines and words of all text files in a folder. Several threads do the counting and never send a
message; a table shows what each of them has counted so far. At the end, one thread counts everything again in another
way, and the results are compared.

  folder        the folder to count; default: node_modules of this project
  --threads n   how many threads count: 1 to ${MAX_THREADS}; default: ${availableParallelism()}, one for each processor
  --passes n    how often each file is counted: 1 to ${MAX_PASSES}; default: 1, or ${DEFAULT_FOLDER_PASSES} × threads without a folder
  --crash       terminate a thread in the middle of its work; another thread takes over
  --monitor p   let others watch at port p: npx threadslots top p, or a browser
  --help        print this help`

const OPTIONS = {
  threads: { type: 'string', takes: rangeText(1, MAX_THREADS) },
  passes: { type: 'string', takes: rangeText(1, MAX_PASSES) },
  crash: { type: 'boolean' },
  monitor: { type: 'string', takes: rangeText(0, MAX_PORT) },
  help: { type: 'boolean' },
} as const

/**
 * Parses the arguments. Returns undefined if they ask for help.
 * @throws {Error} if they make no sense, with a message for the person who typed them.
 */
export function parseOptions(args: readonly string[]): Options | undefined {
  const { values, positionals } = parseCommandLine(args, OPTIONS, 1, 'one folder at most')
  if (values.help) return undefined
  const [folder] = positionals
  if (folder !== undefined) checkFolder(folder)
  const processors = availableParallelism()
  const threads = wholeNumber('threads', values.threads, 1, MAX_THREADS) ?? Math.min(processors, MAX_THREADS)
  const passes = wholeNumber('passes', values.passes, 1, MAX_PASSES)
  // More threads than processors are no faster, so they get no further passes.
  const defaultPasses = Math.min(DEFAULT_FOLDER_PASSES * Math.min(threads, processors), MAX_PASSES)
  return {
    folder: folder ?? DEFAULT_FOLDER,
    threads,
    passes: passes ?? (folder === undefined ? defaultPasses : 1),
    crash: values.crash === true,
    monitor: wholeNumber('monitor', values.monitor, 0, MAX_PORT),
  }
}

function checkFolder(folder: string): void {
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (stats === undefined) throw new Error(`folder '${folder}' does not exist`)
  if (!stats.isDirectory()) throw new Error(`'${folder}' is not a folder`)
}
