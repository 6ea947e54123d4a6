/*
 * Between two tasks on one thread of a pool.
 */
import type { Schema } from '../memory/schema.js'
import { definitionOf, type ThreadLocal } from './thread-local.js'

/**
 * Sets this thread's keys of fold `none` back to their `init`, so that the next task doesn't see what the previous one left.
 * Counters and other keys that fold keep their values, and so do ordinary properties, which hold what belongs to the thread
 * rather than to a task, such as a connection.
 * @throws {TypeError} if the object was not made by `threadLocal`.
 */
export function reset<S extends Schema>(local: ThreadLocal<S>): void {
  const { row, rowFields } = definitionOf(local)
  row.reset(rowFields)
}
