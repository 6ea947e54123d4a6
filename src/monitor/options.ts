/*
 * The options of `monitor`, and their validation.
 */
import { domainToASCII } from 'node:url'
import { internal } from '../index.js'

/** The keys in which a thread counts the tasks that it has started and done. */
export interface Tasks {
  readonly started: string
  readonly done: string
}

export interface MonitorOptions {
  /** TCP port, 0 to 65,535. 0 takes a free one, and `url` tells which. Default: 9464. */
  readonly port?: number
  /**
   * Address to listen on. Default: `127.0.0.1`, which only this machine reaches. `0.0.0.0` or `::` listens on all addresses;
   * everybody who reaches the port can then read all values, texts included.
   */
  readonly host?: string
  /**
   * Host names, besides `localhost` and IP addresses, under which clients may reach the monitor: `['app', 'app.example.org']`.
   * Requests with any other name are refused, because a web page could send them through a name that it controls (DNS
   * rebinding). Default: none, and `host` if that is a name.
   */
  readonly allowedHosts?: readonly string[]
  /** Milliseconds, 250 or more: a watched event loop is blocked if it hasn't turned for this long. Default: 5,000. */
  readonly blockedMs?: number
  /** Milliseconds, 250 or more: a busy thread is stuck if none of its slots has changed for this long. Default: 30,000. */
  readonly stuckMs?: number
  /**
   * Names of the keys in which each thread counts the tasks that it has started and done, such as
   * `{ started: 'jobs.started', done: 'jobs.done' }`. Count `done` in a `finally`, or a task that throws seems to run forever.
   * Default: none, so no thread is called busy or stuck.
   */
  readonly tasks?: Tasks
  /**
   * Whether `/stack` may interrupt the blocked main thread, for about a millisecond, to tell where it is. Needs Node, and a
   * monitor that the main thread starts.
   * Default: false.
   */
  readonly stack?: boolean
}

/** Validated options, with the defaults filled in. They can be posted to a thread. */
export interface ResolvedOptions {
  readonly port: number
  readonly host: string
  readonly allowedHosts: readonly string[]
  readonly blockedMs: number
  readonly stuckMs: number
  readonly tasks: Tasks | undefined
  readonly stack: boolean
}

const MAX_PORT = 65_535
export const DEFAULT_STUCK_MS = 30_000
const MIN_LIMIT_MS = 250
/** A year. */
const MAX_LIMIT_MS = 31_536_000_000

const NAMES = ['port', 'host', 'allowedHosts', 'blockedMs', 'stuckMs', 'tasks', 'stack'] as const

/**
 * @throws {TypeError} if an option is unknown, or of the wrong type.
 * @throws {RangeError} if a number is out of range.
 */
export function resolveOptions(options: MonitorOptions): ResolvedOptions {
  internal.requireObject('options', options, 'an object such as { port: 9464 }')
  for (const name of Object.keys(options)) internal.requireOneOf('an option', name, NAMES)
  const { port = 9464, host = '127.0.0.1', allowedHosts = [], stack = false, tasks } = options
  const { blockedMs = 5000, stuckMs = DEFAULT_STUCK_MS } = options
  if (typeof stack !== 'boolean') throw internal.wrongType('stack', stack, 'true or false')
  return {
    port: internal.requireWhole('port', port, 0, MAX_PORT),
    host: requireString('host', host, "an address, such as '0.0.0.0'"),
    allowedHosts: requireHostNames(allowedHosts),
    blockedMs: requireLimitMs('blockedMs', blockedMs),
    stuckMs: requireLimitMs('stuckMs', stuckMs),
    tasks: tasks === undefined ? undefined : requireTasks(tasks),
    stack,
  }
}

/** @throws {TypeError | RangeError} if it is not a number, or out of range. */
export const requireLimitMs = (what: string, limitMs: number): number =>
  internal.requireNumber(what, limitMs, MIN_LIMIT_MS, MAX_LIMIT_MS)

const HOST_NAMES = "host names in full and without a port, as in ['app', 'app.example.org']"

/** The names as browsers send them, in lower case and in ASCII, but without a dot at the end. */
function requireHostNames(names: readonly string[]): string[] {
  if (!Array.isArray(names)) throw internal.wrongType('allowedHosts', names, HOST_NAMES)
  return names.map((name, i) => {
    const hostName = typeof name === 'string' ? domainToASCII(name).replace(/\.$/, '') : ''
    // `domainToASCII` lets wildcards pass, and on Deno everything.
    if (!/^[^*:/@\s]+$/.test(hostName)) throw internal.wrongType(`allowedHosts[${i}]`, name, HOST_NAMES)
    return hostName
  })
}

const TASKS = "{ started: 'jobs.started', done: 'jobs.done' }"

function requireTasks(tasks: Tasks): Tasks {
  const { started, done } = internal.requireObject('tasks', tasks, TASKS) as Tasks
  for (const name of Object.keys(tasks)) internal.requireOneOf('a name in tasks', name, ['started', 'done'])
  const use = `the name of a key, as in ${TASKS}`
  return {
    started: requireString('tasks.started', started, use),
    done: requireString('tasks.done', done, use),
  }
}

function requireString(what: string, value: string, use: string): string {
  if (typeof value !== 'string' || value === '') throw internal.wrongType(what, value, use)
  return value
}
