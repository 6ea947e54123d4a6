/*
 * The hot path of named slots, `local.x`: a getter and a setter per slot, closed over one row's view.
 *
 * The source is written out per type on purpose. V8 keeps one feedback record per source position, and a position that has
 * seen two types of array costs 15–95 ns instead of 1. So don't merge these lines. Integer setters coerce the value as the
 * array would, because the engine then keeps it in a register as an integer.
 *
 * Every setter also stores the key's present byte, which costs 0–0.1 ns; asking "is this the first use?" instead would
 * double an increment. The value comes first: a thread that dies between the two stores has not used the key.
 *
 * The alternatives that were tried, and what V8 and processors do with these lines, are in
 * docs/decisions/written-out-accessors.md. Measure any change here before and after, on all supported versions of Node.
 */
import type { ScalarType } from '../memory/schema.js'
import type { Views } from '../memory/views.js'
import { HIGH, LOW } from '../memory/words.js'
import { largeCount, storeCount } from './counts.js'

type MakeAccessor<A> = (view: A, index: number, present: Uint8Array, keyId: number) => PropertyDescriptor

/**
 * The accessor of the count at `index`. `name` is the key's, for errors.
 *
 * While the count is below 2^31, its low word is a small integer, and its high word 0. One test covers both: the high word is
 * at most 0x1fffff, so its opposite is negative unless it is 0. Two tests would take 0.3 ns longer on Node 22 and 24.
 */
export function countAccessor(
  views: Views,
  index: number,
  present: Uint8Array,
  keyId: number,
  name: string,
): PropertyDescriptor {
  const view = views.i32
  const low = 2 * index + LOW
  const high = 2 * index + HIGH
  return {
    get: () => {
      const small = view[low] as number
      return (small | -(view[high] as number)) >= 0 ? small : largeCount(views, index)
    },
    set: (value: number) => {
      if (value === (value | 0) && (value | -(view[high] as number)) >= 0) view[low] = value
      else storeCount(views, index, value, name)
      present[keyId] = 1
    },
  }
}

/** Per other type: the accessor of the element at `index` of a row's view, with its present byte at `keyId`. */
export const accessors: Readonly<Record<Exclude<ScalarType, 'count'>, MakeAccessor<never>>> = {
  i32: (view: Int32Array, index, present, keyId) => ({
    get: () => view[index],
    set: (value: number) => {
      view[index] = value | 0
      present[keyId] = 1
    },
  }),
  u32: (view: Uint32Array, index, present, keyId) => ({
    get: () => view[index],
    set: (value: number) => {
      view[index] = value >>> 0
      present[keyId] = 1
    },
  }),
  f32: (view: Float32Array, index, present, keyId) => ({
    get: () => view[index],
    set: (value: number) => {
      view[index] = value
      present[keyId] = 1
    },
  }),
  f64: (view: Float64Array, index, present, keyId) => ({
    get: () => view[index],
    set: (value: number) => {
      view[index] = value
      present[keyId] = 1
    },
  }),
  i64: (view: BigInt64Array, index, present, keyId) => ({
    get: () => view[index],
    set: (value: bigint) => {
      view[index] = BigInt.asIntN(64, value)
      present[keyId] = 1
    },
  }),
  u64: (view: BigUint64Array, index, present, keyId) => ({
    get: () => view[index],
    set: (value: bigint) => {
      view[index] = BigInt.asUintN(64, value)
      present[keyId] = 1
    },
  }),
}
