// What a table's memory says about which of its rows and key records are in use.
import type { Row, SlotTable } from 'threadslots'
import {
  type Dimensions,
  directoryAddress,
  ROWS_USED,
  recordAddress,
  recordCount,
  rowAddress,
} from '../../src/memory/layout.js'
import { openMemory } from '../../src/protocol/open-memory.js'

export interface TableUsage {
  /** Rows that a thread owns. */
  readonly rows: number
  /** Key records that a thread owns and that no key has been published from. */
  readonly records: number
}

/** The dimensions of a table that starts at byte 0 of its buffer. */
export function dimensionsOf({ buffer }: SlotTable): Dimensions {
  const { maxThreads, rowBytes, maxKeys } = openMemory(buffer, {})
  return { maxThreads, rowBytes, maxKeys }
}

/** Counts the rows and records that threads own, in a table that starts at byte 0 of its buffer. */
export function usageOf({ buffer }: SlotTable, dimensions: Dimensions): TableUsage {
  const words = new Int32Array(buffer)
  const claims = new BigInt64Array(buffer)
  const isOwned = (address: number) => Atomics.load(claims, address / 8) !== 0n
  const ids = (count: number) => Array.from({ length: count }, (_, id) => id)
  const published = new Set(
    ids(dimensions.maxKeys).map(keyId => Atomics.load(words, directoryAddress(keyId) / 4) - 1),
  )
  return {
    rows: ids(dimensions.maxThreads).filter(rowId => isOwned(rowAddress(dimensions, rowId))).length,
    records: ids(recordCount(dimensions)).filter(
      recordId => !published.has(recordId) && isOwned(recordAddress(dimensions, recordId)),
    ).length,
  }
}

/** Number of rows that were ever owned: at most the largest number of threads that were attached at the same time. */
export const rowsUsed = ({ buffer }: SlotTable): number => Atomics.load(new Int32Array(buffer), ROWS_USED / 4)

/** The ordinal of a row in its table. Below 256, it fits in an exit code, which has 8 bits on some runtimes. */
export function rowIdOf({ buffer, byteOffset }: SlotTable, row: Row): number {
  const memory = openMemory(buffer, { byteOffset })
  const [first, second] = [rowAddress(memory, 0), rowAddress(memory, 1)]
  return Math.floor((row.u8.byteOffset - byteOffset - first) / (second - first))
}
