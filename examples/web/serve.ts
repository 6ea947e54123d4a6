/*
 * Serves the page of this folder to browsers on this machine, until it is stopped.
 */

import { parseCommandLine, readCommandLine } from '../../tools/command-line.js'
import { type Server, serve } from '../../tools/static-server.js'

const USAGE = 'usage: npm run web -- [--port n] [--help]'

const HELP = `${USAGE}

Serves a page on which workers that never yield paint a zoom into the Mandelbrot set, and count in thread-local slots.
It draws what it reads there, kills workers, and measures what an increment costs in the browser that shows it.

  --port n   default: one that is free
  --help     print this`

const OPTIONS = {
  port: { type: 'string', takes: 'a whole number from 0 to 65535' },
  help: { type: 'boolean' },
} as const

interface Request {
  /** 0: one that is free. */
  readonly port: number
}

function parseRequest(args: readonly string[]): Request | undefined {
  const { values } = parseCommandLine(args, OPTIONS, 0, 'nothing but options')
  if (values.help) return undefined
  const { port = '0' } = values
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) {
    throw new Error(`--port takes ${OPTIONS.port.takes}, got '${port}'`)
  }
  return { port: Number(port) }
}

/** The page, at '/'. */
const servePage = ({ port }: Request): Promise<Server> => serve({ '/': import.meta.dirname }, { port })

const request = readCommandLine(parseRequest, HELP, USAGE)
if (request) {
  try {
    const { url } = await servePage(request)
    console.log(`${url} (Ctrl+C ends it)`)
  } catch (error) {
    console.error(`port ${request.port} can't be served: ${(error as Error).message}`)
    process.exitCode = 1
  }
}
