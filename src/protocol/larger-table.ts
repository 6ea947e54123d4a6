/*
 * The way out of a full table, for messages: the code that creates one with enough room.
 */
import { type Dimensions, MAX_TABLE_BYTES, tableBytes } from '../memory/layout.js'

/** The code that creates a table like a given one, with what is needed besides. */
export function largerTable(table: Dimensions, needs: Partial<Dimensions>): string {
  const rowBytes = enlarge(table.rowBytes, needs.rowBytes)
  const maxKeys = enlarge(table.maxKeys, needs.maxKeys)
  let maxThreads = enlarge(table.maxThreads, needs.maxThreads)
  // The line must work, so threads give way to keys if they don't fit together.
  while (maxThreads > 1 && tableBytes({ maxThreads, rowBytes, maxKeys }) > MAX_TABLE_BYTES) maxThreads >>= 1
  return `SlotTable.create({ maxThreads: ${maxThreads}, rowBytes: ${rowBytes}, maxKeys: ${maxKeys} })`
}

/** A limit doubled until it suffices. */
const enlarge = (limit: number, needed = 0): number => (limit < needed ? enlarge(2 * limit, needed) : limit)
