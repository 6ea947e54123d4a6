/*
 * The key registry maps names to keys. One compare-and-swap of the first empty directory word publishes a key. From then
 * on it is there for good: never moved, never reused. Every thread therefore caches the keys it has seen, and asks the
 * shared memory only for new ones.
 */
import { requireObject, requireWhole, tableFull } from '../memory/errors.js'
import { describeSpec, expandSpec, isSameSpec } from '../memory/expand-spec.js'
import { directoryAddress, type Memory, recordCount, roundUp } from '../memory/layout.js'
import type { LabelledSpec, ResolvedSpec, Schema, SlotSpec, TypeOf } from '../memory/schema.js'
import { bytesPerElement } from '../memory/slot-types.js'
import { textBytes } from '../memory/text.js'
import { cas32, load32 } from '../memory/words.js'
import type { Participant } from './claims.js'
import { claimRecord, freeRecord, readRecord, writeRecord } from './key-records.js'
import { largerTable } from './larger-table.js'

declare const DEFINITION: unique symbol

/** A named slot at the same place in every row. `table.key` creates it, and returns the same object on every call. */
export interface Key<D extends SlotSpec = SlotSpec> extends ResolvedSpec {
  readonly name: string
  /** The key's ordinal in the table's directory. */
  readonly keyId: number
  readonly type: TypeOf<D>
  /** Bytes from the start of a row's live area. */
  readonly byteOffset: number
  /** Element index in `row.<type>`: the same place. */
  readonly index: number
  /** Exists only for the compiler: the value's type follows from the definition. */
  readonly [DEFINITION]?: D
}

/** A key, and the name by which its values are read and written. A labelled key is its overflow child, with its definition. */
export type Field = readonly [name: string, key: Key, labelled?: LabelledSpec | undefined]

/** Where a key would start, after `usedBytes` bytes of other keys. */
const startOf = ({ type }: ResolvedSpec, usedBytes: number): number =>
  roundUp(usedBytes, bytesPerElement(type))

/** Where a key would end, after `usedBytes` bytes of other keys. */
const endOf = (spec: ResolvedSpec, usedBytes: number): number => startOf(spec, usedBytes) + bytesOf(spec)

const bytesOf = ({ type, length = 1 }: ResolvedSpec): number =>
  type === 'text' ? textBytes(length) : bytesPerElement(type) * length

/** Where the last of several new keys would end, after `usedBytes` bytes of other keys. */
export const endOfAll = (specs: readonly ResolvedSpec[], usedBytes: number): number =>
  specs.reduce((bytes, spec) => endOf(spec, bytes), usedBytes)

/**
 * A schema's checked definitions, in its order.
 * @param owner the name of a thread-local, which prefixes its keys' names.
 */
export function specsOf(schema: Schema, owner?: string): ResolvedSpec[] {
  requireObject('the schema', schema, "an object such as { done: 'u32' }")
  return Object.entries(schema).map(([name, spec]) => {
    const { spec: childSpec = spec as SlotSpec, labels } = labelledSpec(spec) ?? {}
    return expandSpec(prefixOf(owner) + name, childSpec, labels)
  })
}

const labelledSpec = (spec: SlotSpec | LabelledSpec): LabelledSpec | undefined =>
  Object.hasOwn(Object(spec), 'labels') ? (spec as LabelledSpec) : undefined

const prefixOf = (owner?: string): string => (owner === undefined ? '' : `${owner}.`)

/** One thread's view of a table's keys. */
export class KeyRegistry {
  readonly #participant: Participant
  readonly #keys: Key[] = []
  readonly #byName = new Map<string, Key>()
  /** The children of each labelled key, by its name, in the order of their ids. */
  readonly #families = new Map<string, Key[]>()
  #usedBytes = 0

  constructor(participant: Participant) {
    this.#participant = participant
  }

  get memory(): Memory {
    return this.#participant.memory
  }

  /** All keys of the table in the order of their ids, including those of other threads. */
  list(): readonly Key[] {
    this.#refresh()
    return this.#keys
  }

  /** Bytes of a live area that belong to the keys of the table. */
  usedBytes(): number {
    this.#refresh()
    return this.#usedBytes
  }

  /**
   * The key with a name. The first thread to ask creates it for all threads.
   *
   * It never waits. If other threads create other keys at the same moment, it tries again, at most once for each of
   * them. A crash at any point leaves nothing, or a record that a release frees, or the whole key: nobody ever sees part
   * of one.
   * @throws {TypeError} if the definition is wrong, or the name is already defined differently.
   * @throws {RangeError} if the name is too long, or the table has no room for the key.
   */
  intern(name: string, spec: SlotSpec): Key {
    const known = this.#byName.get(name)
    // The fast path: a known name, and a plain type that defines the same key.
    if (known && known.type === spec && isPlain(known)) return known
    return this.#intern(expandSpec(name, spec))
  }

  /**
   * The keys of a schema. All definitions are checked before the first key is created, so a wrong one leaves nothing
   * behind.
   * @param owner the name of a thread-local, which prefixes its keys' names.
   */
  internAll(schema: Schema, owner?: string): Field[] {
    const specs = specsOf(schema, owner)
    this.#requireRoom(specs)
    return Object.entries(schema).map(([name, definition], i) => [
      name,
      this.#intern(specs[i] as ResolvedSpec),
      labelledSpec(definition),
    ])
  }

  /** A labelled key's overflow child, and all its other children: in the order of their ids, which that one begins. */
  familyOf({ family }: Key): readonly Key[] {
    this.#refresh()
    return this.#families.get(family) as Key[]
  }

  /** Numbers of keys and of bytes in use, as far as this thread has read the directory. */
  get known(): { keys: number; bytes: number } {
    return { keys: this.#keys.length, bytes: this.#usedBytes }
  }

  /** The key with a name, among those that this thread has read so far. */
  find(name: string): Key | undefined {
    return this.#byName.get(name)
  }

  /**
   * This thread's object for a key that another object of the same table may have created.
   * @throws {TypeError} if it is not a key of this table.
   */
  own(key: Key): Key {
    const own = this.list()[key?.keyId]
    if (own && (own === key || isSameSpec(own, key))) return own
    throw new TypeError(`'${key?.name}' is not a key of this table; use table.key`)
  }

  /** Finds or creates the key of a checked definition. */
  #intern(spec: ResolvedSpec): Key {
    for (;;) {
      this.#requireRoom([spec])
      const known = this.#byName.get(spec.name)
      if (known) return known
      this.publish(spec)
    }
  }

  /**
   * Tries to make a key the next in the directory. That fails if another thread has done so since this thread read all keys.
   * @throws {RangeError} if no record is free, because threads died while they were creating keys.
   */
  publish(spec: ResolvedSpec): void {
    const { memory } = this.#participant
    const keyId = this.#keys.length
    const recordId = claimRecord(this.#participant, keyId)
    writeRecord(memory, recordId, spec, startOf(spec, this.#usedBytes))
    if (!cas32(memory, directoryAddress(keyId), 0, recordId + 1)) {
      // Another thread took the word, perhaps for this very name. Give the record back at once: a spare one would be
      // state outside the shared memory.
      freeRecord(this.#participant, recordId)
    }
  }

  /** Throws if one of these definitions clashes with a known key, or if the new ones don't all fit. */
  #requireRoom(specs: readonly ResolvedSpec[]): void {
    this.#refresh()
    const { maxKeys, rowBytes } = this.#participant.memory
    let keys = this.#keys.length
    let bytes = this.#usedBytes
    for (const spec of specs) {
      const known = this.#byName.get(spec.name)
      if (!known) {
        keys++
        bytes = endOf(spec, bytes)
      } else if (!isSameSpec(known, spec)) {
        throw new TypeError(
          `'${spec.name}' is already defined as ${describeSpec(known)} and can't also be ${describeSpec(spec)}; ` +
            'use another name',
        )
      }
    }
    if (keys <= maxKeys && bytes <= rowBytes) return
    const [what, needed, room, used] =
      bytes > rowBytes
        ? ["bytes in each thread's row", bytes, rowBytes, this.#usedBytes]
        : ['places for keys', keys, maxKeys, this.#keys.length]
    const larger = largerTable(this.#participant.memory, { rowBytes: bytes, maxKeys: keys })
    throw tableFull(
      `these keys need ${needed - used} ${what}, but only ${room - used} are left; create a larger table first: ${larger}`,
    )
  }

  /** Reads the keys that were published since the last call. */
  #refresh(): void {
    const { memory } = this.#participant
    while (this.#keys.length < memory.maxKeys) {
      const keyId = this.#keys.length
      const word = load32(memory, directoryAddress(keyId))
      if (word === 0) return
      this.#add(keyId, word)
    }
  }

  #addChild(key: Key): void {
    const family = this.#families.get(key.family) ?? []
    family.push(key)
    this.#families.set(key.family, family)
  }

  /** @throws {TypeError} if the directory word or its record is damaged. */
  #add(keyId: number, word: number): void {
    const { memory } = this.#participant
    try {
      requireWhole('its record number', word, 1, recordCount(memory))
      const key = readRecord(memory, keyId, word - 1)
      const usedBytes = endOf(key, this.#usedBytes)
      const isNext = key.byteOffset === startOf(key, this.#usedBytes) && usedBytes <= memory.rowBytes
      const [sibling = key] = this.#families.get(key.family) ?? []
      if (!isNext || this.#byName.has(key.name) || !areAlike(key, sibling))
        throw new TypeError('it contradicts earlier keys')
      this.#keys.push(Object.freeze(key as Key))
      this.#byName.set(key.name, key as Key)
      if (key.labels) this.#addChild(key as Key)
      this.#usedBytes = usedBytes
    } catch (error) {
      throw new TypeError(`key ${keyId} is damaged (${error}); use a new table`)
    }
  }
}

/** True if a type's name alone defines this key. */
const isPlain = ({ length, fold, init, retire, labels }: Key): boolean =>
  length === undefined && fold === 'sum' && !init && retire && !labels

/** True if two children can belong to the same labelled key. It compares what readings rely on: more would take microseconds. */
const areAlike = (a: ResolvedSpec, b: ResolvedSpec): boolean =>
  a.type === b.type && a.fold === b.fold && a.length === b.length && a.histogram === b.histogram
