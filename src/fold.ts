/*
 * Reading across rows, in any thread, while the owners write.
 *
 * A row is read between two loads of its state word; if it changed in between, values moved from the live
 * area to a bank, and the row is read again. So each value is seen exactly once, wherever it is. The answer
 * for several rows is no snapshot of one instant, as in Java's `LongAdder.sum`: each row is as it was at some
 * instant during the call. A sum of values that only grow never goes backwards.
 */
import { oneOf } from './checks.js'
import { ownerOf, rowsUsed } from './claims.js'
import type { Key } from './keys.js'
import { LIVE, type Memory, rowAddress, stateAddress, valuesOfAddress } from './layout.js'
import { bankOf, isCounted } from './rows.js'
import { type Folded, identityOf, type Reading } from './schema.js'
import { type Elements, merge, readBlock, shape, wideType } from './values.js'
import { load32, load64 } from './words.js'

/** Whose values: running threads', dead threads', or both. */
export type Scope = 'all' | 'live' | 'retired'
const SCOPES: readonly Scope[] = ['all', 'live', 'retired']

/** One row at one instant. The values are in the order of the keys asked for; undefined: not used. */
export interface RowReading {
  /** The running owner; undefined where the live values are a dead thread's, or there are none. */
  readonly threadId: number | undefined
  readonly live: readonly (Elements | undefined)[]
  readonly banked: readonly (Elements | undefined)[]
}

/** Reads all rows that were ever used. Lock-free: a row is read again only if a thread came or went meanwhile. */
export function readRows(memory: Memory, keys: readonly Key[]): RowReading[] {
  return Array.from({ length: rowsUsed(memory) }, (_, rowId) => readRow(memory, rowId, keys))
}

function readRow(memory: Memory, rowId: number, keys: readonly Key[]): RowReading {
  const address = stateAddress(memory, rowId)
  for (;;) {
    const state = load32(memory, address)
    const owner = ownerOf(load64(memory, rowAddress(memory, rowId)))
    // Between a claim and its commit the owner is the new thread, and the live values are still the old one's.
    const isOwners =
      isCounted(state) && owner !== -1 && load32(memory, valuesOfAddress(memory, rowId)) === owner + 1
    const live = isCounted(state) ? keys.map(key => readBlock(memory, rowId, LIVE, key)) : []
    const banked = keys.map(key => readBlock(memory, rowId, bankOf(state), key))
    if (load32(memory, address) === state) return { threadId: isOwners ? owner : undefined, live, banked }
  }
}

/** The fold of the i-th of the keys that were read: its elements, or the fold's identity if nobody has used it. */
export function foldRows(rows: readonly RowReading[], key: Key, i: number, scope: Scope): Elements {
  oneOf('scope', scope, SCOPES)
  let folded: Elements | undefined
  for (const { threadId, live, banked } of rows) {
    if (scope !== 'live') folded = merge(key, folded, banked[i])
    if (scope === 'all' || (scope === 'live') === (threadId !== undefined))
      folded = merge(key, folded, live[i])
  }
  return folded ?? Array(key.length ?? 1).fill(identityOf(key.type, key.fold))
}

/** A fold as users get it. */
export const shapeFold = ({ type, length }: Key, elements: Elements): Folded =>
  shape(wideType(type), length, elements) as Folded

/** Running threads, each with its values by name, of the keys that it has used. */
export function readThreads(
  rows: readonly RowReading[],
  keys: readonly Key[],
  names: readonly string[],
): { threadId: number; values: { [name: string]: Reading } }[] {
  return rows.flatMap(({ threadId, live }) => {
    if (threadId === undefined) return []
    const values = keys.flatMap(({ type, length }, i) => {
      const elements = live[i]
      return elements ? [[names[i] as string, shape(type, length, elements) as Reading] as const] : []
    })
    return [{ threadId, values: Object.fromEntries(values) }]
  })
}
