/*
 * One thread's row, as its owner sees it: typed views of the live area alone, and named ways to its slots.
 */
import { makeAccessor } from './accessors.js'
import { makeHandle, type Slot, type VectorSlot } from './handles.js'
import type { Key, KeyRegistry } from './keys.js'
import { LIVE, liveAddress, type Memory, presentAddress, type Views, viewsOf } from './layout.js'
import type { Scalar, Schema, SlotSpec, ValueOf } from './schema.js'

type SlotOf<V> = V extends number ? Slot<number> : V extends bigint ? Slot<bigint> : VectorSlot<V>

type ScalarNames<S extends Schema> = {
  [N in keyof S]: ValueOf<S[N]> extends Scalar ? N : never
}[keyof S]

/** What a schema looks like in its own thread: values to read and assign, vectors to write in place. */
export type LocalsOf<S extends Schema> = { -readonly [N in ScalarNames<S>]: ValueOf<S[N]> } & {
  readonly [N in Exclude<keyof S, ScalarNames<S>>]: ValueOf<S[N]>
}

/** The prototype of all objects with named slots: `console.log` shows values, not `[Getter/Setter]`. */
export class Locals {
  static {
    Object.defineProperty(Locals.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: Locals) {
        return { ...this }
      },
    })
  }
}

/**
 * The row of this thread. Made by `table.attach()`, and the same object at each call. Its views cover the live
 * area alone: an index out of range is dropped, and can't reach a neighbour.
 */
export class Row implements Views {
  /** The row's ordinal in the table. */
  readonly rowId: number
  /** Its owner: the thread that this object may be used in. */
  readonly threadId: number
  declare readonly i32: Int32Array<SharedArrayBuffer>
  declare readonly u32: Uint32Array<SharedArrayBuffer>
  declare readonly f32: Float32Array<SharedArrayBuffer>
  declare readonly f64: Float64Array<SharedArrayBuffer>
  declare readonly i64: BigInt64Array<SharedArrayBuffer>
  declare readonly u64: BigUint64Array<SharedArrayBuffer>
  declare readonly u8: Uint8Array<SharedArrayBuffer>
  readonly #present: Uint8Array<SharedArrayBuffer>
  readonly #keys: KeyRegistry
  readonly #claim: bigint
  readonly #handles = new Map<Key, unknown>()

  /** @internal */
  constructor(memory: Memory, keys: KeyRegistry, rowId: number, threadId: number, claim: bigint) {
    const { buffer, byteOffset, rowBytes, maxKeys } = memory
    this.rowId = rowId
    this.threadId = threadId
    Object.assign(this, viewsOf(buffer, byteOffset + liveAddress(memory, rowId), rowBytes))
    this.#present = new Uint8Array(buffer, byteOffset + presentAddress(memory, rowId, LIVE, 0), maxKeys)
    this.#keys = keys
    this.#claim = claim
  }

  /**
   * A handle on this thread's slot of a key, the same at each call. To ask for it is the key's first use here.
   * @throws {TypeError} if it is no key of this table.
   */
  slot<D extends SlotSpec>(key: Key<D>): SlotOf<ValueOf<D>> {
    const own = this.#keys.own(key)
    let handle = this.#handles.get(own)
    if (handle === undefined) {
      this.use(own)
      handle = this.#makeHandle(own)
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
    const keys = this.#keys.internAll(Object.entries(schema), this.#claim)
    const descriptors = this.accessors(Object.keys(schema), keys)
    return Object.defineProperties(new (class extends Locals {})(), descriptors) as LocalsOf<S>
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

  /**
   * Accessors of keys under the names given. They must be defined on an object of a shape of its own: on a
   * second object of the same shape V8 makes a dictionary of it, and an increment takes 90–100 ns.
   * @internal
   */
  accessors(names: readonly string[], keys: readonly Key[]): PropertyDescriptorMap {
    return Object.fromEntries(names.map((name, i) => [name, this.#makeAccessor(name, keys[i] as Key)]))
  }

  #makeAccessor(name: string, key: Key): PropertyDescriptor {
    if (this.#present[key.keyId] === 0) this.#initialise(key)
    const { type, index, keyId } = key
    const accessor =
      type === 'u8' || key.length !== undefined
        ? this.#makeVectorAccessor(name, key)
        : makeAccessor[type](this, index, this.#present, keyId)
    return { ...accessor, enumerable: true }
  }

  #makeVectorAccessor(name: string, key: Key): PropertyDescriptor {
    const vector = this.#vector(key)
    const present = this.#present
    const { keyId, type, length } = key
    return {
      get: () => {
        present[keyId] = 1
        return vector
      },
      set: () => {
        throw new TypeError(`${name} is a vector of ${length} ${type}; write its elements`)
      },
    }
  }

  #makeHandle(key: Key): Slot<number> | Slot<bigint> | VectorSlot<unknown> {
    const { type, index, init } = key
    return type === 'u8' || key.length !== undefined
      ? { value: this.#vector(key), reset: () => this.#initialise(key) }
      : makeHandle[type](this, index, init)
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
