/*
 * One thread's row, as its owner sees it: typed views of the live area alone, and named ways to its slots.
 */

import { wrap } from '../memory/histogram.js'
import { blockAddress, LIVE, type Memory, presentAddress, type Views, viewsOf } from '../memory/layout.js'
import type { Scalar, ScalarType, Schema, SlotSpec, ValueOf } from '../memory/schema.js'
import type { Field, Key, KeyRegistry } from '../protocol/keys.js'
import { attachRow } from '../protocol/rows.js'
import { accessors } from './accessors.js'
import { handles, type Slot, type VectorSlot } from './handles.js'

type SlotOf<V> = V extends number ? Slot<number> : V extends bigint ? Slot<bigint> : VectorSlot<V>

type ScalarNames<S extends Schema> = {
  [N in keyof S]: ValueOf<S[N]> extends Scalar ? N : never
}[keyof S]

/** What a schema looks like in its own thread: values to read and assign, vectors to write in place. */
export type LocalsOf<S extends Schema> = { -readonly [N in ScalarNames<S>]: ValueOf<S[N]> } & {
  readonly [N in Exclude<keyof S, ScalarNames<S>>]: ValueOf<S[N]>
}

/**
 * The row of this thread. Made by `table.attach()`, and the same object at each call. Its views cover the live
 * area alone: an index out of range is dropped, and can't reach a neighbour.
 */
export class Row implements Views {
  declare readonly i32: Int32Array<SharedArrayBuffer>
  declare readonly u32: Uint32Array<SharedArrayBuffer>
  declare readonly f32: Float32Array<SharedArrayBuffer>
  declare readonly f64: Float64Array<SharedArrayBuffer>
  declare readonly i64: BigInt64Array<SharedArrayBuffer>
  declare readonly u64: BigUint64Array<SharedArrayBuffer>
  declare readonly u8: Uint8Array<SharedArrayBuffer>
  readonly #present: Uint8Array<SharedArrayBuffer>
  readonly #keys: KeyRegistry
  readonly #handles = new Map<Key, unknown>()

  /** @internal */
  constructor(memory: Memory, keys: KeyRegistry) {
    const row = attachRow(memory, keys)
    const { buffer, byteOffset } = memory
    Object.assign(this, viewsOf(buffer, byteOffset + blockAddress(memory, row, LIVE), memory.rowBytes))
    this.#present = new Uint8Array(buffer, byteOffset + presentAddress(memory, row, LIVE, 0), memory.maxKeys)
    this.#keys = keys
  }

  /**
   * A handle on this thread's slot of a key, the same at each call. To ask for it is the key's first use here.
   * @throws {TypeError} if it is no key of this table.
   */
  slot<D extends SlotSpec>(key: Key<D>): SlotOf<ValueOf<D>> {
    const own = this.#keys.own(key)
    let handle = this.#handles.get(own)
    if (!handle) {
      this.use(own)
      handle = own.length
        ? { value: this.#vector(own), reset: () => this.#initialise(own) }
        : new handles[own.type as ScalarType](this[own.type] as never, own.index, own.init as never)
      this.#handles.set(own, handle)
    }
    return handle as SlotOf<ValueOf<D>>
  }

  /**
   * An object with a named accessor for each key of a schema: the fastest way to slots. Each call makes a new
   * object of a new shape, so make it once. A value counts as used once it is assigned, a vector once
   * it is read.
   * @throws {TypeError} for a bad definition, or a name that has another one.
   * @throws {RangeError} if the table has no room for the keys.
   */
  locals<const S extends Schema>(schema: S): LocalsOf<S> {
    return new (this.classOf(this.#keys.internAll(schema)))() as LocalsOf<S>
  }

  /**
   * Where this thread's slot of a key starts in the buffer, in bytes: for native code that shares it.
   * To ask for it is the key's first use here.
   * @throws {TypeError} if it is no key of this table.
   */
  byteAddress(key: Key): number {
    const own = this.#keys.own(key)
    this.use(own)
    return this.u8.byteOffset + own.byteOffset
  }

  /**
   * First use of a key: writes `init`, then the present byte. A crash between the two leaves the key unused.
   * @internal
   */
  use(key: Key): void {
    if (this.#present[key.keyId]) return
    this.#initialise(key)
    Atomics.store(this.#present, key.keyId, 1)
  }

  /**
   * A class whose objects have an accessor for each key. Each class that is made here gives its objects a shape of
   * their own, and that keeps them fast: a second object of the same shape with other accessors under the same names
   * becomes a dictionary in V8, and an increment takes 90–100 ns.
   * @internal
   */
  classOf(fields: readonly Field[]): new () => object {
    const properties = Object.fromEntries(
      fields.map(([name, key]) => [name, { ...this.#makeAccessor(key), enumerable: true }]),
    )
    return class {
      constructor() {
        Object.defineProperties(this, properties)
      }

      /** `console.log` shows values, not `[Getter/Setter]`. */
      [Symbol.for('nodejs.util.inspect.custom')]() {
        return { ...this }
      }
    }
  }

  #makeAccessor(key: Key): PropertyDescriptor {
    const { type, length, index, keyId } = key
    const present = this.#present
    if (!present[keyId]) this.#initialise(key)
    if (!length) return accessors[type as ScalarType](this[type] as never, index, present, keyId)
    const vector = this.#vector(key)
    // Without a setter: to assign a vector is a TypeError.
    return {
      get: () => {
        present[keyId] = 1
        return vector
      },
    }
  }

  #vector(key: Key): ValueOf<SlotSpec> {
    const { type, length, index } = key
    return wrap(key, this[type].subarray(index, index + (length as number))) as ValueOf<SlotSpec>
  }

  /**
   * Writes `init` where the key is. The read-modify-write at the end is a fence: no processor lets what the owner stores
   * to the same byte later be seen before it, nor before `init`.
   */
  #initialise({ type, index, length, init, keyId }: Key): void {
    this[type].fill(init as never, index, index + (length ?? 1))
    Atomics.or(this.#present, keyId, 0)
  }
}
