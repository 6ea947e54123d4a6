/*
 * Reading thread-locals from any thread: all threads' values as one, each thread's own, and what a dead thread left.
 */
import { requireFunction } from '../memory/errors.js'
import type { FoldedOf, ReadingOf, Schema, Unlabelled } from '../memory/schema.js'
import type { Scope } from '../protocol/fold.js'
import { type ExitListener, exitListeners } from './default-table.js'
import { definitionOf, readerOf, type ThreadLocal } from './thread-local.js'

type NoFold = { readonly fold: 'none' } | { readonly type: 'u8' | 'text' }
/** The names of a schema whose keys have a meaning across threads. */
export type FoldedNames<S extends Schema> = {
  [N in keyof S]: Unlabelled<S[N]> extends NoFold ? never : N
}[keyof S]

/** All threads' values as one, without the keys of fold `none`. */
export type Totals<S extends Schema> = { [N in FoldedNames<S>]: FoldedOf<S[N]> }

/** One thread's values of the keys that it has used. */
export type Values<S extends Schema> = { [N in keyof S]?: ReadingOf<S[N]> }

/** A running thread and its values. */
export type ThreadValues<S extends Schema> = { threadId: number; threadName?: string } & Values<S>

/** What a dead thread left. */
export interface ThreadExit<S extends Schema> {
  readonly threadId: number
  /** Missing if the thread had no name. */
  readonly threadName?: string
  readonly values: Values<S>
}

/**
 * All threads' values as one: of all threads that ever lived, of running threads (`live`) or of dead ones (`retired`). Any
 * thread may call it at any time, without disturbing the others. Sums of values that only grow never go backwards.
 * @throws {TypeError} if the object was not made by `threadLocal`.
 */
export function totals<S extends Schema>(local: ThreadLocal<S>, scope: Scope = 'all'): Totals<S> {
  return readerOf(local).folds(scope) as Totals<S>
}

/**
 * The running threads that have used one of the keys, each with its name, if it has one, and its values of the keys that it
 * has used. Vectors are copies.
 * @throws {TypeError} if the object was not made by `threadLocal`.
 */
export function perThread<S extends Schema>(local: ThreadLocal<S>): ThreadValues<S>[] {
  return readerOf(local).threads() as ThreadValues<S>[]
}

/**
 * Calls back once for each worker that has ended, if this thread started it, and for each thread that died with it, with
 * the values of the keys that the thread had used, including those of fold `none`. A thread that used none is skipped.
 *
 * By then the thread's row is free, its values are in `retired`, and the program's own `exit` listeners have run. The
 * listener keeps nothing alive. An error in the callback becomes an uncaught exception, and stops no other callback.
 * @returns a function that ends it.
 * @throws {TypeError} if the object was not made by `threadLocal`, or the callback is not a function.
 */
export function onThreadExit<S extends Schema>(
  local: ThreadLocal<S>,
  callback: (exit: ThreadExit<S>) => void,
): () => void {
  const { table } = definitionOf(local)
  requireFunction('the callback', callback)
  table.memory.beforeReading?.()
  const reader = readerOf(local)
  const listener: ExitListener = (threadIds, defer) => {
    for (const exit of reader.lastValues(threadIds) as ThreadExit<S>[]) {
      // Deferred, so that an error in the callback neither keeps a row from being freed nor stops another callback.
      defer(() => callback(exit))
    }
  }
  exitListeners.add(listener)
  return () => void exitListeners.delete(listener)
}
