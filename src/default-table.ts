/*
 * The default table: one for all threads of a process, found without passing anything by hand. Each thread that
 * uses it hands it down to the workers that it starts, and frees the rows of those that end.
 */
import { releaseThread } from './claims.js'
import * as host from './host.js'
import { SlotTable } from './table.js'

let table: SlotTable | undefined

/** Told of threads that died together, while their values can still be read in their rows. */
export type DeathWitness = (threadIds: readonly number[]) => void

/** Witnesses of deaths among the workers that this thread started. */
export const witnesses: Set<DeathWitness> = new Set()

/**
 * The table behind `threadLocal`: the one given to `useTable`, or inherited from the thread that started this one,
 * or a new one. A worker that inherited none (it was started before its parent used this package) makes its
 * own, for itself and its workers, with a warning.
 */
export function defaultTable(): SlotTable {
  return table ?? adopt(inherit() ?? SlotTable.create())
}

/**
 * Makes a table the default of this thread, and of the workers that it starts afterwards. Call it before the
 * first `threadLocal`.
 * @throws {TypeError} if it is no SlotTable, or the thread has another default table already.
 */
export function useTable(chosen: SlotTable): void {
  if (!(chosen instanceof SlotTable) || (table ?? chosen) !== chosen) {
    throw new TypeError('useTable takes one SlotTable, before the first threadLocal')
  }
  if (!table) adopt(chosen)
}

function inherit(): SlotTable | undefined {
  const { buffer, byteOffset = 0 } = host.legacy()
  if (buffer) return SlotTable.from(buffer, { byteOffset })
  host.warnWorker(
    'this worker found no table and has its own; import definitions before workers start',
    'THREADSLOTS_NO_TABLE',
  )
  return undefined
}

function adopt(chosen: SlotTable): SlotTable {
  // A row of its own in every thread that may start workers: it is what these are found by, if all die together.
  chosen.attach()
  table = chosen
  const { buffer, byteOffset } = chosen
  host.leave({ buffer, byteOffset })
  host.watchWorkers(threadId =>
    releaseThread(chosen.memory, threadId, threadIds => {
      for (const witness of witnesses) witness(threadIds)
    }),
  )
  return chosen
}
