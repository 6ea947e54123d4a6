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
 *
 * Tried in their place, on Node 20, 22, 24 and 26: accessors on a prototype made for the row, a class for each type
 * that holds view and index, methods of a literal, source made anew for each definition. All are alike (u32: 0.68, 0.82,
 * 0.82, 0.58 ns), but for a prototype, which is slower where 16 definitions pass through one function.
 *
 * A double takes 3.3 ns, and no shape mends two things that V8 does (some twenty were tried: coercions in the getter,
 * `at`, a DataView, prototypes, classes). Once the getter was optimised for itself, it gives whole doubles as small
 * integers, so a `++` that first runs after that speculates on these and converts both ways: 6.0 ns, until it meets a
 * fraction. And `x += 1` takes 6.9 ns on Node 26, for the reason given in handles.ts, whose `add` suffers from neither.
 *
 * An integer's `x++` is not slower than V8 makes any `++`: on Node 22 and 24 a loop of it takes 4 cycles (0.95 ns on a Zen 5),
 * since these keep the overflow of the addition in a register, and test that (`setol`, `testl`, `jnz`), where 20 and 26 jump at
 * once. It is the same without the present byte, and in any of the forms above; a property's loop takes 3.5 to 4 there.
 * And one and the same loop takes 2 or 4 cycles on that processor, by where its code is placed: on Node 20 the second and
 * tenth of ten definitions took 0.45 or 0.90 ns as more or fewer other functions were compiled before.
 *
 * Elsewhere, for information: on Deno as on Node 26; on Bun 0.3 ns for integers and 2.8 for doubles, but 30 for bigints, in
 * any form, raw views too, since it allocates each.
 */
import type { ScalarType } from '../memory/schema.js'

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
