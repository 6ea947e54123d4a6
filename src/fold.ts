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
import type { Column } from './keys.js'
import {
  bankOf,
  COUNTED,
  identityOf,
  LIVE,
  type Memory,
  ROW_STATE,
  ROW_VALUES_OF,
  rowAddress,
} from './layout.js'
import type { Folded, Reading } from './schema.js'
import { type Elements, merge, readBlock, shape, wideType } from './values.js'
import { load32, load64 } from './words.js'

/** Whose values: running threads', dead threads', or both. */
export type Scope = 'all' | 'live' | 'retired'
const SCOPES: readonly Scope[] = ['all', 'live', 'retired']

/** One row at one instant. The values are in the order of the columns asked for; undefined: not used. */
interface RowReading {
  /** The running owner; undefined where the live values are a dead thread's, or there are none. */
  readonly threadId: number | undefined
  readonly live: readonly (Elements | undefined)[]
  readonly banked: readonly (Elements | undefined)[]
}

/** Reads all rows that were ever used. Lock-free: a row is read again only if a thread came or went meanwhile. */
export function readRows(memory: Memory, columns: readonly Column[]): RowReading[] {
  const rows: RowReading[] = []
  while (rows.length < rowsUsed(memory)) rows.push(readRow(memory, rowAddress(memory, rows.length), columns))
  return rows
}

function readRow(memory: Memory, row: number, columns: readonly Column[]): RowReading {
  for (;;) {
    const state = load32(memory, row + ROW_STATE)
    const owner = ownerOf(load64(memory, row))
    // Between a claim and its commit the owner is the new thread, and the live values are still the old one's.
    const isOwners = load32(memory, row + ROW_VALUES_OF) === owner + 1
    const read = (block: number) => columns.map(column => readBlock(memory, row, block, column[1]))
    const live = state & COUNTED ? read(LIVE) : []
    const banked = read(bankOf(state))
    if (load32(memory, row + ROW_STATE) === state) {
      return { threadId: isOwners && state & COUNTED ? owner : undefined, live, banked }
    }
  }
}

/** The folds, in one reading of the rows, of all columns that have one; the fold's identity where nobody has used the key. */
export function foldColumns(
  memory: Memory,
  columns: readonly Column[],
  scope: Scope,
  rows: readonly RowReading[] = readRows(memory, columns),
): { [name: string]: Folded } {
  oneOf('scope', scope, SCOPES)
  const folds = columns.flatMap(([name, key], i) => {
    const { type, fold, length } = key
    if (fold === 'none') return []
    let elements: Elements = Array(length ?? 1).fill(identityOf(type, fold))
    for (const { threadId, live, banked } of rows) {
      if (scope !== 'live') elements = merge(key, elements, banked[i])
      // The live values of a row are left out of the other scope than theirs.
      if (scope !== (threadId === undefined ? 'live' : 'retired')) elements = merge(key, elements, live[i])
    }
    return [[name, shape(wideType(type), length, elements) as Folded]]
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
  columns: readonly Column[],
  rows: readonly RowReading[] = readRows(memory, columns),
): ThreadReading[] {
  return rows.flatMap(({ threadId, live }) => {
    const values = columns.flatMap(([name, { type, length }], i) => {
      const elements = live[i]
      return elements ? [[name, shape(type, length, elements) as Reading]] : []
    })
    return threadId === undefined || values.length === 0
      ? []
      : [{ threadId, values: Object.fromEntries(values) }]
  })
}
