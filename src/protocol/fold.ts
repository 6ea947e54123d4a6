/*
 * What rows say together: the folds of keys over threads, and each running thread's values.
 *
 * As with Java's `LongAdder.sum`, a fold is not a snapshot of one instant. A sum of values that only grow never goes
 * backwards, and is exact once the writers are quiet.
 */
import { requireOneOf } from '../memory/errors.js'
import type { Histogram } from '../memory/histogram.js'
import type { Memory } from '../memory/layout.js'
import type { Folded, Reading } from '../memory/schema.js'
import { identityOf } from '../memory/slot-types.js'
import type { Field, Key } from './keys.js'
import { ObjectMaker } from './object-maker.js'
import { type RowReader, rowReader, type Scope } from './row-reader.js'

export type { Scope }

const SCOPES: readonly Scope[] = ['all', 'live', 'retired']

/** A thread and its values, by name, of the keys that it has used. */
export interface ThreadReading {
  readonly threadId: number
  /** Missing if the thread has no name. */
  readonly threadName?: string
  readonly values: { [name: string]: Reading }
}

/** The same in one object. No field is called `threadId` or `threadName`. */
export type FlatThreadReading = { [name: string]: Reading } & { threadId: number; threadName?: string }

/** All values of a table, from one reading of its rows. */
export interface Snapshot {
  /** The running threads that have used a key, with the values of the keys they have used. */
  readonly threads: ThreadReading[]
  /** What dead threads left, by key name; every key that has a fold. */
  readonly retired: { [name: string]: Folded }
  /** Running and dead threads together: exactly the fold of `threads` and `retired`. */
  readonly totals: { [name: string]: Folded }
}

/** Reads the fields of a thread-local. */
export interface FieldReader {
  /** The folds of all fields that have one, over the threads in scope; the fold's identity if nobody has used the key. */
  folds(scope: Scope): { [name: string]: Folded }
  /** The running threads that have used a field. */
  threads(): FlatThreadReading[]
  /**
   * What threads that are dead by now left, if they have used a field. A row may be free by now, and even have a new owner,
   * as long as that hasn't folded the values yet.
   */
  lastValues(threadIds: ReadonlySet<number | undefined>): ThreadReading[]
}

/** Reads some fields of a table, each of which is one key. What doesn't change is computed once, before the first reading. */
export class Reader implements FieldReader {
  readonly #memory: Memory
  readonly #fields: readonly Field[]
  readonly #folds = new ObjectMaker()
  readonly #threads = new ObjectMaker()
  #rows: RowReader | undefined
  #foldableRows: RowReader | undefined

  constructor(memory: Memory, fields: readonly Field[]) {
    this.#memory = memory
    this.#fields = fields
  }

  folds(scope: Scope): { [name: string]: Folded } {
    requireOneOf('the scope', scope, SCOPES)
    this.#foldableRows ??= rowReader(
      this.#memory,
      this.#fields.filter(([, { fold }]) => fold !== 'none'),
    )
    const rows = this.#foldableRows
    rows.fold(scope)
    return foldsOf(rows, 0, this.#folds)
  }

  threads(): FlatThreadReading[] {
    return this.#readThreads(isRunning, true) as FlatThreadReading[]
  }

  lastValues(threadIds: ReadonlySet<number | undefined>): ThreadReading[] {
    return this.#readThreads((rows, n) => threadIds.has(rows.threadIdOf(n)), false) as ThreadReading[]
  }

  /** The values of all fields. */
  snapshot(): Snapshot {
    const threads: ThreadReading[] = []
    const rows = this.#allRows()
    rows.beginFolds(0)
    rows.beginFolds(1)
    rows.read(
      count => {
        addThreads(threads, rows, count, isRunning, this.#threads, false)
        // In this order: what the first fold adds to a row's bank is there for the second.
        rows.foldRows(count, 0, 'retired')
        rows.foldRows(count, 1, 'all')
      },
      true,
      true,
    )
    return {
      threads,
      retired: foldsOf(rows, 0, this.#folds),
      totals: foldsOf(rows, 1, this.#folds),
    }
  }

  #readThreads(isWanted: IsWanted, isFlat: boolean): object[] {
    const threads: object[] = []
    const rows = this.#allRows()
    rows.read(count => addThreads(threads, rows, count, isWanted, this.#threads, isFlat), true, true)
    return threads
  }

  #allRows(): RowReader {
    this.#rows ??= rowReader(this.#memory, this.#fields)
    return this.#rows
  }
}

function foldsOf(rows: RowReader, folds: number, object: ObjectMaker): { [name: string]: Folded } {
  object.clear()
  for (const column of rows.columns)
    if (column.key.fold !== 'none') object.add(column.name, rows.foldOf(folds, column))
  return object.make() as { [name: string]: Folded }
}

type IsWanted = (rows: RowReader, n: number) => boolean
const isRunning: IsWanted = (rows, n) => rows.isRunning(n)

/** Adds the owners of rows to a list, if they have used one of the fields. */
function addThreads(
  threads: object[],
  rows: RowReader,
  count: number,
  isWanted: IsWanted,
  object: ObjectMaker,
  isFlat: boolean,
): void {
  for (let n = 0; n < count; n++) {
    if (!isWanted(rows, n)) continue
    const threadId = rows.threadIdOf(n)
    const threadName = rows.nameOf(n)
    object.clear()
    if (isFlat) object.add('threadId', threadId)
    if (isFlat && threadName) object.add('threadName', threadName)
    const heads = object.count
    for (const column of rows.columns) {
      const value = rows.valueOf(n, column)
      if (value !== undefined) object.add(column.name, value)
    }
    if (object.count === heads) continue
    const made = object.make()
    threads.push(isFlat ? made : { threadId, ...(threadName && { threadName }), values: made })
  }
}

/** True if nobody has counted anything in a fold. */
export function isEmptyFold({ type, fold }: Pick<Key, 'type' | 'fold'>, value: unknown): boolean {
  if (typeof value !== 'object') return value === identityOf(type, fold)
  if (ArrayBuffer.isView(value))
    return (value as Float64Array).every(element => element === identityOf(type, fold))
  return (value as Histogram).count === 0
}
