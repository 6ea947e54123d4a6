/*
 * Reading across rows, in any thread, while the owners write.
 *
 * A row is read between two loads of its state word; if it changed in between, values moved from the live
 * area to a bank, and the row is read again. So each value is seen exactly once, wherever it is. The answer
 * for several rows is no snapshot of one instant, as in Java's `LongAdder.sum`: each row is as it was at some
 * instant during the call. A sum of values that only grow never goes backwards.
 */
import { requireOneOf } from '../memory/errors.js'
import { wrap } from '../memory/histogram.js'
import { bankOf, COUNTED, LIVE, type Memory, ROW_STATE, ROW_VALUES_OF, TYPES } from '../memory/layout.js'
import type { Folded, Reading } from '../memory/schema.js'
import { foldElement, readBlock, type Value, wideType } from '../memory/values.js'
import { load32, load64 } from '../memory/words.js'
import { ownerOf, usedRows } from './claims.js'
import type { Field } from './keys.js'

/** Whose values: running threads', dead threads', or both. */
export type Scope = 'all' | 'live' | 'retired'

/** One row at one instant. The values are in the order of the fields asked for; undefined: not used. */
interface RowReading {
  /** The running owner; undefined where the live values are a dead thread's, or there are none. */
  readonly threadId: number | undefined
  readonly live: readonly (Value | undefined)[]
  readonly banked: readonly (Value | undefined)[]
}

/** Reads all rows that were ever used. Lock-free: a row is read again only if a thread came or went meanwhile. */
export function readRows(memory: Memory, fields: readonly Field[]): RowReading[] {
  return usedRows(memory).map(row => {
    for (;;) {
      const state = load32(memory, row + ROW_STATE)
      const owner = ownerOf(load64(memory, row))
      // Between a claim and its commit the owner is the new thread, and the live values are still the old one's.
      const isOwners = load32(memory, row + ROW_VALUES_OF) === owner + 1
      const bank = bankOf(state)
      const live = state & COUNTED ? fields.map(field => readBlock(memory, row, LIVE, field[1])) : []
      const banked = fields.map(field => readBlock(memory, row, bank, field[1]))
      if (load32(memory, row + ROW_STATE) === state) {
        return { threadId: isOwners && state & COUNTED ? owner : undefined, live, banked }
      }
    }
  })
}

/** The folds, in one reading of the rows, of all fields that have one; the fold's identity where nobody has used the key. */
export function foldFields(
  memory: Memory,
  fields: readonly Field[],
  scope: Scope,
  rows: readonly RowReading[] = readRows(memory, fields),
): { [name: string]: Folded } {
  requireOneOf<Scope>('the scope', scope, ['all', 'live', 'retired'])
  const folds = fields.flatMap(([name, key], i) => {
    if (key.fold === 'none') return []
    const total = new TYPES[wideType(key.type)].array(key.length ?? 1)
    for (let index = 0; index < total.length; index++) {
      // Each row by itself first, as it will be when it changes hands: added up in any other order, fractions would be
      // rounded otherwise afterwards, and a sum could fall.
      const parts = rows.map(({ threadId, live, banked }) =>
        foldElement(key, index, [
          scope === 'live' ? undefined : banked[i],
          // The live values of a row are left out of the other scope than theirs.
          scope === (threadId === undefined ? 'live' : 'retired') ? undefined : live[i],
        ]),
      )
      // Integers wrap here, at 64 bits.
      total[index] = foldElement(key, index, parts)
    }
    return [[name, wrap(key, key.length ? total : total[0]) as Folded]]
  })
  return Object.fromEntries(folds)
}

/** A running thread and its values by name, of the keys that it has used. */
export interface ThreadReading {
  readonly threadId: number
  readonly values: { [name: string]: Reading }
}

/** Running threads that have used one of the keys. */
export function readThreads(
  memory: Memory,
  fields: readonly Field[],
  rows: readonly RowReading[] = readRows(memory, fields),
): ThreadReading[] {
  const threads: ThreadReading[] = []
  for (const { threadId, live } of rows) {
    const values: [name: string, value: Reading][] = []
    fields.forEach(([name, key], i) => {
      if (live[i] !== undefined) values.push([name, wrap(key, live[i]) as Reading])
    })
    if (threadId !== undefined && values.length)
      threads.push({ threadId, values: Object.fromEntries(values) })
  }
  return threads
}
