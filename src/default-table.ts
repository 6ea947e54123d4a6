/*
 * The default table: one for all threads of a process, found without passing anything by hand. Each thread that
 * uses it hands it down to the workers that it starts, and frees the rows of those that end.
 */
import * as host from './host.js'
import { SlotTable } from './table.js'

let table: SlotTable | undefined

/** Told of dead threads while their values can still be read; what it returns is done once their rows are free. */
export type DeathWitness = (threadIds: readonly number[]) => readonly (() => void)[]

const witnesses = new Set<DeathWitness>()

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
  if (!(chosen instanceof SlotTable)) {
    throw new TypeError('expected a SlotTable; SlotTable.from opens one')
  }
  if (table === undefined) adopt(chosen)
  else if (table.buffer !== chosen.buffer || table.byteOffset !== chosen.byteOffset) {
    throw new TypeError('this thread has a default table; call useTable before the first threadLocal')
  }
}

/** Adds a witness of deaths among the workers that this thread started; the result removes it. */
export function witnessDeaths(witness: DeathWitness): () => void {
  witnesses.add(witness)
  return () => {
    witnesses.delete(witness)
  }
}

function inherit(): SlotTable | undefined {
  const place = host.inheritedTable()
  if (place !== undefined) return SlotTable.from(place.buffer, { byteOffset: place.byteOffset })
  if (host.isWorker()) {
    host.warn(
      'this worker was started before its parent had a table, and makes its own, whose values the parent does not ' +
        'see; import the definitions before you start workers, or call useTable',
      'THREADSLOTS_NO_TABLE',
    )
  }
  return undefined
}

function adopt(chosen: SlotTable): SlotTable {
  table = chosen
  host.leave({ buffer: chosen.buffer, byteOffset: chosen.byteOffset })
  host.watchWorkers(threadId => bury(chosen, threadId))
  return chosen
}

/** First the values, then the rows, then what users want to do about it: their errors cost neither. */
function bury(chosen: SlotTable, threadId: number): void {
  const dead = chosen.deadWith(threadId)
  const reports = [...witnesses].flatMap(witness => witness(dead))
  chosen.release(threadId)
  for (const report of reports) {
    try {
      report()
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}
