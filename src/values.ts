/*
 * The values of one key in one row, as anybody but the row's owner reads them: in the live area, or in one of the
 * two banks, where every element takes 8 bytes, as a double or as 64 bits.
 */
import {
  blockAddress,
  bytesOf,
  type Fold,
  LIVE,
  type Memory,
  presentAddress,
  type SlotType,
  TYPES,
  viewsOf,
} from './layout.js'
import type { ResolvedSpec, Scalar } from './schema.js'

/** A key, as far as its place and meaning go. */
export interface KeyPlace extends ResolvedSpec {
  readonly keyId: number
  readonly byteOffset: number
}

/** A value as a list of elements: one, unless it is a vector. */
export type Elements = readonly Scalar[]

// Private to the thread: floats are loaded as the bits that they are, since there are no atomic floats.
const scratch = viewsOf(new ArrayBuffer(8), 0, 8)

/** Loads one element of a live area, or of a bank if the type is a wide one. */
export function loadElement(memory: Memory, type: SlotType, byteOffset: number): Scalar {
  const bits = type === 'f32' ? 'u32' : type === 'f64' ? 'u64' : type
  const carrier: { [index: number]: Scalar } = scratch[bits]
  carrier[0] = Atomics.load(memory[bits] as Uint32Array, byteOffset / bytesOf(type))
  return scratch[type][0] as Scalar
}

/** The type that holds a type's values in 8 bytes: in banks, in `init`, in folds. */
export const wideType = (type: SlotType): 'f64' | 'i64' | 'u64' =>
  type === 'i64' || type === 'u64' ? type : 'f64'

export function storeWide(memory: Memory, type: SlotType, byteOffset: number, value: Scalar): void {
  const wide: { [index: number]: Scalar } = scratch[wideType(type)]
  wide[0] = value
  Atomics.store(memory.i64, byteOffset / 8, scratch.i64[0] as bigint)
}

/** A key's value in a block of a row (a bank's number, or `LIVE`); undefined if it is not present there. */
export function readBlock(memory: Memory, row: number, block: number, key: KeyPlace): Elements | undefined {
  if (Atomics.load(memory.u8, presentAddress(memory, row, block, key.keyId)) === 0) return undefined
  const isLive = block === LIVE
  const type = isLive ? key.type : wideType(key.type)
  const start = blockAddress(memory, row, block) + key.byteOffset * (isLive ? 1 : 2)
  const elements: Scalar[] = []
  for (let i = 0; i < (key.length ?? 1); i++)
    elements.push(loadElement(memory, type, start + bytesOf(type) * i))
  return elements
}

/** Writes a key's value to a bank; undefined: it is not present there. */
export function writeBank(
  memory: Memory,
  row: number,
  bank: number,
  key: KeyPlace,
  value: Elements | undefined,
): void {
  const start = blockAddress(memory, row, bank) + 2 * key.byteOffset
  value?.forEach((element, i) => {
    storeWide(memory, key.type, start + 8 * i, element)
  })
  Atomics.store(memory.u8, presentAddress(memory, row, bank, key.keyId), value ? 1 : 0)
}

/** Two values as one, element by element. What is not there adds nothing. */
export function merge<A extends Elements | undefined>(
  { fold }: KeyPlace,
  a: A,
  b: Elements | undefined,
): A | Elements {
  return a && b ? a.map((element, i) => combine(fold, element, b[i] as Scalar)) : ((a ?? b) as A)
}

/** Minimum and maximum pass over NaN, so that their result doesn't depend on the order of rows. */
function combine(fold: Fold, a: Scalar, b: Scalar): Scalar {
  if (fold === 'sum') return (a as number) + (b as number)
  if (Number.isNaN(a)) return b
  return (fold === 'min' ? b < a : b > a) ? b : a
}

/** Elements as users get them: a typed array for a vector, else a number or a bigint, which wraps at 64 bits. */
export function shape(type: SlotType, length: number | undefined, elements: Elements): unknown {
  const isPlain = !length && typeof elements[0] === 'number'
  const array = isPlain ? elements : TYPES[type].array.from(elements as Iterable<never>)
  return length ? array : array[0]
}
