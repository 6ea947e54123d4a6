// What is taken in a table's memory, as it stands there.
import type { Row, SlotTable } from 'threadslots'
import {
  type Dimensions,
  directoryAddress,
  ROWS_USED,
  recordAddress,
  recordsOf,
  rowAddress,
} from '../../src/memory/layout.js'
import { openMemory } from '../../src/protocol/open-memory.js'

export interface Held {
  /** Rows that a thread owns. */
  readonly rows: number
  /** Key records that a thread owns, and that are no key's. */
  readonly records: number
}

/** What threads hold of a table that starts at byte 0 of its buffer. */
export function heldIn({ buffer }: SlotTable, dimensions: Dimensions): Held {
  const words = new Int32Array(buffer)
  const claims = new BigInt64Array(buffer)
  const isHeld = (address: number) => Atomics.load(claims, address / 8) !== 0n
  const ids = (count: number) => Array.from({ length: count }, (_, id) => id)
  const published = new Set(
    ids(dimensions.maxKeys).map(keyId => Atomics.load(words, directoryAddress(keyId) / 4) - 1),
  )
  return {
    rows: ids(dimensions.maxThreads).filter(rowId => isHeld(rowAddress(dimensions, rowId))).length,
    records: ids(recordsOf(dimensions)).filter(
      recordId => !published.has(recordId) && isHeld(recordAddress(dimensions, recordId)),
    ).length,
  }
}

/** Rows that were ever owned: as many threads as had one at the same time, at most. */
export const rowsUsed = ({ buffer }: SlotTable): number => Atomics.load(new Int32Array(buffer), ROWS_USED / 4)

/** The ordinal of a row: up to 256 rows, it fits in an exit code, which has 8 bits on some runtimes. */
export function rowIdOf({ buffer, byteOffset }: SlotTable, row: Row): number {
  const memory = openMemory(buffer, { byteOffset })
  const [first, second] = [rowAddress(memory, 0), rowAddress(memory, 1)]
  return Math.floor((row.u8.byteOffset - byteOffset - first) / (second - first))
}
