/*
 * Names become keys. A key is published by one compare-and-swap of the first empty word of the directory,
 * and stands there for ever: never moved, never reused. So each thread remembers the keys it has seen, and
 * asks the shared memory only for those that are new.
 */
import { freeClaim, tryClaim } from './claims.js'
import {
  bytesOf,
  directoryAddress,
  FOLDS,
  type Memory,
  RECORD_BYTE_OFFSET,
  RECORD_FOLD,
  RECORD_INIT,
  RECORD_LENGTH,
  RECORD_NAME,
  RECORD_NAME_BYTES,
  RECORD_TYPE,
  recordAddress,
  recordsOf,
  roundUp,
  SLOT_TYPES,
  type SlotType,
} from './layout.js'
import {
  describeSpec,
  encodeName,
  type ResolvedSpec,
  resolveSpec,
  type SlotSpec,
  type TypeOf,
} from './schema.js'
import { loadWide, storeWide } from './values.js'
import { load32, store32, swap32 } from './words.js'

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

/** A definition on its way to become a key. */
interface Request {
  readonly name: string
  readonly nameBytes: Uint8Array
  readonly spec: ResolvedSpec
}

/** Where a key would start, after so many bytes of others. */
const startOf = ({ type }: ResolvedSpec, usedBytes: number): number => roundUp(usedBytes, bytesOf(type))

/** Where a key would end. */
const endOf = (spec: ResolvedSpec, usedBytes: number): number =>
  startOf(spec, usedBytes) + bytesOf(spec.type) * (spec.length ?? 1)

/** Is this the definition that `key(name, type)` without details stands for? */
const isPlain = (spec: ResolvedSpec): boolean =>
  spec.length === undefined && spec.fold === 'sum' && (spec.init === 0 || spec.init === 0n)

/** One thread's view of a table's keys. */
export class KeyRegistry {
  readonly #memory: Memory
  readonly #keys: Key[] = []
  readonly #byName = new Map<string, Key>()
  /** Bytes of the live area that belong to the keys seen so far. */
  #usedBytes = 0

  constructor(memory: Memory) {
    this.#memory = memory
  }

  /** All keys of the table, in the order of their ids; those of other threads too. */
  list(): readonly Key[] {
    this.#refresh()
    return this.#keys
  }

  /** Bytes of a live area that belong to keys. */
  get usedBytes(): number {
    return this.#usedBytes
  }

  /**
   * The key of a name; the first to ask makes it, for all threads.
   *
   * Never waits. If other threads intern other names at the same instant, it tries again, at most once
   * for each of them. A crash at any point leaves nothing, or a record that `releaseThread` frees, or the
   * whole key: nobody ever sees a part of it.
   * @throws {TypeError} if the name is taken by another definition.
   * @throws {RangeError} if the table has no room for it.
   */
  intern(name: string, spec: SlotSpec, claim: bigint): Key {
    const known = this.#byName.get(name)
    if (known !== undefined && known.type === spec && isPlain(known)) return known
    return this.internAll([[name, spec]], claim)[0] as Key
  }

  /** The keys of several names. All are checked before the first is made, so bad ones leave nothing behind. */
  internAll(definitions: readonly (readonly [string, SlotSpec])[], claim: bigint): Key[] {
    const requests = definitions.map(([name, spec]) => ({
      name,
      nameBytes: encodeName(name),
      spec: resolveSpec(name, spec),
    }))
    this.#requireRoom(requests)
    return requests.map(request => this.#intern(request, claim))
  }

  /**
   * This thread's object of a key that may come from another object of the same table.
   * @throws {TypeError} if it is no key of this table.
   */
  own(key: Key): Key {
    const own = this.#keys[key?.keyId] ?? this.list()[key?.keyId]
    if (
      own !== key &&
      (own?.name !== key?.name || own === undefined || describeSpec(own) !== describeSpec(key))
    ) {
      throw new TypeError(`${key?.name ?? String(key)} is no key of this table; ask for it with table.key`)
    }
    return own as Key
  }

  #intern(request: Request, claim: bigint): Key {
    const missing = this.#requireRoom([request])
    if (missing === 0) return this.#byName.get(request.name) as Key
    const memory = this.#memory
    const recordId = claimRecord(memory, this.#keys.length, claim)
    const address = recordAddress(memory, recordId)
    writeRecord(memory, address, request, startOf(request.spec, this.#usedBytes))
    if (!swap32(memory, directoryAddress(this.#keys.length), 0, recordId + 1)) {
      // Another thread took the word, perhaps for this very name. The record is given back at once: kept
      // as a spare, it would be state outside of the shared memory.
      freeClaim(memory, address, claim)
    }
    return this.#intern(request, claim)
  }

  /** How many of these keys are still to be made; throws if they can't. */
  #requireRoom(requests: readonly Request[]): number {
    this.#refresh()
    const { maxKeys, rowBytes } = this.#memory
    let keys = this.#keys.length
    let bytes = this.#usedBytes
    for (const { name, spec } of requests) {
      const known = this.#byName.get(name)
      if (known === undefined) {
        keys++
        bytes = endOf(spec, bytes)
      } else if (describeSpec(known) !== describeSpec(spec)) {
        throw new TypeError(
          `key '${name}' exists as ${describeSpec(known)}, not ${describeSpec(spec)}; use another name`,
        )
      }
    }
    const [limit, needed, available] =
      keys > maxKeys ? ['maxKeys', keys, maxKeys] : ['rowBytes', bytes, rowBytes]
    if (needed > available) {
      throw new RangeError(
        `no room for key '${requests.at(-1)?.name}': it needs ${needed} of ${available} ${limit}; ` +
          `create the table with a larger ${limit}`,
      )
    }
    return keys - this.#keys.length
  }

  /** Learns the keys that were published since. */
  #refresh(): void {
    const memory = this.#memory
    while (this.#keys.length < memory.maxKeys) {
      const keyId = this.#keys.length
      const word = load32(memory, directoryAddress(keyId))
      if (word === 0) return
      const { name, spec, byteOffset } = readRecord(memory, keyId, recordAddress(memory, word - 1))
      const usedBytes = endOf(spec, this.#usedBytes)
      if (
        byteOffset !== startOf(spec, this.#usedBytes) ||
        usedBytes > memory.rowBytes ||
        this.#byName.has(name)
      ) {
        throw damaged(keyId, `'${name}' at byte ${byteOffset}`)
      }
      const key: Key = Object.freeze({
        name,
        keyId,
        ...spec,
        byteOffset,
        index: byteOffset / bytesOf(spec.type),
      })
      this.#keys.push(key)
      this.#byName.set(name, key)
      this.#usedBytes = usedBytes
    }
  }
}

/** Takes a free record, and gives its id. Those before the number of keys are mostly taken: the search begins there. */
function claimRecord(memory: Memory, firstRecordId: number, claim: bigint): number {
  const records = recordsOf(memory)
  for (let i = 0; i < records; i++) {
    const recordId = (firstRecordId + i) % records
    if (tryClaim(memory, recordAddress(memory, recordId), claim)) return recordId
  }
  throw new RangeError(`all ${records} key records are taken; release dead threads, which may hold some`)
}

/** Fills a record in. Nobody reads it before it is published. */
function writeRecord(
  memory: Memory,
  address: number,
  { nameBytes, spec }: Request,
  byteOffset: number,
): void {
  store32(memory, address + RECORD_TYPE, SLOT_TYPES.indexOf(spec.type) + 1)
  store32(memory, address + RECORD_FOLD, FOLDS.indexOf(spec.fold) + 1)
  store32(memory, address + RECORD_LENGTH, spec.length ?? 0)
  store32(memory, address + RECORD_BYTE_OFFSET, byteOffset)
  store32(memory, address + RECORD_NAME_BYTES, nameBytes.length)
  storeWide(memory, spec.type, address + RECORD_INIT, spec.init)
  memory.u8.set(nameBytes, address + RECORD_NAME)
}

/** Reads a published record, and believes nothing: the memory may be anybody's. */
function readRecord(memory: Memory, keyId: number, address: number) {
  try {
    const word = (field: number): number => load32(memory, address + field)
    const type = SLOT_TYPES[word(RECORD_TYPE) - 1] as SlotType
    const start = address + RECORD_NAME
    // A copy: decoders refuse shared memory.
    const nameBytes = memory.u8.slice(start, start + word(RECORD_NAME_BYTES))
    const name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(nameBytes)
    encodeName(name)
    const spec = resolveSpec(name, {
      type,
      fold: FOLDS[word(RECORD_FOLD) - 1],
      length: word(RECORD_LENGTH) || undefined,
      init: loadWide(memory, type, address + RECORD_INIT),
    } as SlotSpec)
    return { name, spec, byteOffset: word(RECORD_BYTE_OFFSET) }
  } catch (error) {
    throw damaged(keyId, String(error))
  }
}

const damaged = (keyId: number, what: string): TypeError =>
  new TypeError(`key ${keyId} is damaged (${what}); the table's memory was overwritten`)
