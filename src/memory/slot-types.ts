/*
 * The types and folds of slots.
 */

/** The types of typed arrays: integers wrap as these do, and `i64` and `u64` are bigints. */
export type ElementType = 'i32' | 'u32' | 'f32' | 'f64' | 'i64' | 'u64' | 'u8'

/** The type of a slot. `count`: a whole number from 0 to 2^53 − 1 that never wraps. `text`: a string. */
export type SlotType = ElementType | 'count' | 'text'

/** How the values of several threads become one. `none`: they have no meaning across threads. */
export type Fold = 'sum' | 'min' | 'max' | 'none'

/** All folds. A fold's code in a key record is its position here, plus 1. */
export const FOLDS: readonly Fold[] = ['sum', 'min', 'max', 'none']

/** A typed array of any type. */
export interface Elements {
  readonly length: number
  [index: number]: number | bigint
}

interface TypeTraits {
  readonly array: {
    readonly BYTES_PER_ELEMENT: number
    new (length: number): Elements
    new (buffer: ArrayBufferLike, byteOffset: number, length: number): Elements
    from(elements: Iterable<never>): Elements
  }
  readonly sum: number | bigint
  readonly min: number | bigint
  readonly max: number | bigint
}

/**
 * Per type: its array class and the identity of each fold. `min` and `max` are also the bounds of its values: `min` starts
 * from the largest, `max` from the smallest. The array class of `count` and `text` gives their alignment. The order is part
 * of the memory layout.
 */
export const TYPES: Readonly<Record<SlotType, TypeTraits>> = {
  i32: { array: Int32Array, sum: 0, min: 0x7fffffff, max: -0x80000000 },
  u32: { array: Uint32Array, sum: 0, min: 0xffffffff, max: 0 },
  f32: { array: Float32Array, sum: 0, min: Infinity, max: -Infinity },
  f64: { array: Float64Array, sum: 0, min: Infinity, max: -Infinity },
  i64: { array: BigInt64Array, sum: 0n, min: 0x7fffffffffffffffn, max: -0x8000000000000000n },
  u64: { array: BigUint64Array, sum: 0n, min: 0xffffffffffffffffn, max: 0n },
  u8: { array: Uint8Array, sum: 0, min: 255, max: 0 },
  count: { array: BigUint64Array, sum: 0, min: Number.MAX_SAFE_INTEGER, max: 0 },
  text: { array: Int32Array, sum: 0, min: 0, max: 0 },
}

/** All types. A type's code in a key record is its position here, plus 1. */
export const SLOT_TYPES: readonly SlotType[] = Object.keys(TYPES) as SlotType[]

/** The types of typed arrays. */
export const ELEMENT_TYPES: readonly ElementType[] = SLOT_TYPES.slice(0, 7) as ElementType[]

/** Bytes of an element of a type. A slot's byte offset is a multiple of it. */
export const bytesPerElement = (type: SlotType): number => TYPES[type].array.BYTES_PER_ELEMENT

/** The type that holds a type's values in 8 bytes: in banks, in a record's `init`, and in folds. */
export const wideType = (type: SlotType): 'f64' | 'i64' | 'u64' =>
  type === 'i64' || type === 'u64' ? type : 'f64'

/** The value that changes no fold: the default `init` of a key, and the fold over no threads. */
export const identityOf = (type: SlotType, fold: Fold): number | bigint =>
  TYPES[type][fold === 'none' ? 'sum' : fold]
