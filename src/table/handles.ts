/*
 * The hot path of handles, `row.slot(key)`: for generic code that many definitions pass through.
 *
 * The methods are written out per type, in a class each. One class for all types would cost 7–60 ns instead of 0.5–2.7,
 * because V8 keeps one feedback record per source position: see docs/decisions/written-out-accessors.md. Measure any change
 * here before and after, on all supported versions of Node.
 *
 * A handle is only made for a key in use, so nothing here stores a present byte. Doubles are added by subtracting the
 * opposite: the result is the same to the last bit, and Node 26 takes half as long (same page).
 */
import type { Scalar, ScalarType } from '../memory/schema.js'
import type { Views } from '../memory/views.js'
import { LOW } from '../memory/words.js'
import { largeCount, storeCount } from './counts.js'

/** A handle on this thread's slot of one key that holds a scalar of type `V`. */
export interface Slot<V extends Scalar> {
  /** This thread's value. Integers wrap as typed arrays do. */
  value: V
  /** Adds to the value. */
  add(amount: V): void
  /** Lowers the value to `candidate` if that is less. `candidate` must be a value of the type: it is compared before it wraps. */
  min(candidate: V): void
  /** Raises the value to `candidate` if that is greater. `candidate` must be a value of the type. */
  max(candidate: V): void
  /** Sets the value back to the key's `init`. */
  reset(): void
}

/** A handle on this thread's slot of one key that holds a vector: a typed array `V` over shared memory, or a histogram. */
export interface VectorSlot<V> {
  /** The elements, to be read and written in place. */
  readonly value: V
  /** Sets all elements back to the key's `init`. */
  reset(): void
}

/** A handle on this thread's slot of one key that holds a text. */
export interface TextSlot {
  /** This thread's text. What exceeds the key's length is cut off, between two code points. */
  value: string
  /** Sets the text back to the empty one. */
  reset(): void
}

/** What the handles have in common: nothing hot. The fields are public because private names cost twice as much on Node 20. */
class ScalarHandle<A extends { [index: number]: V }, V> {
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

/** A handle on a count. `add` is as fast as that of a `u32`, whatever the magnitude, until a carry. */
export class CountHandle implements Slot<number> {
  readonly words: Uint32Array
  /** The index of the count's low word in `words`. */
  readonly low: number
  readonly views: Views
  /** The index of the count as an element of 8 bytes. */
  readonly index: number
  readonly init: number
  readonly name: string

  constructor(views: Views, index: number, init: number, name: string) {
    this.words = views.u32
    this.low = 2 * index + LOW
    this.views = views
    this.index = index
    this.init = init
    this.name = name
  }

  get value(): number {
    return largeCount(this.views, this.index)
  }
  set value(value: number) {
    storeCount(this.views, this.index, value, this.name)
  }
  add(amount: number): void {
    const low = ((this.words[this.low] as number) + amount) >>> 0
    if (amount === amount >>> 0 && low >= amount) this.words[this.low] = low
    else this.value += amount
  }
  min(candidate: number): void {
    if (candidate < this.value) this.value = candidate
  }
  max(candidate: number): void {
    if (candidate > this.value) this.value = candidate
  }
  reset(): void {
    this.value = this.init
  }
}

/** Per other type: the class of handles on the element at `index` of a row's view. */
export const handles: Readonly<Record<Exclude<ScalarType, 'count'>, SlotClass>> = {
  i32: class extends ScalarHandle<Int32Array, number> implements Slot<number> {
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
  u32: class extends ScalarHandle<Uint32Array, number> implements Slot<number> {
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
  f32: class extends ScalarHandle<Float32Array, number> implements Slot<number> {
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
  f64: class extends ScalarHandle<Float64Array, number> implements Slot<number> {
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
  i64: class extends ScalarHandle<BigInt64Array, bigint> implements Slot<bigint> {
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
  u64: class extends ScalarHandle<BigUint64Array, bigint> implements Slot<bigint> {
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
