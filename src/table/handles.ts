/*
 * The hot path of handles: `row.slot(key)`, for generic code that many definitions pass through.
 *
 * The methods are written out for each type, in a class of its own: one class for all types costs 7–60 ns
 * instead of 0.5–2.7, for the reason given in accessors.ts. A handle is only made for a key in use, so nothing
 * here stores a present byte.
 *
 * Doubles are added by subtracting the opposite, which is the same to the last bit. V8 14 (Node 26) takes a sum of whole
 * doubles for one of 64-bit integers, and converts both ways: 6.9 ns instead of 3.3, and 3.3 for a difference. To have
 * seen a fraction mends `+` until the next whole numbers; `+amount`, `amount * 1` and the like don't. Integers gain
 * nothing: they are 0.3–0.6 ns either way.
 */
import type { Scalar, ScalarType } from '../memory/schema.js'

/** This thread's slot of one key: a single value of type `V`. */
export interface Slot<V extends Scalar> {
  /** This thread's value. Integers wrap, as in typed arrays. */
  value: V
  /** Adds to the value. */
  add(amount: V): void
  /** Lowers the value to `candidate`, if that is less. It must be a value of the type: it is compared before it wraps. */
  min(candidate: V): void
  /** Raises the value to `candidate`, if that is greater. It must be a value of the type. */
  max(candidate: V): void
  /** Goes back to the key's `init`. */
  reset(): void
}

/** This thread's slot of one key: a vector, as a typed array `V` over shared memory. */
export interface VectorSlot<V> {
  /** The elements: read and write them in place. */
  readonly value: V
  /** All elements go back to the key's `init`. */
  reset(): void
}

/** What all handles share, which is nothing hot. The fields are public: private names cost twice as much on Node 20. */
class Place<A extends { [index: number]: V }, V> {
  readonly view: A
  readonly index: number
  readonly init: V

  constructor(view: A, index: number, init: V) {
    this.view = view
    this.index = index
    this.init = init
  }

  reset(): void {
    ;(this.view as { [index: number]: V })[this.index] = this.init
  }
}

type SlotClass = new (view: never, index: number, init: never) => Slot<number> | Slot<bigint>

/** Handles on the element at `index` of a row's view of the type. */
export const handles: Readonly<Record<ScalarType, SlotClass>> = {
  i32: class extends Place<Int32Array, number> implements Slot<number> {
    get value(): number {
      return this.view[this.index] as number
    }
    set value(value: number) {
      this.view[this.index] = value | 0
    }
    add(amount: number): void {
      this.view[this.index] = ((this.view[this.index] as number) + amount) | 0
    }
    min(candidate: number): void {
      if (candidate < (this.view[this.index] as number)) this.view[this.index] = candidate
    }
    max(candidate: number): void {
      if (candidate > (this.view[this.index] as number)) this.view[this.index] = candidate
    }
  },
  u32: class extends Place<Uint32Array, number> implements Slot<number> {
    get value(): number {
      return this.view[this.index] as number
    }
    set value(value: number) {
      this.view[this.index] = value >>> 0
    }
    add(amount: number): void {
      this.view[this.index] = ((this.view[this.index] as number) + amount) >>> 0
    }
    min(candidate: number): void {
      if (candidate < (this.view[this.index] as number)) this.view[this.index] = candidate
    }
    max(candidate: number): void {
      if (candidate > (this.view[this.index] as number)) this.view[this.index] = candidate
    }
  },
  f32: class extends Place<Float32Array, number> implements Slot<number> {
    get value(): number {
      return this.view[this.index] as number
    }
    set value(value: number) {
      this.view[this.index] = value
    }
    add(amount: number): void {
      ;(this.view[this.index] as number) -= -amount
    }
    min(candidate: number): void {
      if (candidate < (this.view[this.index] as number)) this.view[this.index] = candidate
    }
    max(candidate: number): void {
      if (candidate > (this.view[this.index] as number)) this.view[this.index] = candidate
    }
  },
  f64: class extends Place<Float64Array, number> implements Slot<number> {
    get value(): number {
      return this.view[this.index] as number
    }
    set value(value: number) {
      this.view[this.index] = value
    }
    add(amount: number): void {
      ;(this.view[this.index] as number) -= -amount
    }
    min(candidate: number): void {
      if (candidate < (this.view[this.index] as number)) this.view[this.index] = candidate
    }
    max(candidate: number): void {
      if (candidate > (this.view[this.index] as number)) this.view[this.index] = candidate
    }
  },
  i64: class extends Place<BigInt64Array, bigint> implements Slot<bigint> {
    get value(): bigint {
      return this.view[this.index] as bigint
    }
    set value(value: bigint) {
      this.view[this.index] = BigInt.asIntN(64, value)
    }
    add(amount: bigint): void {
      this.view[this.index] = BigInt.asIntN(64, (this.view[this.index] as bigint) + amount)
    }
    min(candidate: bigint): void {
      if (candidate < (this.view[this.index] as bigint)) this.view[this.index] = candidate
    }
    max(candidate: bigint): void {
      if (candidate > (this.view[this.index] as bigint)) this.view[this.index] = candidate
    }
  },
  u64: class extends Place<BigUint64Array, bigint> implements Slot<bigint> {
    get value(): bigint {
      return this.view[this.index] as bigint
    }
    set value(value: bigint) {
      this.view[this.index] = BigInt.asUintN(64, value)
    }
    add(amount: bigint): void {
      this.view[this.index] = BigInt.asUintN(64, (this.view[this.index] as bigint) + amount)
    }
    min(candidate: bigint): void {
      if (candidate < (this.view[this.index] as bigint)) this.view[this.index] = candidate
    }
    max(candidate: bigint): void {
      if (candidate > (this.view[this.index] as bigint)) this.view[this.index] = candidate
    }
  },
}
