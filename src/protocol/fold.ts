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
    const parts = rows.map(({ threadId, live, banked }) =>
      foldElement(key, index, [
        scope === 'live' ? undefined : banked[i],
        isInScope(key, scope, threadId) ? live[i] : undefined,
      ]),
    )
    // Integers wrap here, at 64 bits.
    total[index] = foldElement(key, index, parts)
  }
  return wrap(key, key.length ? total : total[0]) as Folded
}

/** True if the live values of a row count: those of a running thread, or what a dead one left if it isn't dropped. */
const isInScope = ({ retire }: Key, scope: Scope, threadId: number | undefined): boolean =>
  threadId === undefined ? retire && scope !== 'live' : scope !== 'retired'

/** A running thread and its values, by name, of the keys that it has used. */
export interface ThreadReading {
  readonly threadId: number
  /** Missing if the thread has no name. */
  readonly threadName?: string
  readonly values: { [name: string]: Reading }
}

/** The running threads that have used one of several keys. */
export function readThreads(
  memory: Memory,
  fields: readonly Field[],
  rows: readonly RowReading[] = readRows(memory, fields, true),
): ThreadReading[] {
  const threads: ThreadReading[] = []
  for (const { threadId, threadName, live } of rows) {
    if (threadId === undefined) continue
    const values: [name: string, value: Reading][] = []
    fields.forEach(([name, key], i) => {
      if (live[i] !== undefined) values.push([name, wrap(key, live[i]) as Reading])
    })
    if (values.length === 0) continue
    threads.push({ threadId, ...(threadName && { threadName }), values: Object.fromEntries(values) })
  }
  return threads
}
