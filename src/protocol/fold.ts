/*
 * What rows say together: the folds of keys over threads, and each running thread's values.
 *
 * As with Java's `LongAdder.sum`, a fold is not a snapshot of one instant. A sum of values that only grow never goes
 * backwards, and is exact once the writers are quiet.
 */
import { requireOneOf } from '../memory/errors.js'
import { wrap } from '../memory/histogram.js'
import type { Memory } from '../memory/layout.js'
import type { Folded, Reading } from '../memory/schema.js'
import { TYPES, wideType } from '../memory/slot-types.js'
import { foldElement } from '../memory/values.js'
import type { Field, Key } from './keys.js'
import { type RowReading, readRows } from './read-rows.js'

/** Whose values: those of running threads, of dead threads, or of both. */
export type Scope = 'all' | 'live' | 'retired'

const SCOPES: readonly Scope[] = ['all', 'live', 'retired']

/** The fold of one key over all threads in scope; the fold's identity if nobody has used it. The key must have a fold. */
export function foldKey(memory: Memory, key: Key, scope: Scope): Folded {
  requireOneOf('the scope', scope, SCOPES)
  return foldRows(readRows(memory, [[key.name, key]], false), key, 0, scope)
}

/** The folds of all fields that have one, by name, from one reading of the rows. */
export function foldFields(
  memory: Memory,
  fields: readonly Field[],
  scope: Scope,
  rows: readonly RowReading[] = readRows(memory, fields, false),
): { [name: string]: Folded } {
  requireOneOf('the scope', scope, SCOPES)
  const folds = fields.flatMap(([name, key], i) =>
    key.fold === 'none' ? [] : [[name, foldRows(rows, key, i, scope)] as const],
  )
  return Object.fromEntries(folds)
}

/** The fold of the i-th field that was read. */
function foldRows(rows: readonly RowReading[], key: Key, i: number, scope: Scope): Folded {
  const total = new TYPES[wideType(key.type)].array(key.length ?? 1)
  for (let index = 0; index < total.length; index++) {
    // Fold each row on its own first, as retirement will. Any other order rounds differently, and a sum could fall.
    const parts = rows.map(({ isRunning, live, banked }) =>
      foldElement(key, index, [
        scope === 'live' ? undefined : banked[i],
        isInScope(key, scope, isRunning) ? live[i] : undefined,
      ]),
    )
    // Integers wrap here, at 64 bits.
    total[index] = foldElement(key, index, parts)
  }
  return wrap(key, key.length ? total : total[0]) as Folded
}

/** True if the live values of a row count: those of a running thread, or what a dead one left if it isn't dropped. */
const isInScope = ({ retire }: Key, scope: Scope, isRunning: boolean): boolean =>
  isRunning ? scope !== 'retired' : retire && scope !== 'live'

/** A thread and its values, by name, of the keys that it has used. */
export interface ThreadReading {
  readonly threadId: number
  /** Missing if the thread has no name. */
  readonly threadName?: string
  readonly values: { [name: string]: Reading }
}

/** The running threads that have used one of several keys. */
export const readThreads = (
  memory: Memory,
  fields: readonly Field[],
  rows: readonly RowReading[] = readRows(memory, fields, true),
): ThreadReading[] =>
  usersOf(
    fields,
    rows.filter(({ isRunning }) => isRunning),
  )

/**
 * What threads that are dead by now left, if they have used one of several keys. A row may be free by now, and even have a new
 * owner, as long as that hasn't folded the values yet.
 */
export const readLastValues = (
  memory: Memory,
  fields: readonly Field[],
  threadIds: ReadonlySet<number | undefined>,
): ThreadReading[] =>
  usersOf(
    fields,
    readRows(memory, fields, true).filter(({ threadId }) => threadIds.has(threadId)),
  )

function usersOf(fields: readonly Field[], rows: readonly RowReading[]): ThreadReading[] {
  return rows.flatMap(({ threadId = -1, threadName, live }) => {
    const values = fields.flatMap(([name, key], i) =>
      live[i] === undefined ? [] : [[name, wrap(key, live[i]) as Reading] as const],
    )
    if (values.length === 0) return []
    return [{ threadId, ...(threadName && { threadName }), values: Object.fromEntries(values) }]
  })
}
