/*
 * The default table: one for all threads of a process, found without passing anything by hand. Each thread that
 * uses it hands it down to the workers that it starts, and frees the rows of those that end.
 */

import { host, leave, legacy } from '../host/host.js'
import { type DeathWitness, releaseThread } from '../protocol/claims.js'
import { SlotTable } from '../table/slot-table.js'

let table: SlotTable | undefined

/** Witnesses of deaths among the workers that this thread started. */
export const witnesses: Set<DeathWitness> = new Set()

/**
 * The table behind `threadLocal`: the one given to `setDefaultTable`, or inherited from the thread that started this one,
 * or a new one. A worker that inherited none (it was started before its parent used this package) makes its
 * own, for itself and its workers, with a warning.
 */
export function defaultTable(): SlotTable {
  if (!table) {
    const { buffer, byteOffset } = legacy()
    if (buffer) setDefaultTable(SlotTable.from(buffer, { byteOffset: byteOffset as number }))
    else {
      host.warnAlone()
      setDefaultTable(SlotTable.create())
    }
  }
  return table as SlotTable
}

/**
 * Makes a table the default of this thread, and of the workers that it starts afterwards. Call it before the
 * first `threadLocal`.
 * @throws {TypeError} if it is no SlotTable, or the thread has another default table already.
 */
export function setDefaultTable(chosen: SlotTable): void {
  if (table ? table !== chosen : !(chosen instanceof SlotTable)) {
    throw new TypeError('setDefaultTable takes one SlotTable before threadLocal')
  }
  if (table) return
  // A row of its own in every thread that may start workers: it is what these are found by, if all die together.
  chosen.attach()
  table = chosen
  leave(chosen)
  host.watchWorkers(
    // Where several threads supervise, the host frees the rows by itself, once all have been told.
    (threadId, defer) => releaseThread(chosen.memory, threadId, witnesses, defer),
    chosen,
  )
}
