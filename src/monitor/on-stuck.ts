/*
 * `onStuck`: for programs that want to act when a task doesn't get on.
 */
import {
  definitionOf,
  internal,
  perThread,
  type Schema,
  type ThreadLocal,
  type ThreadValues,
  type Values,
} from '../index.js'
import { DEFAULT_STUCK_MS, requireLimitMs } from './options.js'
import { isCounter, Watcher } from './watcher.js'

export interface StuckOptions<S extends Schema> {
  /** The key that counts the tasks that a thread has started. */
  readonly started: keyof S & string
  /** The key that counts those that it has done, in a `finally`. */
  readonly done: keyof S & string
  /** Milliseconds, 250 or more, in which one of a busy thread's slots has to change. Default: 30,000. */
  readonly stuckMs?: number
}

/** A thread that is in a task, and none of whose slots has changed for `stuckMs`. */
export interface StuckThread<S extends Schema> {
  readonly threadId: number
  /** Missing if the thread has no name. */
  readonly threadName?: string
  /** Milliseconds since one of its slots last changed. */
  readonly unchangedMs: number
  /** Its values of the keys that it has used: which task it is in, for example. */
  readonly values: Values<S>
}

const NAMES = ['started', 'done', 'stuckMs'] as const

/**
 * Calls back when a thread gets stuck: once, and again only if one of its slots has changed meanwhile. Any thread may ask. What
 * to do is up to the callback: terminate the worker, cancel the task, tell somebody. It is not called while this thread itself
 * is blocked.
 *
 * ```js
 * onStuck(jobs, { started: 'started', done: 'done', stuckMs: 10_000 }, ({ threadId, values }) => …)
 * ```
 *
 * It doesn't keep the program alive. An error in the callback becomes an uncaught exception, and stops no other call.
 * @returns a function that ends it.
 * @throws {TypeError} if `local` was not made by `threadLocal`, an option is wrong, or names no key that counts.
 * @throws {RangeError} if `stuckMs` is out of range.
 */
export function onStuck<S extends Schema>(
  local: ThreadLocal<S>,
  options: StuckOptions<S>,
  callback: (thread: StuckThread<S>) => void,
): () => void {
  const { table, fields } = definitionOf(local)
  internal.requireObject('options', options, "an object such as { started: 'started', done: 'done' }")
  for (const name of Object.keys(options)) internal.requireOneOf('an option', name, NAMES)
  internal.requireFunction('the callback', callback)
  const counters = new Map(fields.filter(([, key]) => isCounter(key)).map(([name, key]) => [name, key.name]))
  const keyName = (what: 'started' | 'done') =>
    counters.get(internal.requireOneOf(what, options[what], [...counters.keys()])) as string
  const tasks = { started: keyName('started'), done: keyName('done') }
  const stuckMs = requireLimitMs('stuckMs', options.stuckMs ?? DEFAULT_STUCK_MS)
  const watcher = new Watcher(table, { blockedMs: Infinity, stuckMs, tasks })
  let known: ReadonlyMap<number, number> = new Map()
  let hasEnded = false
  const timer = setInterval(() => {
    watcher.tick(performance.now())
    const stuck = watcher.statuses.filter(({ state }) => state === 'stuck')
    const unchanged = new Map(stuck.map(({ threadId, unchangedMs }) => [threadId, unchangedMs]))
    for (const { threadId, threadName, ...values } of stuck.length > 0 ? readThreads(local) : []) {
      const unchangedMs = unchanged.get(threadId)
      if (unchangedMs === undefined || known.has(threadId)) continue
      const thread = { threadId, ...(threadName && { threadName }), unchangedMs, values: values as Values<S> }
      // Deferred, so that an error in the callback stops no other call.
      queueMicrotask(() => hasEnded || callback(thread))
    }
    known = unchanged
  }, watcher.tickMs)
  timer.unref()
  return () => {
    hasEnded = true
    clearInterval(timer)
  }
}

/** As if the schema were unknown: TypeScript can't take properties off a generic type. */
const readThreads = (local: ThreadLocal<Schema>): ThreadValues<Schema>[] => perThread(local)
