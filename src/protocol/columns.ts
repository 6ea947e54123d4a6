/*
 * Where the values of some fields are: in every row, and in a reader's private memory. Nothing of this ever changes, so a
 * reader computes it once.
 */
import { blockAddress, LIVE, type Memory, presentAddress } from '../memory/layout.js'
import type { Scalar } from '../memory/schema.js'
import { bytesPerElement, identityOf, wideType } from '../memory/slot-types.js'
import type { WideType } from '../memory/values.js'
import type { Field, Key } from './keys.js'

/** A field in all rows. */
export interface Column {
  readonly name: string
  readonly key: Key
  readonly wide: WideType
  readonly identity: Scalar
  /** Number of elements of a value. A text isn't copied as elements. */
  readonly length: number
  /** The binary logarithm of the bytes of an element in the live area. */
  readonly shift: number
  /** Bytes from the start of the first row to its live value there, and to that one's present byte. */
  readonly live: number
  readonly present: number
  /** The place of its fold among those of all columns, in elements. */
  readonly at: number
  /** Where it is noted which rows have a live value, and behind that, which ones have a value in their bank. */
  readonly noted: number
  /** Where the copies of the live values are, and behind them those of the values in banks. */
  readonly copies: number
  readonly texts: (string | undefined)[]
}

/** The columns of some fields, and how much private memory they take. */
export interface Columns {
  readonly columns: readonly Column[]
  /** Number of elements of all values of a row. */
  readonly elements: number
  /** Number of rows that are read together. */
  readonly rowsAtOnce: number
  /** Notes of rows: states, owners, whether these are running, then those of columns. */
  readonly notesLength: number
  /** Copies: two folds of all columns, then their values. */
  readonly copiesLength: number
}

/** Rows are read together while their copies take no more elements, so that these stay in a processor's first cache. */
const MAX_ELEMENTS = 4096

export function columnsOf(memory: Memory, fields: readonly Field[]): Columns {
  const lengths = fields.map(([, { type, length = 1 }]) => (type === 'text' ? 0 : length))
  const elements = lengths.reduce((sum, length) => sum + length, 0)
  const fitting = Math.floor(MAX_ELEMENTS / (2 * elements + fields.length + 2))
  const rowsAtOnce = Math.max(1, Math.min(memory.maxThreads, fitting))
  let at = 0
  const columns = fields.map(([name, key], i): Column => {
    const length = lengths[i] as number
    const { type, fold, keyId, byteOffset } = key
    const column = {
      name,
      key,
      wide: wideType(type),
      identity: identityOf(type, fold),
      length,
      shift: Math.log2(bytesPerElement(type)),
      live: blockAddress(memory, 0, LIVE) + byteOffset,
      present: presentAddress(memory, 0, LIVE, keyId),
      at,
      noted: (3 + 2 * i) * rowsAtOnce,
      copies: 2 * (elements + at * rowsAtOnce),
      texts: [],
    }
    at += length
    return column
  })
  return {
    columns,
    elements,
    rowsAtOnce,
    notesLength: (3 + 2 * fields.length) * rowsAtOnce,
    copiesLength: 2 * elements * (1 + rowsAtOnce),
  }
}
