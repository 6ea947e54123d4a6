/*
 * Serves the example page to browsers on this machine, until it is stopped (`npm run web`).
 */
import { parseCommandLine, rangeText, readCommandLine, wholeNumber } from '../../tools/command-line.js'
import { serve } from '../../tools/static-server.js'

const MIN_PORT = 0
const MAX_PORT = 65535

const USAGE = 'usage: npm run web -- [--port n] [--help]'

const HELP = `${USAGE}

Serves a page whose workers paint a zoom into the Mandelbrot set. They never yield to their event loops, and count in
thread-local slots. The page shows what it reads there, can kill workers, and measures what an increment costs in your
browser.

  --port n   the port to serve at, ${MIN_PORT} to ${MAX_PORT}; default: ${MIN_PORT}, which means any free port
  --help     print this help`

const OPTIONS = {
  port: { type: 'string', takes: rangeText(MIN_PORT, MAX_PORT) },
  help: { type: 'boolean' },
} as const

interface Request {
  /** 0 means any free port. */
  readonly port: number
}

function parseRequest(args: readonly string[]): Request | undefined {
  const { values } = parseCommandLine(args, OPTIONS, 0, 'only options are allowed')
  if (values.help) return undefined
  return { port: wholeNumber('port', values.port, MIN_PORT, MAX_PORT) ?? 0 }
}

const request = readCommandLine(parseRequest, HELP, USAGE)
if (request) {
  try {
    const { url } = await serve({ '/': import.meta.dirname }, request)
    console.log(`${url} (press Ctrl+C to stop)`)
  } catch (error) {
    console.error(`can't serve at port ${request.port}: ${(error as Error).message}`)
    process.exitCode = 1
  }
}
