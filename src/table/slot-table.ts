/*
 * SlotTable: the level below `threadLocal`, for tables and layouts of your own. It puts the parts together, and checks
 * what users pass in.
 */
import { host } from '../host/current.js'
import { outOfRange, requireWhole, wrongType } from '../memory/errors.js'
import { type Dimensions, LOST_KEYS, LOST_THREADS, type Memory, tableBytes } from '../memory/layout.js'
import type { FoldedOf, ReadingOf, SlotSpec } from '../memory/schema.js'
import { load32 } from '../memory/words.js'
import { claimOf, MAX_THREAD_ID, ownerOf, type Participant, type ThreadOptions } from '../protocol/claims.js'
import { Reader, type Scope, type Snapshot } from '../protocol/fold.js'
import { type Key, KeyRegistry } from '../protocol/keys.js'
import { createMemory, openMemory, reserveMemory, resolveDimensions } from '../protocol/open-memory.js'
import { releaseThread } from '../protocol/release.js'
import { sweep } from '../protocol/sweep.js'
import { Row } from './row.js'

/** Where a table lies, and which thread opens it. */
export interface OpenOptions extends ThreadOptions {
  /** Where the table starts in its buffer: bytes, a multiple of 8. Default: 0. */
  readonly byteOffset?: number
  /** `false` for a table in an ArrayBuffer, which serves one thread alone. Default: true. */
  readonly shared?: boolean
}

/** The dimensions of a new table, and where it goes. */
export interface CreateOptions extends OpenOptions {
  /** Number of threads that can be attached at once. Default: 256. */
  readonly maxThreads?: number
  /** Bytes of slots in each thread's row, rounded up to a multiple of 8. Default: 8192. */
  readonly rowBytes?: number
  /** Number of keys that can be created. Default: 1024. */
  readonly maxKeys?: number
  /** Zeroed shared memory for the table, such as a shared WebAssembly.Memory's buffer. Default: a new buffer. */
  readonly buffer?: ArrayBufferLike
}

/** What a table had no room for. */
export interface Lost {
  /** Number of threads that got no row. */
  readonly threads: number
  /** Number of keys that got no place, counted in each thread that defined them. */
  readonly keys: number
}

/**
 * A table of slots in shared memory: a row per thread, a key per name, and a slot where they meet.
 *
 * `buffer` and `byteOffset` are all that another thread needs: `SlotTable.from(buffer, { byteOffset })`.
 */
export class SlotTable {
  /** The buffer that contains the table. An ArrayBuffer if the table isn't `shared`. */
  readonly buffer: SharedArrayBuffer
  /** Where the table starts in its buffer, in bytes. */
  readonly byteOffset: number
  /** Bytes that the table takes in its buffer. */
  readonly byteLength: number
  /**
   * True if this object created the table; false if it opened one.
   * @internal
   */
  readonly isNew: boolean
  /** @internal */
  readonly memory: Memory
  /** @internal */
  readonly registry: KeyRegistry
  readonly #participant: Participant
  #row: Row | undefined
  /** Keys that this thread asked for before it attached. The row marks them as used. */
  readonly #keysBeforeRow = new Set<Key>()
  /** What reads one key each, as `value`. */
  readonly #readers = new Map<Key, Reader>()
  /** What reads all keys, made for as many as there were. */
  #snapshotReader: Reader
  #snapshotKeys = 0

  private constructor(memory: Memory, thread: ThreadOptions, isNew: boolean) {
    this.memory = memory
    this.isNew = isNew
    this.buffer = memory.buffer
    this.byteOffset = memory.byteOffset
    this.byteLength = memory.byteLength
    this.#participant = { memory, claim: claimOf(thread, memory) }
    this.registry = new KeyRegistry(this.#participant)
    this.#snapshotReader = new Reader(memory, [])
    // Workers started from now on know this thread as their parent.
    host.bequeath(host.inherited())
  }

  /** This thread's id in this table. On a server it is `threadId` of `node:worker_threads`. */
  get threadId(): number {
    return ownerOf(this.#participant.claim)
  }

  /**
   * Creates a table. Memory that no thread touches is only reserved: by default the table takes 12 MiB of address space,
   * of which a few kilobytes are used at first.
   * @throws {TypeError} if an option is of the wrong type, the memory is in use, or this page can't share memory.
   * @throws {RangeError} if a number is out of range, or the buffer is too small.
   */
  static create(options: CreateOptions = {}): SlotTable {
    // Reject wrong ids before anything is written.
    claimOf(options)
    return new SlotTable(createMemory(resolveDimensions(options), options), options, true)
  }

  /**
   * Creates a default table for the threads of this process.
   * @internal
   */
  static reserve(): SlotTable {
    return new SlotTable(reserveMemory(), {}, true)
  }

  /**
   * Opens a table that another thread created. It checks the header first. On a server it writes nothing; in a browser it
   * takes the next thread id from the header.
   * @throws {TypeError} if there is no table, or one of another version, or a damaged one.
   * @throws {RangeError} if the table extends past the end of the buffer.
   */
  static from(buffer: ArrayBufferLike, options: OpenOptions = {}): SlotTable {
    return new SlotTable(openMemory(buffer, options), options, false)
  }

  /**
   * Bytes that a table of these dimensions takes, a multiple of 128. Use it to place several tables in one buffer.
   * @throws {TypeError} if a dimension is not a number.
   * @throws {RangeError} if a dimension is out of range.
   */
  static byteLength(dimensions: Partial<Dimensions> = {}): number {
    return tableBytes(resolveDimensions(dimensions))
  }

  /**
   * The key with a name; the same object on every call. The first thread to ask creates it for all threads. Once this
   * thread is attached, asking is also the key's first use here, so `perThread` lists the thread from then on.
   * @throws {TypeError} if the definition is wrong, or the name is already defined differently.
   * @throws {RangeError} if the name takes more than 200 bytes of UTF-8, or the table has no room for the key.
   */
  key<const D extends SlotSpec>(name: string, spec: D): Key<D> {
    const key = this.registry.intern(name, spec)
    if (this.#row) this.#row.use(key)
    else this.#keysBeforeRow.add(key)
    return key as Key<D>
  }

  /** All keys of the table in the order of their creation, including other threads' keys. Listing a key doesn't use it. */
  keys(): readonly Key[] {
    return [...this.registry.list()]
  }

  /**
   * This thread's row, which it keeps until it ends; the same object on every call.
   * @throws {RangeError} if all rows are taken.
   */
  attach(): Row {
    if (!this.#row) {
      this.#row = new Row(this.#participant, this.registry)
      for (const key of this.#keysBeforeRow) this.#row.use(key)
    }
    return this.#row
  }

  /**
   * All threads' values of a key as one: of all threads that ever lived, of running threads (`live`) or of dead ones
   * (`retired`). If nobody has used the key, it is the fold's identity. Vectors fold element by element. A fold is not a
   * snapshot of one instant, but a sum of values that only grow never goes backwards.
   * @throws {TypeError} if the key has no fold, or is not a key of this table.
   */
  fold<D extends SlotSpec>(key: Key<D>, scope: Scope = 'all'): FoldedOf<D> {
    const own = this.registry.own(key)
    if (own.fold === 'none') throw wrongType(`the fold of '${own.name}'`, own.fold, 'perThread')
    return this.#readerOf(own).folds(scope).value as FoldedOf<D>
  }

  /**
   * The running threads that have used a key, and its value in each. Vectors are copies. A thread without a name has no
   * `threadName`.
   * @throws {TypeError} if it is not a key of this table.
   */
  perThread<D extends SlotSpec>(
    key: Key<D>,
  ): { threadId: number; threadName?: string; value: ReadingOf<D> }[] {
    return this.#readerOf(this.registry.own(key)).threads() as never
  }

  /** The values of all keys: those of running threads, what dead threads left, and the totals of both. */
  snapshot(): Snapshot {
    const keys = this.registry.list()
    if (keys.length !== this.#snapshotKeys) {
      this.#snapshotKeys = keys.length
      this.#snapshotReader = new Reader(
        this.memory,
        keys.map(key => [key.name, key]),
      )
    }
    return this.#snapshotReader.snapshot()
  }

  #readerOf(key: Key): Reader {
    let reader = this.#readers.get(key)
    if (!reader) {
      reader = new Reader(this.memory, [['value', key]])
      this.#readers.set(key, reader)
    }
    return reader
  }

  /**
   * What the default table had no room for, since it was created: threads and keys whose values are missing from all
   * readings in other threads, because `threadLocal` counts them privately. Nothing is missing if both are 0.
   */
  get lost(): Lost {
    return { threads: load32(this.memory, LOST_THREADS), keys: load32(this.memory, LOST_KEYS) }
  }

  /**
   * A table for this thread alone, in memory of its own.
   * @internal
   */
  createPrivate(rowBytes: number, maxKeys: number): SlotTable {
    return SlotTable.create({ maxThreads: 1, rowBytes, maxKeys, shared: false, threadId: this.threadId })
  }

  /**
   * States that a thread is dead. Its row, and those of all threads that died with it, can then be used again; their
   * values are kept. Several threads may call it, more than once.
   *
   * Never call it for a thread that may still run: two threads would then write the same row.
   * @throws {TypeError} if the id is not a number.
   * @throws {RangeError} if it is not a thread id, or the caller's own.
   */
  release(threadId: number): void {
    if (requireWhole('threadId', threadId, 0, MAX_THREAD_ID) === this.threadId) {
      throw outOfRange('threadId', threadId, "a dead thread's id, not this thread's own")
    }
    releaseThread(this.memory, threadId)
  }

  /**
   * Frees the rows of threads whose death nobody saw; see `sweep`. Threads with an id given by hand are released by hand.
   * @returns how many threads were found dead, including those that died with another one.
   */
  sweep(): number {
    return sweep(this.#participant)
  }
}
