/*
 * The command's arguments.
 */
import { parseArgs } from 'node:util'
import { MAX_INTERVAL_MS, MIN_INTERVAL_MS } from '../monitor/wire.js'

/** What `threadslots top` is asked to show. */
export interface TopRequest {
  /** Where the monitor is. */
  readonly url: URL
  /** Milliseconds between two readings. */
  readonly intervalMs: number
  /** Patterns for the names of keys; undefined for all keys. */
  readonly keys: readonly string[] | undefined
}

export type Request = 'help' | 'version' | TopRequest

/** The port on which a monitor listens if it isn't told otherwise. */
const DEFAULT_PORT = '9464'
const DEFAULT_INTERVAL_MS = 500

export const USAGE = `usage: npx threadslots top [address] [--interval ms] [--keys names] [--help] [--version]`

export const HELP: string = `${USAGE}

Shows a live table of another process's threads: the table of threadslots/top. The process has to run a monitor. Start it
with

  THREADSLOTS_MONITOR=9464 node --import threadslots/monitor/auto app.js

or call monitor() of threadslots/monitor in it.

  address        9464, host:9464 or a URL; default: ${DEFAULT_PORT}, on this machine
  --interval ms  time between two readings: ${MIN_INTERVAL_MS} to ${MAX_INTERVAL_MS}; default: ${DEFAULT_INTERVAL_MS}
  --keys names   show only these keys: names, separated by commas, in which * stands for anything. The name of a
                 definition stands for all its keys: --keys jobs,'server.*Ms'
  --help         print this help
  --version      print the version

In a terminal, ↑ ↓ PgUp PgDn Home End scroll through threads and ← → through columns, e expands labelled keys, and q quits.
A pipe or a file gets a line with the totals and rates of every tenth reading. The last picture or line has the rates of
the whole time.

Exit status: 0 after q, when the process has ended, or when the reader of the lines has; 1 if there is no monitor at the
address, or it can't be understood; 2 if the arguments make no sense. Ctrl-C and other signals end it as they end any program.`

/**
 * Parses the arguments.
 * @throws {Error} if they make no sense, with a message for the person who typed them.
 */
export function parseArguments(args: readonly string[]): Request {
  const { values, positionals } = parse(args)
  if (values.help) return 'help'
  if (values.version) return 'version'
  const [command, address = DEFAULT_PORT, ...others] = positionals
  if (command !== 'top')
    throw new Error(command === undefined ? 'no command given; use top' : unknown(command))
  if (others.length > 0) throw new Error(`top takes one address, and got ${positionals.length - 1}`)
  return { url: urlOf(address), intervalMs: intervalOf(values.interval), keys: keysOf(values.keys) }
}

function parse(args: readonly string[]) {
  const options = {
    interval: { type: 'string' },
    keys: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean', short: 'v' },
  } as const
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    // What follows the first sentence is about programs that take such a thing as a positional argument.
    throw new Error((error as Error).message.split(/\. |\n/)[0])
  }
}

const unknown = (command: string): string =>
  `there is no command '${command}'; use top${/^[\w.:[\]/-]*\d/.test(command) ? ` ${command}` : ''}`

/** @throws {Error} if it is neither a port, nor a host and a port, nor a URL. */
function urlOf(address: string): URL {
  const use = `use a port, as in ${DEFAULT_PORT}, host:port, or a URL`
  const text = /^\d+$/.test(address)
    ? `http://127.0.0.1:${address}`
    : address.includes('://')
      ? address
      : `http://${address}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new Error(`the address is '${address}'; ${use}`)
  return url
}

function intervalOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_INTERVAL_MS
  const ms = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (ms >= MIN_INTERVAL_MS && ms <= MAX_INTERVAL_MS) return ms
  throw new Error(`--interval is '${text}'; use milliseconds from ${MIN_INTERVAL_MS} to ${MAX_INTERVAL_MS}`)
}

function keysOf(text: string | undefined): readonly string[] | undefined {
  const names = text?.split(',').map(name => name.trim())
  if (names?.includes(''))
    throw new Error(`--keys is '${text}'; use names separated by commas, as in jobs,server.requests`)
  return names
}
