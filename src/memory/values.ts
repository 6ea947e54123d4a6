/*
 * The values of one key in one row, as anybody but the row's owner reads them: in the live area, or in one of the
 * two banks, where every element takes 8 bytes, as a double or as 64 bits.
 */
import {
  blockAddress,
  bytesOf,
  type Elements,
  identityOf,
  LIVE,
  type Memory,
  presentAddress,
  type SlotType,
  TYPES,
  viewsOf,
} from './layout.js'
import type { ResolvedSpec, Scalar } from './schema.js'
import { load32, load64, store64 } from './words.js'

/** A key, as far as its place and meaning go. */
export interface KeyPlace extends ResolvedSpec {
  readonly keyId: number
  readonly byteOffset: number
}

/** A value as it is read from a row: a single one as it is, without a list around it; a vector's is a copy. */
export type Value = Scalar | Elements

// Private to the thread: floats are loaded as the bits that they are, since there are no atomic floats.
const scratch = viewsOf(new ArrayBuffer(8), 0, 8)

/**
 * Loads one element of a live area, or of a bank if the type is a wide one. The floats have lines of their own: a view
 * looked up by its type costs more than the load.
 */
export function loadElement(memory: Memory, type: SlotType, byteOffset: number): Scalar {
  if (type === 'f64') {
    scratch.i64[0] = load64(memory, byteOffset)
    return scratch.f64[0] as number
  }
  if (type === 'f32') {
    scratch.i32[0] = load32(memory, byteOffset)
    return scratch.f32[0] as number
  }
  return Atomics.load(memory[type] as Uint32Array, byteOffset / bytesOf(type))
}

/** The type that holds a type's values in 8 bytes: in banks, in `init`, in folds. */
export const wideType = (type: SlotType): 'f64' | 'i64' | 'u64' =>
  type === 'i64' || type === 'u64' ? type : 'f64'

export function storeWide(memory: Memory, type: SlotType, byteOffset: number, value: Scalar): void {
  const wide: { [index: number]: Scalar } = scratch[wideType(type)]
  wide[0] = value
  store64(memory, byteOffset, scratch.i64[0] as bigint)
}

/** A key's value in a block of a row (a bank's number, or `LIVE`); undefined if it is not present there. */
export function readBlock(memory: Memory, row: number, block: number, key: KeyPlace): Value | undefined {
  if (!Atomics.load(memory.u8, presentAddress(memory, row, block, key.keyId))) return undefined
  const isLive = block === LIVE
  const type = isLive ? key.type : wideType(key.type)
  const start = blockAddress(memory, row, block) + key.byteOffset * (isLive ? 1 : 2)
  if (!key.length) return loadElement(memory, type, start)
  const elements = new TYPES[type].array(key.length)
  for (let i = 0; i < key.length; i++) elements[i] = loadElement(memory, type, start + bytesOf(type) * i)
  return elements
}

/** Writes the fold of a key's values to a bank; if all are undefined, the key is not present there. */
export function writeBank(
  memory: Memory,
  row: number,
  bank: number,
  key: KeyPlace,
  values: readonly (Value | undefined)[],
): void {
  const start = blockAddress(memory, row, bank) + 2 * key.byteOffset
  const isPresent = values.some(value => value !== undefined)
  for (let index = 0; isPresent && index < (key.length ?? 1); index++) {
    storeWide(memory, key.type, start + 8 * index, foldElement(key, index, values))
  }
  Atomics.store(memory.u8, presentAddress(memory, row, bank, key.keyId), +isPresent)
}

/**
 * The fold of one element of a key's values. What is undefined adds nothing. Minimum and maximum pass over NaN, so that
 * their result doesn't depend on the order of rows: `a` is never NaN there, since it starts from the identity, and nothing
 * is less or greater than NaN.
 */
export function foldElement(
  { type, fold }: KeyPlace,
  index: number,
  values: readonly (Value | undefined)[],
): Scalar {
  let a = identityOf(type, fold)
  for (const value of values) {
    if (value !== undefined) {
      const b = typeof value === 'object' ? (value[index] as Scalar) : value
      if (fold === 'sum') (a as number) += b as number
      else if (fold === 'min' ? b < a : b > a) a = b
    }
  }
  return a
}
