/*
 * The default table: one for all threads of a process, found without passing anything by hand. Every thread that uses it
 * bequeaths it to the workers it starts, and frees the rows of those that die.
 */
import { host } from '../host/current.js'
import type { Defer } from '../host/host.js'
import { wrongType } from '../memory/errors.js'
import { findFamily, freeFamily } from '../protocol/release.js'
import { SlotTable } from '../table/slot-table.js'

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
 * its own for itself and its workers, with a warning.
 */
export function defaultTable(): SlotTable {
  return defaultTableFor('defaultTable()')
}

/** The default table. If there is none yet, messages will say that `caller` needed it first. */
export function defaultTableFor(caller: string): SlotTable {
  if (table) return table
  const { buffer, byteOffset = 0 } = host.inherited()
  if (buffer) {
    return adopt(SlotTable.from(buffer, { byteOffset }), 'inherited from its parent')
  }
  host.warnUnshared()
  return adopt(SlotTable.create(), `created by ${caller}`)
}

/**
 * Makes a table the default of this thread and of the workers it starts from now on. Call it before the first
 * `threadLocal`, for example in a module that is imported first.
 * @throws {TypeError} if it is not a SlotTable, or this thread already has another default table.
 */
export function setDefaultTable(chosen: SlotTable): void {
  if (!(chosen instanceof SlotTable)) throw wrongType('the default table', chosen, 'a SlotTable')
  if (table === chosen) return
  if (table) {
    throw new TypeError(
      `this thread already has a default table, ${origin}; call setDefaultTable earlier, in a module imported first`,
    )
  }
  adopt(chosen, 'given to setDefaultTable')
}

function adopt(chosen: SlotTable, how: string): SlotTable {
  // Every thread that may start workers needs a row of its own: its workers are found by it if all of them die together.
  chosen.attach()
  table = chosen
  origin = how
  const { memory } = chosen
  host.bequeath(chosen)
  const announceExit = (threadId: number, defer: Defer) => {
    const family = findFamily(memory, threadId)
    for (const listener of exitListeners) listener(family.threadIds, defer)
    return family
  }
  const handleExit = (threadId: number) => freeFamily(memory, announceExit(threadId, queueMicrotask))
  host.watchWorkers({ handleExit, announceExit }, memory)
  return chosen
}
