/*
 * The hot path of handles: `row.slot(key)`, for generic code that many definitions pass through.
 *
 * The methods are written out for each type, in a class of its own: one class for all types costs 7–60 ns
 * instead of 0.5–2.7, for the reason given in accessors.ts. A handle is only made for a key in use, so nothing
 * here stores a present byte.
 */
import type { Scalar, ScalarType } from './schema.js'

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
    const view: { [index: number]: V } = this.view
    view[this.index] = this.init
  }
}

class I32Slot extends Place<Int32Array, number> implements Slot<number> {
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
}

class U32Slot extends Place<Uint32Array, number> implements Slot<number> {
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
}

class F32Slot extends Place<Float32Array, number> implements Slot<number> {
  get value(): number {
    return this.view[this.index] as number
  }
  set value(value: number) {
    this.view[this.index] = value
  }
  add(amount: number): void {
    this.view[this.index] = (this.view[this.index] as number) + amount
  }
  min(candidate: number): void {
    if (candidate < (this.view[this.index] as number)) this.view[this.index] = candidate
  }
  max(candidate: number): void {
    if (candidate > (this.view[this.index] as number)) this.view[this.index] = candidate
  }
}

class F64Slot extends Place<Float64Array, number> implements Slot<number> {
  get value(): number {
    return this.view[this.index] as number
  }
  set value(value: number) {
    this.view[this.index] = value
  }
  add(amount: number): void {
    this.view[this.index] = (this.view[this.index] as number) + amount
  }
  min(candidate: number): void {
    if (candidate < (this.view[this.index] as number)) this.view[this.index] = candidate
  }
  max(candidate: number): void {
    if (candidate > (this.view[this.index] as number)) this.view[this.index] = candidate
  }
}

class I64Slot extends Place<BigInt64Array, bigint> implements Slot<bigint> {
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
}

class U64Slot extends Place<BigUint64Array, bigint> implements Slot<bigint> {
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
}

type SlotClass = new (view: never, index: number, init: never) => Slot<number> | Slot<bigint>

/** Handles on the element at `index` of a row's view of the type. */
export const handles: Readonly<Record<ScalarType, SlotClass>> = {
  i32: I32Slot,
  u32: U32Slot,
  f32: F32Slot,
  f64: F64Slot,
  i64: I64Slot,
  u64: U64Slot,
}
