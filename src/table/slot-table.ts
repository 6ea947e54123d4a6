/*
 * SlotTable: the parts put together, and the checks at the edge.
 */

import { leave } from '../host/host.js'
import { requireWhole } from '../memory/errors.js'
import { byteLengthOf, type Dimensions, type Memory } from '../memory/layout.js'
import type { Folded, FoldedOf, ReadingOf, SlotSpec } from '../memory/schema.js'
import { claimOf, MAX_THREAD_ID, ownerOf, releaseThread, type ThreadOptions } from '../protocol/claims.js'
import { foldFields, readRows, readThreads, type Scope, type ThreadReading } from '../protocol/fold.js'
import { type Field, type Key, KeyRegistry } from '../protocol/keys.js'
import { createMemory, openMemory, resolveDimensions } from '../protocol/open-memory.js'
import { Row } from './row.js'

export interface OpenOptions extends ThreadOptions {
  /** Where the table starts in its buffer: bytes, a multiple of 8. Default: 0. */
  readonly byteOffset?: number
  /** `false`: a table in an ArrayBuffer, for one thread alone. Default: true. */
  readonly shared?: boolean
}

export interface CreateOptions extends OpenOptions {
  /** Threads that can be attached at once. Default: 256. */
  readonly maxThreads?: number
  /** Bytes of slots that each thread has; rounded up to a multiple of 8. Default: 8192. */
  readonly rowBytes?: number
  /** Keys that can ever be made. Default: 1024. */
  readonly maxKeys?: number
  /** Zeroed shared memory to make the table in, such as a shared WebAssembly.Memory's. Default: a new buffer. */
  readonly buffer?: ArrayBufferLike
}

export interface Snapshot {
  /** Running threads that have used a key, with what they have used. */
  readonly threads: ThreadReading[]
  /** What dead threads left, by name: every key that folds. */
  readonly retired: { [name: string]: Folded }
  /** Running and dead threads together: exactly the fold of the two above. */
  readonly totals: { [name: string]: Folded }
}

/**
 * A table of slots in shared memory: a row for each thread, a key for each name, a slot where they meet.
 *
 * `buffer` and `byteOffset` are all that another thread needs: `SlotTable.from(buffer, { byteOffset })`.
 */
export class SlotTable {
  /** An ArrayBuffer, if the table is not `shared`. */
  declare readonly buffer: SharedArrayBuffer
  /** Where the table starts in its buffer, in bytes. */
  declare readonly byteOffset: number
  /** Bytes that the table takes in its buffer. */
  declare readonly byteLength: number
  /** @internal */
  declare readonly memory: Memory
  /** @internal */
  readonly registry: KeyRegistry
  #row: Row | undefined
  /** Keys that this thread asked for before it attached: their first use comes with the row. */
  readonly #asked = new Set<Key>()

  private constructor(memory: Memory, thread: ThreadOptions) {
    const { buffer, byteOffset, byteLength } = memory
    Object.assign(this, { memory, buffer, byteOffset, byteLength })
    this.registry = new KeyRegistry(memory, claimOf(thread, this))
    leave()
  }

  /**
   * Makes a table. Memory that no thread touches is reserved, not used: about 11 MiB by default, of which
   * some 100 KiB are in use at first.
   * @throws {RangeError} if a number is out of range, or the buffer too small.
   * @throws {TypeError} if the buffer is not shared, or its memory in use; in a page that may not share memory.
   */
  static create(options: CreateOptions = {}): SlotTable {
    // Before anything is written.
    claimOf(options)
    return new SlotTable(createMemory(resolveDimensions(options), options), options)
  }

  /**
   * Opens a table that another thread made. Checks the header first; writes nothing.
   * @throws {TypeError} if no table is there, one of another version, or a damaged one.
   * @throws {RangeError} if the table reaches past the end of the buffer.
   */
  static from(buffer: ArrayBufferLike, options: OpenOptions = {}): SlotTable {
    return new SlotTable(openMemory(buffer, options), options)
  }

  /**
   * The bytes that a table of these dimensions takes, a multiple of 128: to place several in one buffer.
   * @throws {RangeError} if a number is out of range.
   */
  static byteLength(dimensions: Partial<Dimensions> = {}): number {
    return byteLengthOf(resolveDimensions(dimensions))
  }

  /**
   * The key of a name, made by the first thread that asks; the same object at each call. For a thread that
   * is attached, or once it attaches, this is the key's first use: `perThread` lists it from then on.
   * @throws {TypeError} for a bad definition, or a name that has another one.
   * @throws {RangeError} for a name of more than 88 bytes, or if the table has no room for the key.
   */
  key<const D extends SlotSpec>(name: string, spec: D): Key<D> {
    const key = this.registry.intern(name, spec)
    if (this.#row) this.#row.use(key)
    else this.#asked.add(key)
    return key as Key<D>
  }

  /** All keys of the table, those of other threads too, in the order of their making. To look is not to use. */
  keys(): readonly Key[] {
    return [...this.registry.list()]
  }

  /**
   * This thread's row, kept until the thread ends; the same object at each call.
   * @throws {RangeError} if all rows are taken.
   */
  attach(): Row {
    if (!this.#row) {
      this.#row = new Row(this.memory, this.registry)
      for (const key of this.#asked) this.#row.use(key)
    }
    return this.#row
  }

  /**
   * All threads' values of a key as one: of all threads that ever lived, of running (`live`) or of dead ones
   * (`retired`). Where nobody has used the key: the fold's identity. Vectors fold element by element. Not a
   * snapshot of one instant; a sum of values that only grow never goes backwards.
   * @throws {TypeError} if the key has no fold, or is no key of this table.
   */
  fold<D extends SlotSpec>(key: Key<D>, scope: Scope = 'all'): FoldedOf<D> {
    const { value } = foldFields(this.memory, [['value', this.registry.own(key)]], scope)
    if (value === undefined) throw new TypeError(`key '${key.name}' has fold none; use perThread`)
    return value as FoldedOf<D>
  }

  /**
   * Running threads that have used a key, and their values (copies, for vectors).
   * @throws {TypeError} if it is no key of this table.
   */
  perThread<D extends SlotSpec>(key: Key<D>): { threadId: number; value: ReadingOf<D> }[] {
    const threads = readThreads(this.memory, [['value', this.registry.own(key)]])
    return threads.map(({ threadId, values: { value } }) => ({ threadId, value: value as ReadingOf<D> }))
  }

  /** Everything: running threads, what dead ones left, and the totals of both, of all keys. */
  snapshot(): Snapshot {
    const fields = this.keys().map((key): Field => [key.name, key])
    const rows = readRows(this.memory, fields)
    return {
      threads: readThreads(this.memory, fields, rows),
      retired: foldFields(this.memory, fields, 'retired', rows),
      totals: foldFields(this.memory, fields, 'all', rows),
    }
  }

  /**
   * A supervisor's word that a thread is dead: its row, and those of all threads that died with it, can be
   * used again. Their values are kept. May be called twice, and by several threads.
   *
   * Never call it for a thread that may still run: two threads would write the same row.
   * @throws {RangeError} if it is no thread id, or the caller's own.
   */
  release(threadId: number): void {
    if (requireWhole('threadId', threadId, 0, MAX_THREAD_ID) === ownerOf(this.registry.claim)) {
      throw new RangeError(`thread ${threadId} is this one; release dead threads`)
    }
    releaseThread(this.memory, threadId)
  }
}
