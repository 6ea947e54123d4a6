/*
 * One thread's row, as its owner sees it: typed views of the live area alone, and named ways to its slots.
 */
import { accessors } from './accessors.js'
import { handles, type Slot, type VectorSlot } from './handles.js'
import type { Column, Key, KeyRegistry } from './keys.js'
import { blockAddress, LIVE, type Memory, presentAddress, type Views, viewsOf } from './layout.js'
import type { Scalar, ScalarType, Schema, SlotSpec, ValueOf } from './schema.js'

type SlotOf<V> = V extends number ? Slot<number> : V extends bigint ? Slot<bigint> : VectorSlot<V>

type ScalarNames<S extends Schema> = {
  [N in keyof S]: ValueOf<S[N]> extends Scalar ? N : never
}[keyof S]

/** What a schema looks like in its own thread: values to read and assign, vectors to write in place. */
export type LocalsOf<S extends Schema> = { -readonly [N in ScalarNames<S>]: ValueOf<S[N]> } & {
  readonly [N in Exclude<keyof S, ScalarNames<S>>]: ValueOf<S[N]>
}

const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/**
 * A class whose objects have these properties. Each class that is made here gives its objects a shape of their own,
 * and that keeps them fast: a second object of the same shape with other accessors under the same names becomes a
 * dictionary in V8, and an increment takes 90–100 ns.
 */
export function classOf(descriptors: PropertyDescriptorMap): new () => object {
  return class {
    constructor() {
      Object.defineProperties(this, descriptors)
    }

    /** `console.log` shows values, not `[Getter/Setter]`. */
    [INSPECT]() {
      return { ...this }
    }
  }
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
  constructor(memory: Memory, keys: KeyRegistry, row: number) {
    const { buffer, byteOffset, rowBytes, maxKeys } = memory
    Object.assign(this, viewsOf(buffer, byteOffset + blockAddress(memory, row, LIVE), rowBytes))
    this.#present = new Uint8Array(buffer, byteOffset + presentAddress(memory, row, LIVE, 0), maxKeys)
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
    return new (classOf(this.accessors(this.#keys.internAll(schema))))() as LocalsOf<S>
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
    if (this.#present[key.keyId] !== 0) return
    this.#initialise(key)
    Atomics.store(this.#present, key.keyId, 1)
  }

  /** Accessors of keys, by name. @internal */
  accessors(columns: readonly Column[]): PropertyDescriptorMap {
    return Object.fromEntries(
      columns.map(([name, key]) => [name, { ...this.#makeAccessor(key), enumerable: true }]),
    )
  }

  #makeAccessor(key: Key): PropertyDescriptor {
    const { type, length, index, keyId } = key
    const present = this.#present
    if (present[keyId] === 0) this.#initialise(key)
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

  #vector({ type, index, length }: Key): ValueOf<SlotSpec> {
    return this[type].subarray(index, index + (length ?? 1))
  }

  /**
   * Writes `init` where the key is. The read-modify-write at the end is a fence: the owner's later plain
   * stores can't be seen before these.
   */
  #initialise({ type, index, length, init, keyId }: Key): void {
    const view: { [index: number]: Scalar } = this[type]
    for (let i = 0; i < (length ?? 1); i++) view[index + i] = init
    Atomics.or(this.#present, keyId, 0)
  }
}
