/*
 * The values of keys in rows, as everyone but the row's owner reads them: from the live area, or from one of the two banks,
 * where every element takes 8 bytes, as a double or a 64-bit integer. They are copied into private memory, where they take 8
 * bytes as well, and are folded there.
 */
import type { Memory } from './layout.js'
import type { ResolvedSpec, Scalar } from './schema.js'
import type { Scratch } from './scratch.js'
import { type Fold, type SlotType, wideType } from './slot-types.js'
import { viewsOf } from './views.js'
import { HIGH, LOW, load64, store64 } from './words.js'

/** A key's definition and its place in a row. */
export interface StoredKey extends ResolvedSpec {
  readonly keyId: number
  readonly byteOffset: number
}

/** The type of an element in a bank or in private memory. */
export type WideType = ReturnType<typeof wideType>

/**
 * Copies elements of one type into private memory, with plain loads: a vector, or a scalar of several rows.
 *
 * There are loops per type because V8 keeps one feedback record per source position: one loop for all types would take 15
 * times as long.
 * @param i the index of the first element, in the view of the type.
 * @param step from one element to the next.
 * @param into the place of the first copy; the next ones follow.
 */
export function copyElements(
  memory: Memory,
  { copies }: Scratch,
  type: SlotType,
  i: number,
  step: number,
  count: number,
  into: number,
): void {
  const { f64: copy, u32: halves, i64: wide } = copies
  const { f64, i32, u32, f32, u8, i64 } = memory
  const end = into + count
  if (type === 'f64') for (; into < end; into++, i += step) copy[into] = f64[i] as number
  else if (type === 'u32') for (; into < end; into++, i += step) copy[into] = u32[i] as number
  else if (type === 'i32') for (; into < end; into++, i += step) copy[into] = i32[i] as number
  else if (type === 'f32') for (; into < end; into++, i += step) copy[into] = f32[i] as number
  else if (type === 'u8') for (; into < end; into++, i += step) copy[into] = u8[i] as number
  else if (type === 'count') {
    for (; into < end; into++, i += step) {
      // One load of all 8 bytes, so that a carry is seen whole. No count's bits are a NaN's, which could change on the way.
      copy[into] = f64[i] as number
      copy[into] = (halves[2 * into + HIGH] as number) * 2 ** 32 + (halves[2 * into + LOW] as number)
    }
  } else for (; into < end; into++, i += step) wide[into] = i64[i] as bigint
}

/** Sets elements in private memory to a value. */
export function fillCopies(
  { copies }: Scratch,
  type: WideType,
  value: Scalar,
  length: number,
  into: number,
): void {
  const { f64 } = copies
  const wide = copies[type as 'i64']
  if (type === 'f64') for (let k = 0; k < length; k++) f64[into + k] = value as number
  else for (let k = 0; k < length; k++) wide[into + k] = value as bigint
}

/**
 * Folds elements in private memory, one by one, into as many others. NaN adds nothing. Minimum and maximum ignore it without
 * a test, because it is neither less nor greater than any number.
 */
export function foldElements(
  { copies }: Scratch,
  type: SlotType,
  fold: Fold,
  from: number,
  length: number,
  into: number,
): void {
  const { f64 } = copies
  const end = from + length
  if (type === 'i64' || type === 'u64') {
    const wide = copies[type as 'i64']
    for (; from < end; from++, into++) {
      const element = wide[from] as bigint
      const folded = wide[into] as bigint
      // A sum wraps here, at 64 bits.
      if (fold === 'sum') wide[into] = folded + element
      else if (fold === 'min' ? element < folded : element > folded) wide[into] = element
    }
  } else if (fold === 'sum' && type !== 'f64' && type !== 'f32') {
    for (; from < end; from++, into++) f64[into] = (f64[into] as number) + (f64[from] as number)
  } else {
    for (; from < end; from++, into++) {
      const element = f64[from] as number
      const folded = f64[into] as number
      if (fold === 'sum') f64[into] = Number.isNaN(element) ? folded : folded + element
      else if (fold === 'min' ? element < folded : element > folded) f64[into] = element
    }
  }
}

/** Folds scalars in private memory, but for those that are noted as missing, into a single one. */
export function foldScalars(
  scratch: Scratch,
  type: SlotType,
  fold: Fold,
  note: number,
  from: number,
  count: number,
  into: number,
): void {
  const end = from + count
  const { copies, notes } = scratch
  if (fold !== 'sum' || type === 'i64' || type === 'u64') {
    for (; from < end; from++, note++) if (notes[note]) foldElements(scratch, type, fold, from, 1, into)
  } else {
    const { f64 } = copies
    let sum = f64[into] as number
    for (; from < end; from++, note++) {
      if (!notes[note]) continue
      const element = f64[from] as number
      if (!Number.isNaN(element)) sum += element
    }
    f64[into] = sum
  }
}

/**
 * Adds scalars of one type in several rows to a sum in private memory, with plain loads, as far as they are present.
 * @param present the address of the first one's present byte.
 * @param i the index of the first one, in the view of the type.
 * @param strideBytes from one row to the next, and `step` the same in elements.
 * @param from the place of the sum so far, and `into` that of the new one.
 */
export function addScalars(
  memory: Memory,
  { copies }: Scratch,
  type: SlotType,
  present: number,
  i: number,
  strideBytes: number,
  step: number,
  count: number,
  from: number,
  into: number,
): void {
  const { f64, u32, i32, u8 } = memory
  const end = present + strideBytes * count
  let sum = copies.f64[from] as number
  // As in `copyElements`, there are loops per type. A present byte is 1 or 0.
  if (type === 'u32') {
    for (; present < end; present += strideBytes, i += step)
      sum += (u8[present] as number) * (u32[i] as number)
  } else if (type === 'i32') {
    for (; present < end; present += strideBytes, i += step)
      sum += (u8[present] as number) * (i32[i] as number)
  } else if (type === 'count') {
    const { f64: word, u32: halves } = copies
    for (; present < end; present += strideBytes, i += step) {
      if (!u8[present]) continue
      word[into] = f64[i] as number
      sum += (halves[2 * into + HIGH] as number) * 2 ** 32 + (halves[2 * into + LOW] as number)
    }
  } else if (type === 'f64') {
    for (; present < end; present += strideBytes, i += step) {
      const value = u8[present] ? (f64[i] as number) : 0
      if (!Number.isNaN(value)) sum += value
    }
  } else {
    const view = memory[type as 'f32']
    for (; present < end; present += strideBytes, i += step) {
      const value = u8[present] ? (view[i] as number) : 0
      if (!Number.isNaN(value)) sum += value
    }
  }
  copies.f64[into] = sum
}

/** Stores the first elements in private memory to a bank, with plain stores. */
export function storeCopies(
  memory: Memory,
  { copies }: Scratch,
  type: WideType,
  byteOffset: number,
  length: number,
): void {
  const i = byteOffset >> 3
  if (type === 'f64') for (let n = 0; n < length; n++) memory.f64[i + n] = copies.f64[n] as number
  else for (let n = 0; n < length; n++) memory.i64[i + n] = copies.i64[n] as bigint
}

/** Private to the thread. */
const word = viewsOf(new ArrayBuffer(8), 0, 8)

/** Loads a scalar in place, with a plain load. Floats, counts and integers have lines of their own, as in `copyValues`. */
export function loadScalar(memory: Memory, type: SlotType, byteOffset: number): Scalar {
  if (type === 'count') {
    word.f64[0] = memory.f64[byteOffset >> 3] as number
    return (word.u32[HIGH] as number) * 2 ** 32 + (word.u32[LOW] as number)
  }
  if (type === 'f64') return memory.f64[byteOffset >> 3] as number
  if (type === 'u32') return memory.u32[byteOffset >> 2] as number
  if (type === 'i32') return memory.i32[byteOffset >> 2] as number
  if (type === 'f32') return memory.f32[byteOffset >> 2] as number
  if (type === 'u8') return memory.u8[byteOffset] as number
  return memory[type as 'i64'][byteOffset >> 3] as bigint
}

// A key's init, in its record.

/** Stores a value of any type in the 8 bytes of its wide type. */
export function storeWide(memory: Memory, type: SlotType, byteOffset: number, value: Scalar): void {
  const wide: { [index: number]: Scalar } = word[wideType(type)]
  wide[0] = value
  store64(memory, byteOffset, word.i64[0] as bigint)
}

/** Loads a value of any type from the 8 bytes of its wide type. */
export function loadWide(memory: Memory, type: SlotType, byteOffset: number): Scalar {
  word.i64[0] = load64(memory, byteOffset)
  return word[wideType(type)][0] as Scalar
}
