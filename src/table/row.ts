/*
 * One thread's row as its owner sees it: typed views of the live area alone, and named access to its slots.
 */
import { wrongType } from '../memory/errors.js'
import { type HistogramSlot, type HistogramSpec, wrap } from '../memory/histogram.js'
import type { LabelsRead } from '../memory/labels.js'
import { blockAddress, LIVE, presentAddress } from '../memory/layout.js'
import type {
  LabelledSpec,
  ReadingOf,
  Scalar,
  ScalarType,
  Schema,
  SlotSpec,
  ValueOf,
} from '../memory/schema.js'
import type { ElementType } from '../memory/slot-types.js'
import { readText, writeText } from '../memory/text.js'
import { type Views, viewsOf } from '../memory/views.js'
import type { Participant } from '../protocol/claims.js'
import type { Field, Key, KeyRegistry } from '../protocol/keys.js'
import { labelling, type OwnFamily } from '../protocol/labelling.js'
import { attachRow, nameRow } from '../protocol/rows.js'
import { accessors, countAccessor } from './accessors.js'
import { classWith } from './class-with.js'
import { storeCount } from './counts.js'
import { CountHandle, handles, type Slot, type TextSlot, type VectorSlot } from './handles.js'

type SlotOf<V> = V extends number
  ? Slot<number>
  : V extends bigint
    ? Slot<bigint>
    : V extends string
      ? TextSlot
      : VectorSlot<V>

/** The types whose scalars are elements of typed arrays. */
type NumberType = Exclude<ScalarType, 'count'>

/** This thread's handle of a child: a handle like any other, or a histogram. */
export type HandleOf<D extends SlotSpec> = D extends HistogramSpec ? HistogramSlot : SlotOf<ValueOf<D>>

/** This thread's values of a labelled key, whose labels are of type `L`. It lists those that this thread has used. */
export interface LabelledSlots<L, D extends SlotSpec>
  extends Iterable<{ readonly labels: LabelsRead<L>; readonly value: ReadingOf<D> }> {
  /**
   * This thread's handle of the child with these labels, the same on every call: `add`, `value` and so on, or `record` for a
   * histogram. The first thread to ask creates the child for all threads.
   *
   * It never fails for lack of room. If there is none, it returns the handle of the overflow child, whose labels are all
   * `other`: in the table, in a key record (some 300 bytes of labels always fit), or among the definition's `maxChildren`.
   * One warning says so (code `THREADSLOTS_LABELS`).
   * @throws {TypeError} if a label is missing or unknown, or its value is not a string, a number or a boolean.
   */
  with(labels: L): HandleOf<D>
  /** A list of `{ labels, value }`, as `JSON.stringify` shows it. `console.log` shows a Map. */
  toJSON(): { readonly labels: LabelsRead<L>; readonly value: ReadingOf<D> }[]
}

/** What a thread-local's own property holds. */
type OwnOf<D extends SlotSpec | LabelledSpec> =
  D extends LabelledSpec<infer C, infer L> ? LabelledSlots<L, C> : ValueOf<Extract<D, SlotSpec>>

type ScalarNames<S extends Schema> = {
  [N in keyof S]: OwnOf<S[N]> extends Scalar | string ? N : never
}[keyof S]

/** A schema as its own thread sees it: scalars and texts to read and assign, vectors to write in place. */
export type LocalsOf<S extends Schema> = { -readonly [N in ScalarNames<S>]: OwnOf<S[N]> } & {
  readonly [N in Exclude<keyof S, ScalarNames<S>>]: OwnOf<S[N]>
}

/**
 * This thread's row. `table.attach()` makes it, and returns the same object on every call. Its typed views cover the live
 * area alone: they drop an index that is out of range, so it can't reach another thread's slots.
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
  /** Writes this thread's name to the row again. */
  readonly #updateName: () => void
  readonly #handles = new Map<Key, unknown>()

  /** @internal */
  constructor(participant: Participant, keys: KeyRegistry) {
    const { memory } = participant
    const { buffer, byteOffset } = memory
    const row = attachRow(participant, keys)
    Object.assign(this, viewsOf(buffer, byteOffset + blockAddress(memory, row, LIVE), memory.rowBytes))
    this.#present = new Uint8Array(buffer, byteOffset + presentAddress(memory, row, LIVE, 0), memory.maxKeys)
    this.#keys = keys
    this.#updateName = () => nameRow(memory, row)
  }

  /**
   * A handle on this thread's slot of a key; the same on every call. Asking for it is the key's first use here.
   * @throws {TypeError} if it is not a key of this table.
   */
  slot<D extends SlotSpec>(key: Key<D>): SlotOf<ValueOf<D>> {
    const own = this.#keys.own(key)
    let handle = this.#handles.get(own)
    if (!handle) {
      this.use(own)
      handle = this.#makeHandle(own)
      this.#handles.set(own, handle)
    }
    return handle as SlotOf<ValueOf<D>>
  }

  #makeHandle(key: Key): unknown {
    const { type, index, init, name } = key
    const reset = () => this.#initialise(key)
    if (type === 'text') return Object.defineProperty({ reset }, 'value', this.#textAccessor(key))
    if (type === 'count') return new CountHandle(this, index, init as number, name)
    if (key.length) return { value: this.#vector(key), reset }
    return new handles[type as NumberType](this[type] as never, index, init as never)
  }

  /**
   * An object with a named accessor for each key of a schema: the fastest access to slots. Every call makes an object of a
   * new shape, so make it once. A scalar or text counts as used once it is assigned, a vector once it is read.
   * @throws {TypeError} if a definition is wrong, or its name is already defined differently.
   * @throws {RangeError} if the table has no room for the keys.
   */
  locals<const S extends Schema>(schema: S): LocalsOf<S> {
    return new (this.classOf(this.#keys.internAll(schema)))() as LocalsOf<S>
  }

  /**
   * Address of this thread's slot of a key in the buffer, in bytes, for native code that shares the buffer. Asking for it
   * is the key's first use here.
   * @throws {TypeError} if it is not a key of this table.
   */
  byteAddress(key: Key): number {
    const own = this.#keys.own(key)
    this.use(own)
    return this.u8.byteOffset + own.byteOffset
  }

  /**
   * Sets all fields of fold `none` back to their `init`.
   * @internal
   */
  reset(fields: readonly Field[]): void {
    for (const [, key, labelled] of fields) {
      if (key.fold !== 'none') continue
      for (const own of labelled ? this.#usedChildren(key) : [this.#keys.own(key)]) this.#initialise(own)
    }
  }

  /**
   * Shows other threads the name that this thread has got since it attached.
   * @internal
   */
  updateName(): void {
    this.#updateName()
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
   * A class whose objects have an accessor for each field.
   * @internal
   */
  classOf(fields: readonly Field[]): new () => object {
    return classWith(
      Object.fromEntries(
        fields.map(([name, key, labelled]) => {
          const accessor = labelled ? this.#labelledAccessor(key, labelled) : this.#makeAccessor(key)
          return [name, { ...accessor, enumerable: true }]
        }),
      ),
    )
  }

  #labelledAccessor(key: Key, spec: LabelledSpec): PropertyDescriptor {
    const slots = labelling.slots({
      keys: this.#keys,
      key,
      spec,
      used: () => this.#usedChildren(key),
      handleOf: child => this.slot(child),
    } satisfies OwnFamily)
    return { get: () => slots }
  }

  /** The children of a labelled key that this thread has used. */
  #usedChildren(key: Key): Key[] {
    return this.#keys.familyOf(key).filter(({ keyId }) => this.#present[keyId])
  }

  #makeAccessor(key: Key): PropertyDescriptor {
    const { type, length, index, keyId, name } = key
    const present = this.#present
    if (!present[keyId]) this.#initialise(key)
    if (type === 'text') return this.#textAccessor(key)
    if (type === 'count') return countAccessor(this, index, present, keyId, name)
    if (!length) return accessors[type as NumberType](this[type] as never, index, present, keyId)
    const vector = this.#vector(key)
    // There is no setter, so assigning a vector is a TypeError.
    return {
      get: () => {
        present[keyId] = 1
        return vector
      },
    }
  }

  #vector(key: Key): ValueOf<SlotSpec> {
    const { type, length, index } = key
    return wrap(
      key,
      this[type as ElementType].subarray(index, index + (length as number)),
    ) as ValueOf<SlotSpec>
  }

  #textAccessor(key: Key): PropertyDescriptor {
    return {
      get: () => readText(this, key.byteOffset, key.length as number),
      set: (text: string) => {
        if (typeof text !== 'string') throw wrongType(`the value of '${key.name}'`, text, 'a string')
        this.#write(key, text)
        this.#present[key.keyId] = 1
      },
    }
  }

  /** Assigns a text. */
  #write(key: Key, text: string): void {
    writeText(this, key.byteOffset, key.length as number, text)
  }

  /**
   * Writes a key's `init`. The atomic read-modify-write at the end comes after it on every processor, and the owner's later
   * stores to the present byte come after that, because they write the same byte.
   */
  #initialise(key: Key): void {
    const { type, index, length, init, keyId } = key
    if (type === 'text') this.#write(key, '')
    else if (type === 'count') storeCount(this, index, init as number, key.name)
    else this[type].fill(init as never, index, index + (length ?? 1))
    Atomics.or(this.#present, keyId, 0)
  }
}
