/*
 * The default table: one for all threads of a process, found without passing anything by hand. Every thread that uses it
 * bequeaths it to the workers it starts, and frees the rows of those that die.
 */
import { hasInheritedTable, host } from '../host/current.js'
import type { Defer, ExitHandlers } from '../host/host.js'
import { wrongType } from '../memory/errors.js'
import { findFamily, freeFamily } from '../protocol/release.js'
import { rowReader } from '../protocol/row-reader.js'
import { SlotTable } from '../table/slot-table.js'
import { rowOf } from './definitions.js'

let table: SlotTable | undefined
/** How this thread came by its default table, for messages. */
let origin = ''

/** Is called with threads that died together, while their values can still be read in their rows. */
export type ExitListener = (threadIds: ReadonlySet<number>, defer: Defer) => void

/** Listeners for the deaths of workers that this thread started. */
export const exitListeners: Set<ExitListener> = new Set()

/**
 * The table behind `threadLocal`: the one given to `setDefaultTable`, or the one inherited from the thread that started
 * this one, or a new one. A worker that inherited none, because it started before its parent used this package, creates
 * its own for itself and its workers. The main thread warns of it as soon as it reads (code `THREADSLOTS_LATE`).
 *
 * On Node and Deno, a new one has room for 1,024 threads at once, 3,072 keys and 64 KiB of slots per thread (333 MiB of
 * address space, of which 8 KiB are used at first); on Bun for 64 threads, 1,024 keys and 28 KiB; in browsers for 256 threads,
 * 1,024 keys and 8 KiB. Where address space is limited, it is smaller.
 */
export function defaultTable(): SlotTable {
  return defaultTableFor('defaultTable()')
}

let onAdopt = () => {}

/** Calls back once, as soon as this thread has a default table. Whoever asks last is called. */
export function whenDefaultTable(callback: () => void): void {
  if (table) callback()
  else onAdopt = callback
}

/** The default table, if this thread has one already. */
export const existingDefaultTable = (): SlotTable | undefined => table

/** The default table. If there is none yet, messages will say that `caller` needed it first. */
export function defaultTableFor(caller: string): SlotTable {
  if (table) return table
  const { buffer, byteOffset = 0 } = host.inherited()
  if (buffer) return adopt(SlotTable.from(buffer, { byteOffset }), 'inherited from its parent')
  host.registerUnshared(caller)
  return adopt(SlotTable.reserve(), `created by ${caller}`)
}

/**
 * Makes a table the default of this thread and of the workers it starts from now on. Call it before the first
 * `threadLocal`, in a module that is imported first. Workers import that module too: there a table that was just created is
 * ignored, because they have inherited one from the thread that started them. A table that was opened is not.
 * @throws {TypeError} if it is not a SlotTable, or this thread already has another default table.
 */
export function setDefaultTable(chosen: SlotTable): void {
  if (!(chosen instanceof SlotTable)) throw wrongType('the default table', chosen, 'a SlotTable')
  if (table === chosen || (chosen.isNew && hasInheritedTable)) return
  if (table) {
    throw new TypeError(
      `this thread already has a default table, ${origin}; call setDefaultTable earlier, in a module imported first`,
    )
  }
  adopt(chosen, 'given to setDefaultTable')
}

function adopt(chosen: SlotTable, how: string): SlotTable {
  // Every thread that may start workers needs a row of its own: its workers are found by it if all of them die together.
  rowOf(chosen)
  table = chosen
  origin = how
  const { memory } = chosen
  host.bequeath(chosen)
  memory.beforeReading = host.noticeReading
  exitHandlers = {
    announceExits(threadIds, defer = queueMicrotask) {
      const family = findFamily(memory, threadIds).threadIds
      const news = new Set([...family].filter(threadId => !announced.has(threadId)))
      for (const listener of exitListeners) listener(news, defer)
      const listed = new Set<number>()
      const rows = rowReader(memory, [])
      rows.read(count => {
        for (let n = 0; n < count; n++) listed.add(rows.threadIdOf(n))
      }, true)
      announced = new Set([...announced, ...news].filter(threadId => listed.has(threadId)))
    },
    releaseThreads: threadIds => freeFamily(memory, findFamily(memory, threadIds)),
  }
  host.watchWorkers(exitHandlers, memory)
  onAdopt()
  return chosen
}

/** Kept here, because the host doesn't. */
let exitHandlers: ExitHandlers
/**
 * Dead threads that the listeners were told of, and whose values are still in their rows: a sweep may find a thread dead
 * before its `exit` is seen.
 */
let announced: ReadonlySet<number> = new Set()

/**
 * Frees the rows of threads whose death nobody saw, and calls this thread's `onThreadExit` listeners for them: threads whose
 * parent doesn't use this package, or has removed its listeners. Readings then count them as dead. Neither their event loop
 * nor the main thread's has to turn.
 *
 * A sweep probes every other thread that has a row, which takes about a microsecond each. A thread that never returns to its
 * event loop can be probed a dozen times; from then on it counts as alive. A table sweeps by itself before it is full. In
 * browsers supervisors do this work, and on Deno probes tell nothing: there a sweep does nothing.
 * @returns how many threads were found dead, including those that died with another one.
 */
export function sweep(): number {
  return defaultTableFor('sweep()').sweep()
}
