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
import type { Views } from './layout.js'
import type { ScalarType } from './schema.js'

type MakeAccessor = (
  views: Views,
  index: number,
  present: Uint8Array<SharedArrayBuffer>,
  keyId: number,
) => PropertyDescriptor

/** Getter and setter of one slot. `index` is an element of the type's view, `keyId` one of the row's present bytes. */
export const makeAccessor: Readonly<Record<ScalarType, MakeAccessor>> = {
  i32: ({ i32: view }, index, present, keyId) => ({
    get: () => view[index],
    set: (value: number) => {
      view[index] = value | 0
      present[keyId] = 1
    },
  }),
  u32: ({ u32: view }, index, present, keyId) => ({
    get: () => view[index],
    set: (value: number) => {
      view[index] = value >>> 0
      present[keyId] = 1
    },
  }),
  f32: ({ f32: view }, index, present, keyId) => ({
    get: () => view[index],
    set: (value: number) => {
      view[index] = value
      present[keyId] = 1
    },
  }),
  f64: ({ f64: view }, index, present, keyId) => ({
    get: () => view[index],
    set: (value: number) => {
      view[index] = value
      present[keyId] = 1
    },
  }),
  i64: ({ i64: view }, index, present, keyId) => ({
    get: () => view[index],
    set: (value: bigint) => {
      view[index] = BigInt.asIntN(64, value)
      present[keyId] = 1
    },
  }),
  u64: ({ u64: view }, index, present, keyId) => ({
    get: () => view[index],
    set: (value: bigint) => {
      view[index] = BigInt.asUintN(64, value)
      present[keyId] = 1
    },
  }),
}
