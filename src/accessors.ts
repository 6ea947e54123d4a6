/*
 * The hot path of named slots: `local.x`, as a pair of functions closed over one row's view.
 *
 * The source is written out for each type, and that is the point: V8 keeps one feedback record for each
 * place in the source, and a place that has seen two types of array costs 15–95 ns instead of 1. So these lines
 * are not to be merged. The setter coerces integers as the array would, since the engine then keeps
 * the value in a register as an integer.
 *
 * Each setter also stores the key's present byte. That store is free (0–0.1 ns, measured on Node 20 to 26):
 * it depends on nothing. A branch on "is this the first use?" in its place makes an increment twice as slow
 * (0.9 → 1.8 ns). The value comes first: a thread that dies between the two has not used the key.
 */
import type { ScalarType } from './schema.js'

type MakeAccessor<A> = (view: A, index: number, present: Uint8Array, keyId: number) => PropertyDescriptor

/** Getter and setter of the element at `index` of a row's view of the type, and at `keyId` of its present bytes. */
export const accessors: Readonly<Record<ScalarType, MakeAccessor<never>>> = {
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
