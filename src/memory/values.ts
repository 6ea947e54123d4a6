/*
 * The values of one key in one row, as everyone but the row's owner reads them: from the live area, or from one of the two
 * banks, where every element takes 8 bytes, as a double or a 64-bit integer.
 */
import { blockAddress, LIVE, type Memory, presentAddress } from './layout.js'
import type { ResolvedSpec, Scalar } from './schema.js'
import { bytesPerElement, type Elements, identityOf, type SlotType, TYPES, wideType } from './slot-types.js'
import { readText } from './text.js'
import { viewsOf } from './views.js'
import { load32, load64, store64 } from './words.js'

/** A key's definition and its place in a row. */
export interface StoredKey extends ResolvedSpec {
  readonly keyId: number
  readonly byteOffset: number
}

/** A value as read from a row: a scalar or text itself, or a copy of a vector. */
export type Value = Scalar | Elements | string

// Private to the thread. Floats are loaded as bits and converted here, since there are no atomic floats.
const scratch = viewsOf(new ArrayBuffer(8), 0, 8)

/**
 * Loads one element from a live area, or from a bank if the type is a wide one. The two float types have lines of their
 * own, because looking a view up by its type costs more than the load.
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
  if (type === 'count') return Number(Atomics.load(memory.u64, byteOffset / 8))
  return Atomics.load(memory[type as 'u32'], byteOffset / bytesPerElement(type))
}

/** Stores a value of any type in the 8 bytes of its wide type. */
export function storeWide(memory: Memory, type: SlotType, byteOffset: number, value: Scalar): void {
  const wide: { [index: number]: Scalar } = scratch[wideType(type)]
  wide[0] = value
  store64(memory, byteOffset, scratch.i64[0] as bigint)
}

/** A key's value in a block of a row (0 or 1 for a bank, or `LIVE`); undefined if the key is not present there. */
export function readBlock(memory: Memory, row: number, block: number, key: StoredKey): Value | undefined {
  if (!Atomics.load(memory.u8, presentAddress(memory, row, block, key.keyId))) return undefined
  const isLive = block === LIVE
  const type = isLive ? key.type : wideType(key.type)
  const start = blockAddress(memory, row, block) + key.byteOffset * (isLive ? 1 : 2)
  if (key.type === 'text') return readText(memory, start, key.length as number)
  if (!key.length) return loadElement(memory, type, start)
  const elements = new TYPES[type].array(key.length)
  for (let i = 0; i < key.length; i++)
    elements[i] = loadElement(memory, type, start + bytesPerElement(type) * i)
  return elements
}

/** Writes the fold of a key's values to a bank. If all values are undefined, the key is not present there. */
export function writeBank(
  memory: Memory,
  row: number,
  bank: number,
  key: StoredKey,
  values: readonly (Value | undefined)[],
): void {
  const start = blockAddress(memory, row, bank) + 2 * key.byteOffset
  const isPresent = values.some(value => value !== undefined)
  for (let index = 0; isPresent && index < (key.length ?? 1); index++) {
    storeWide(memory, key.type, start + 8 * index, foldElement(key, index, values))
  }
  Atomics.store(memory.u8, presentAddress(memory, row, bank, key.keyId), isPresent ? 1 : 0)
}

/**
 * Folds one element of several values of a key. Undefined values and NaN add nothing.
 *
 * Minimum and maximum ignore NaN without a test for it: `folded` starts from the identity, and NaN is neither less nor
 * greater than any number.
 */
export function foldElement(
  { type, fold }: StoredKey,
  index: number,
  values: readonly (Value | undefined)[],
): Scalar {
  let folded = identityOf(type, fold)
  for (const value of values) {
    if (value !== undefined) {
      // Texts never get here, because they don't fold.
      const element = (typeof value === 'object' ? value[index] : value) as Scalar
      if (fold === 'sum') (folded as number) += Number.isNaN(element) ? 0 : (element as number)
      else if (fold === 'min' ? element < folded : element > folded) folded = element
    }
  }
  return folded
}
