/*
 * The values of one key in one row, as anybody but the row's owner reads them: in the live area, or in one of the
 * two banks, where every element takes 8 bytes, as a double or as 64 bits.
 */
import {
  bankAddress,
  bytesOf,
  type Fold,
  LIVE,
  liveAddress,
  type Memory,
  presentAddress,
  type SlotType,
  TYPES,
  viewsOf,
} from './layout.js'
import type { ResolvedSpec, Scalar } from './schema.js'
import { load8, load32, load64, store8, store64 } from './words.js'

/** A key, as far as its place and meaning go. */
export interface Column extends ResolvedSpec {
  readonly keyId: number
  readonly byteOffset: number
}

/** A value as a list of elements: one, unless it is a vector. */
export type Elements = readonly Scalar[]

// Private to the thread: elements are loaded as the 4 or 8 bytes that they are, which can't tear.
const scratch = viewsOf(new ArrayBuffer(8), 0, 8)

function loadElement(memory: Memory, type: SlotType, byteOffset: number): Scalar {
  if (type === 'u8') return load8(memory, byteOffset)
  if (bytesOf(type) === 4) scratch.i32[0] = load32(memory, byteOffset)
  else scratch.i64[0] = load64(memory, byteOffset)
  return scratch[type][0] as Scalar
}

/** The type that holds a type's values in 8 bytes: in banks, in `init`, in folds. */
export const wideType = (type: SlotType): 'f64' | 'i64' | 'u64' =>
  type === 'i64' || type === 'u64' ? type : 'f64'

export const loadWide = (memory: Memory, type: SlotType, byteOffset: number): Scalar =>
  loadElement(memory, wideType(type), byteOffset)

export function storeWide(memory: Memory, type: SlotType, byteOffset: number, value: Scalar): void {
  const wide: { [index: number]: Scalar } = scratch[wideType(type)]
  wide[0] = value
  store64(memory, byteOffset, scratch.i64[0] as bigint)
}

/** A key's value in a block of a row (a bank's number, or `LIVE`); undefined if it is not present there. */
export function readBlock(memory: Memory, rowId: number, block: number, key: Column): Elements | undefined {
  if (load8(memory, presentAddress(memory, rowId, block, key.keyId)) === 0) return undefined
  const isLive = block === LIVE
  const type = isLive ? key.type : wideType(key.type)
  const start = isLive
    ? liveAddress(memory, rowId) + key.byteOffset
    : bankAddress(memory, rowId, block) + 2 * key.byteOffset
  return Array.from({ length: key.length ?? 1 }, (_, i) =>
    loadElement(memory, type, start + bytesOf(type) * i),
  )
}

/** Writes a key's value to a bank; undefined: it is not present there. */
export function writeBank(
  memory: Memory,
  rowId: number,
  bank: number,
  key: Column,
  value: Elements | undefined,
): void {
  const start = bankAddress(memory, rowId, bank) + 2 * key.byteOffset
  value?.forEach((element, i) => {
    storeWide(memory, key.type, start + 8 * i, element)
  })
  store8(memory, presentAddress(memory, rowId, bank, key.keyId), value === undefined ? 0 : 1)
}

/** Two values as one, element by element. What is not there adds nothing. */
export function merge(
  { fold }: Column,
  a: Elements | undefined,
  b: Elements | undefined,
): Elements | undefined {
  return a && b ? a.map((element, i) => combine(fold, element, b[i] as Scalar)) : (a ?? b)
}

/** Minimum and maximum pass over NaN, so that their result doesn't depend on the order of rows. */
function combine(fold: Fold, a: Scalar, b: Scalar): Scalar {
  if (fold === 'sum') return (a as number) + (b as number)
  if (Number.isNaN(a)) return b
  return (fold === 'min' ? b < a : b > a) ? b : a
}

/** Elements as users get them: a typed array for a vector, else a number or a bigint, which wraps at 64 bits. */
export function shape(type: SlotType, length: number | undefined, elements: Elements): unknown {
  const array = TYPES[type].array.from(elements as Iterable<never>)
  return length === undefined ? array[0] : array
}
