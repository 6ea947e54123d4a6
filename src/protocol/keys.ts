/*
 * Names become keys. A key is published by one compare-and-swap of the first empty word of the directory,
 * and stands there for ever: never moved, never reused. So each thread remembers the keys it has seen, and
 * asks the shared memory only for those that are new.
 */
import { requireWhole } from '../memory/errors.js'
import {
  bytesOf,
  directoryAddress,
  FOLDS,
  MAX_NAME_BYTES,
  type Memory,
  RECORD_BYTES,
  RECORD_INIT,
  RECORD_NAME,
  RECORD_WORDS,
  recordAddress,
  recordsOf,
  roundUp,
  SLOT_TYPES,
  type SlotType,
} from '../memory/layout.js'
import {
  describeSpec,
  encodeName,
  expandSpec,
  type ResolvedSpec,
  type Schema,
  type SlotSpec,
  type TypeOf,
} from '../memory/schema.js'
import { loadElement, storeWide, wideType } from '../memory/values.js'
import { load32, swap32, swap64 } from '../memory/words.js'
import { FREE } from './claims.js'

declare const DEFINITION: unique symbol

/** A named place, the same in every row. Made by `table.key`, and the same object at each call. */
export interface Key<D extends SlotSpec = SlotSpec> extends ResolvedSpec {
  readonly name: string
  /** The key's ordinal in the table's directory. */
  readonly keyId: number
  readonly type: TypeOf<D>
  /** Bytes from the start of a row's live area. */
  readonly byteOffset: number
  /** The same place as an element of `row.<type>`. */
  readonly index: number
  /** Only for the compiler: the definition, from which the value's type follows. */
  readonly [DEFINITION]?: D
}

/** A key, and the name by which its values are read or written. */
export type Field = readonly [name: string, key: Key]

/** Where a key would start, after so many bytes of others. */
const startOf = ({ type }: ResolvedSpec, usedBytes: number): number => roundUp(usedBytes, bytesOf(type))

/** Where a key would end. */
const endOf = (spec: ResolvedSpec, usedBytes: number): number =>
  startOf(spec, usedBytes) + bytesOf(spec.type) * (spec.length ?? 1)

/** One thread's view of a table's keys. */
export class KeyRegistry {
  readonly #memory: Memory
  readonly claim: bigint
  readonly #keys: Key[] = []
  readonly #byName = new Map<string, Key>()
  /** Bytes of a live area that belong to the keys seen so far. */
  usedBytes: number

  constructor(memory: Memory, claim: bigint) {
    this.#memory = memory
    this.claim = claim
    this.usedBytes = 0
  }

  /** All keys of the table, in the order of their ids; those of other threads too. */
  list(): readonly Key[] {
    this.#refresh()
    return this.#keys
  }

  /**
   * The key of a name; the first to ask makes it, for all threads.
   *
   * Never waits. If other threads intern other names at the same instant, it tries again, at most once
   * for each of them. A crash at any point leaves nothing, or a record that `releaseThread` frees, or the
   * whole key: nobody ever sees a part of it.
   * @throws {TypeError} for a bad definition, or a name that is taken by another one.
   * @throws {RangeError} if the table has no room for it.
   */
  intern(name: string, spec: SlotSpec): Key {
    const known = this.#byName.get(name)
    // The quick way, for a name that is known and a type without details, if that is what it stands for.
    const isPlain = known && known.type === spec && !known.length && known.fold === 'sum' && !known.init
    return isPlain ? known : this.#intern(expandSpec(name, spec))
  }

  /**
   * The keys of a schema, each called by the prefix and its name there. All are checked before the first is
   * made, so bad ones leave nothing behind.
   */
  internAll(schema: Schema, prefix = ''): Field[] {
    const specs = Object.entries(schema).map(([name, spec]) => expandSpec(prefix + name, spec))
    this.#requireRoom(specs)
    return specs.map(spec => [spec.name.slice(prefix.length), this.#intern(spec)])
  }

  /**
   * This thread's object of a key that may come from another object of the same table.
   * @throws {TypeError} if it is no key of this table.
   */
  own(key: Key): Key {
    const own = this.list()[key?.keyId]
    if (own && (own === key || (own.name === key.name && describeSpec(own) === describeSpec(key)))) return own
    throw new TypeError(`'${key?.name}' is no key of this table; use table.key`)
  }

  #intern(spec: ResolvedSpec): Key {
    this.#requireRoom([spec])
    const known = this.#byName.get(spec.name)
    if (known) return known
    const recordId = claimRecord(this.#memory, this.#keys.length, this.claim)
    const address = recordAddress(this.#memory, recordId)
    writeRecord(this.#memory, address, spec, startOf(spec, this.usedBytes))
    if (!swap32(this.#memory, directoryAddress(this.#keys.length), 0, recordId + 1)) {
      // Another thread took the word, perhaps for this very name. The record is given back at once: kept
      // as a spare, it would be state outside of the shared memory.
      swap64(this.#memory, address, this.claim, FREE)
    }
    return this.#intern(spec)
  }

  /** Throws if one of these can't be a key, or if there is no room for those that are still to be made. */
  #requireRoom(specs: readonly ResolvedSpec[]): void {
    this.#refresh()
    const { maxKeys, rowBytes } = this.#memory
    let keys = this.#keys.length
    let bytes = this.usedBytes
    for (const spec of specs) {
      const known = this.#byName.get(spec.name)
      if (!known) {
        keys++
        bytes = endOf(spec, bytes)
        if (keys > maxKeys || bytes > rowBytes) {
          throw new RangeError(
            `key '${spec.name}' needs maxKeys ${keys} and rowBytes ${bytes}, not ${maxKeys} and ${rowBytes}`,
          )
        }
      } else if (describeSpec(known) !== describeSpec(spec)) {
        throw new TypeError(
          `'${spec.name}' is already defined as ${describeSpec(known)} and can't also be ${describeSpec(spec)}; use another name`,
        )
      }
    }
  }

  /** Learns the keys that were published since. */
  #refresh(): void {
    const memory = this.#memory
    while (this.#keys.length < memory.maxKeys) {
      const keyId = this.#keys.length
      const word = load32(memory, directoryAddress(keyId))
      if (!word) return
      try {
        // Any other word leads to what is no record, or out of the table.
        requireWhole('a record number', word, 1, recordsOf(memory))
        const key = readRecord(memory, keyId, recordAddress(memory, word - 1))
        const usedBytes = endOf(key, this.usedBytes)
        if (
          key.byteOffset !== startOf(key, this.usedBytes) ||
          usedBytes > memory.rowBytes ||
          this.#byName.has(key.name)
        )
          throw key.name
        this.#keys.push(Object.freeze(key))
        this.#byName.set(key.name, key)
        this.usedBytes = usedBytes
      } catch (error) {
        throw new TypeError(`key ${keyId} is damaged: ${error}; use SlotTable.create`)
      }
    }
  }
}

/** Takes a free record, and gives its id. Those before the number of keys are mostly taken: the search begins there. */
function claimRecord(memory: Memory, firstRecordId: number, claim: bigint): number {
  const records = recordsOf(memory)
  for (let i = 0; i < records; i++) {
    const recordId = (firstRecordId + i) % records
    if (swap64(memory, recordAddress(memory, recordId), FREE, claim)) return recordId
  }
  throw new RangeError(`all ${records} records are taken; release dead threads`)
}

/** Fills a record in. Nobody reads it before it is published. */
function writeRecord(memory: Memory, address: number, spec: ResolvedSpec, byteOffset: number): void {
  const nameBytes = encodeName(spec.name)
  const type = SLOT_TYPES.indexOf(spec.type) + 1
  const fold = FOLDS.indexOf(spec.fold) + 1
  memory.i32.set(
    [type, fold, spec.length ?? 0, byteOffset, nameBytes.length, spec.histogram],
    (address + RECORD_WORDS) / 4,
  )
  storeWide(memory, spec.type, address + RECORD_INIT, spec.init)
  memory.u8.set(nameBytes, address + RECORD_NAME)
}

/** The key of a published record. Believes nothing: the memory may be anybody's. */
function readRecord(memory: Memory, keyId: number, address: number): Key {
  const words = memory.i32.subarray((address + RECORD_WORDS) / 4)
  const [typeCode = 0, foldCode = 0, length, byteOffset = 0, nameBytes = 0, histogram = 0] = words
  const type = SLOT_TYPES[typeCode - 1] as SlotType
  requireWhole('nameBytes', nameBytes, 1, MAX_NAME_BYTES)
  // Of a copy: decoders refuse shared memory. It is as long as a name can be, whatever the record says.
  const name = new TextDecoder(undefined, { fatal: true, ignoreBOM: true }).decode(
    memory.u8.slice(address + RECORD_NAME, address + RECORD_BYTES).subarray(0, nameBytes),
  )
  const init = loadElement(memory, wideType(type), address + RECORD_INIT)
  const definition = { type, fold: `${FOLDS[foldCode - 1]}`, length: length || undefined, init } as SlotSpec
  // Not a literal with a spread, which takes 1.5 µs on Node 20.
  return Object.assign(expandSpec(name, definition), {
    histogram,
    keyId,
    byteOffset,
    index: byteOffset / bytesOf(type),
  })
}
