/*
 * SlotTable: the parts put together, and the checks at the edge.
 */
import { checkRange } from './checks.js'
import { claimOf, deadWith, MAX_THREAD_ID, releaseThread } from './claims.js'
import { foldRows, type RowReading, readRows, readThreads, type Scope, shapeFold } from './fold.js'
import * as host from './host.js'
import { type Key, KeyRegistry } from './keys.js'
import { byteLengthOf, type Dimensions, type Memory, NEXT_THREAD_ID } from './layout.js'
import { createMemory, openMemory, resolveDimensions } from './memory.js'
import { Row } from './row.js'
import { attachRow } from './rows.js'
import type { Folded, FoldedOf, Reading, ReadingOf, SlotSpec } from './schema.js'

/** Which thread a table object acts for. Left out: the thread that makes the object. */
export interface ThreadOptions {
  /** A number that no other thread of this table ever has, dead or alive. Default: the runtime's own. */
  readonly threadId?: number
  /** The thread with which this one dies. Default: the one that started it, if it uses this package. */
  readonly parentThreadId?: number
}

export interface OpenOptions extends ThreadOptions {
  /** Where the table starts in its buffer: bytes, a multiple of 8. Default: 0. */
  readonly byteOffset?: number
}

export interface CreateOptions extends OpenOptions {
  /** Threads that can be attached at once. Default: 256. */
  readonly maxThreads?: number
  /** Bytes of slots that each thread has; rounded up to a multiple of 8. Default: 8192. */
  readonly rowBytes?: number
  /** Keys that can ever be made. Default: 1024. */
  readonly maxKeys?: number
  /** Zeroed shared memory to make the table in, such as a shared WebAssembly.Memory's. Default: a new buffer. */
  readonly buffer?: SharedArrayBuffer
}

/** A running thread's values, by the names of the keys that it has used. */
export interface ThreadSnapshot {
  readonly threadId: number
  readonly values: { [name: string]: Reading }
}

export interface Snapshot {
  /** Running threads, with what they have used. */
  readonly threads: ThreadSnapshot[]
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
  readonly #memory: Memory
  readonly #keys: KeyRegistry
  readonly #threadId: number
  readonly #claim: bigint
  #row: Row | undefined
  /** Keys that this thread asked for before it attached: their first use comes with the row. */
  readonly #asked = new Set<Key>()

  private constructor(memory: Memory, thread: ThreadOptions) {
    const threadId =
      thread.threadId ?? host.runtimeThreadId() ?? Atomics.add(memory.i32, NEXT_THREAD_ID / 4, 1)
    const parentThreadId = thread.parentThreadId ?? host.parentThreadId() ?? -1
    this.#memory = memory
    this.#keys = new KeyRegistry(memory)
    this.#threadId = checkThreadId(threadId)
    this.#claim = claimOf(threadId, checkRange('parentThreadId', parentThreadId, -1, MAX_THREAD_ID))
    host.leave()
  }

  /**
   * Makes a table. Memory that no thread touches is reserved, not used: about 11 MiB by default, of which
   * some 100 KiB are in use at first.
   * @throws {RangeError} if a number is out of range, or the buffer too small.
   * @throws {TypeError} if the buffer is not shared, or its memory in use.
   */
  static create(options: CreateOptions = {}): SlotTable {
    const { buffer, byteOffset = 0 } = options
    return new SlotTable(createMemory(resolveDimensions(options), buffer, byteOffset), options)
  }

  /**
   * Opens a table that another thread made. Checks the header first; writes nothing.
   * @throws {TypeError} if no table is there, one of another version, or a damaged one.
   * @throws {RangeError} if the table reaches past the end of the buffer.
   */
  static from(buffer: SharedArrayBuffer, options: OpenOptions = {}): SlotTable {
    const { byteOffset = 0 } = options
    return new SlotTable(openMemory(buffer, byteOffset), options)
  }

  /**
   * The bytes that a table of these dimensions takes, a multiple of 128: to place several in one buffer.
   * @throws {RangeError} if a number is out of range.
   */
  static byteLength(dimensions: Partial<Dimensions> = {}): number {
    return byteLengthOf(resolveDimensions(dimensions))
  }

  get buffer(): SharedArrayBuffer {
    return this.#memory.buffer
  }

  /** Where the table starts in its buffer, in bytes. */
  get byteOffset(): number {
    return this.#memory.byteOffset
  }

  /** Bytes that the table takes in its buffer. */
  get byteLength(): number {
    return this.#memory.byteLength
  }

  /**
   * The key of a name, made by the first thread that asks; the same object at each call. For a thread that
   * is attached, or once it attaches, this is the key's first use: `perThread` lists it from then on.
   * @throws {TypeError} for a bad definition, or a name that has another one.
   * @throws {RangeError} for a name of more than 88 bytes, or if the table has no room for the key.
   */
  key<const D extends SlotSpec>(name: string, spec: D): Key<D> {
    const key = this.#keys.intern(name, spec, this.#claim)
    if (this.#row === undefined) this.#asked.add(key)
    else this.#row.use(key)
    return key as Key<D>
  }

  /** All keys of the table, those of other threads too, in the order of their making. To look is not to use. */
  keys(): readonly Key[] {
    return [...this.#keys.list()]
  }

  /**
   * This thread's row, kept until the thread ends; the same object at each call.
   * @throws {RangeError} if all rows are taken.
   */
  attach(): Row {
    if (this.#row === undefined) {
      const rowId = attachRow(this.#memory, this.#keys, this.#claim)
      this.#row = new Row(this.#memory, this.#keys, rowId, this.#threadId, this.#claim)
      for (const key of this.#asked) this.#row.use(key)
      this.#asked.clear()
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
    const own = this.#keys.own(key)
    if (own.fold === 'none') {
      throw new TypeError(
        `key '${own.name}' has fold 'none', no meaning across threads; read it with perThread`,
      )
    }
    return shapeFold(own, foldRows(this.read([own]), own, 0, scope)) as FoldedOf<D>
  }

  /**
   * Running threads that have used a key, and their values (copies, for vectors).
   * @throws {TypeError} if it is no key of this table.
   */
  perThread<D extends SlotSpec>(key: Key<D>): { threadId: number; value: ReadingOf<D> }[] {
    const own = this.#keys.own(key)
    return readThreads(this.read([own]), [own], ['value']).flatMap(({ threadId, values }) =>
      'value' in values ? [{ threadId, value: values.value as ReadingOf<D> }] : [],
    )
  }

  /** Everything: running threads, what dead ones left, and the totals of both, of all keys. */
  snapshot(): Snapshot {
    const keys = this.#keys.list()
    const rows = this.read(keys)
    const folds = (scope: Scope) =>
      Object.fromEntries(
        keys.flatMap((key, i) =>
          key.fold === 'none' ? [] : [[key.name, shapeFold(key, foldRows(rows, key, i, scope))]],
        ),
      )
    const names = keys.map(({ name }) => name)
    return { threads: readThreads(rows, keys, names), retired: folds('retired'), totals: folds('all') }
  }

  /**
   * A supervisor's word that a thread is dead: its row, and those of all threads that died with it, can be
   * used again. Their values are kept. May be called twice, and by several threads.
   *
   * Never call it for a thread that may still run: two threads would write the same row.
   * @throws {RangeError} if it is no thread id, or the caller's own.
   */
  release(threadId: number): void {
    if (checkThreadId(threadId) === this.#threadId) {
      throw new RangeError(`thread ${threadId} is this one; release threads that have ended`)
    }
    releaseThread(this.#memory, threadId)
  }

  /** All rows, for the fold of several keys from one reading. @internal */
  read(keys: readonly Key[]): RowReading[] {
    return readRows(this.#memory, keys)
  }

  /** A thread that died, and its descendants that died with it and have rows or records still. @internal */
  deadWith(threadId: number): number[] {
    return deadWith(this.#memory, threadId)
  }

  /** The keys of several names; no first use, which comes with an assignment. @internal */
  keysOf(definitions: readonly (readonly [string, SlotSpec])[]): Key[] {
    return this.#keys.internAll(definitions, this.#claim)
  }
}

const checkThreadId = (threadId: number): number => checkRange('threadId', threadId, 0, MAX_THREAD_ID)
