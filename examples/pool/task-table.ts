/*
 * The tasks of a pool in shared memory, and the steps in which a thread does one. A thread may be terminated at any instant:
 * no task disappears, none runs twice, and the totals of the threads' slots stay exact.
 *
 *   control         i32 × 4              queued · ended · next · closed
 *   states          i32 × capacity       FREE · QUEUED · the id of the thread that has claimed the task · ENDED
 *   inputs          f64 × capacity
 *   tickets         f64 × capacity       of threadslots/cancel; 0 if the task has no signal
 *   startedBefore   f64 × capacity       the thread's slot `started` before the task
 *   results         f64 × capacity
 *   errorBytes      i32 × capacity       length of the error's text; −1 if there is a result
 *   errors          u8 × 1,000 × capacity
 *
 * The pool moves a record from FREE to QUEUED, and from ENDED to FREE. In between, a thread takes these steps:
 *
 *   1  state: QUEUED → threadId     one compareExchange: the task is this thread's
 *   2  startedBefore ← started
 *   3  started++                    one store to a slot: the task has begun
 *   4  result, or error
 *   5  done++                       one store to a slot: the task has ended
 *   6  state ← ENDED
 *
 * V8 terminates a thread between two stores. If a record still has the id of a dead thread, the thread's last values tell
 * where it died:
 *
 *   1 to 3   started ≤ startedBefore           The task has not begun, and is queued again.
 *   3 to 5   done ≤ startedBefore < started    The task is lost.
 *   5 to 6   startedBefore < done              The task has ended, and its result or error is in the record.
 */
import type { Values } from 'threadslots'
import type { Counters, PoolSchema } from './counters.js'

/** Words of `control`: two counts to wait on, where to look for a task first, and whether the pool is closed. */
const QUEUED_COUNT = 0
export const ENDED_COUNT = 1
const NEXT = 2
const CLOSED = 3

/** States. The others are ids of threads, from 1. */
export const FREE = 0
const QUEUED = -1
export const ENDED = -2

const ERROR_BYTES = 1000

export type TaskTable = Readonly<
  Record<'control' | 'states' | 'errorBytes', Int32Array<SharedArrayBuffer>> &
    Record<'inputs' | 'tickets' | 'startedBefore' | 'results', Float64Array<SharedArrayBuffer>> &
    Record<'errors', Uint8Array<SharedArrayBuffer>>
>

/** A table with room for a number of tasks. A worker that gets it as `workerData` shares it. */
export function createTaskTable(capacity: number): TaskTable {
  const i32 = (length: number) => new Int32Array(new SharedArrayBuffer(4 * length))
  const f64 = () => new Float64Array(new SharedArrayBuffer(8 * capacity))
  const numbers = { inputs: f64(), tickets: f64(), startedBefore: f64(), results: f64() }
  const errors = new Uint8Array(new SharedArrayBuffer(ERROR_BYTES * capacity))
  return { control: i32(4), states: i32(capacity), ...numbers, errorBytes: i32(capacity), errors }
}

/** Lets a thread claim the task in a record. */
export function queue({ control, states, startedBefore }: TaskTable, record: number): void {
  startedBefore[record] = Number.POSITIVE_INFINITY
  Atomics.store(states, record, QUEUED)
  count(control, QUEUED_COUNT, 1)
}

/** Takes a queued task back. Returns false if a thread was faster. */
export const withdraw = ({ states }: TaskTable, record: number): boolean =>
  Atomics.compareExchange(states, record, QUEUED, FREE) === QUEUED

/**
 * Claims a task (step 1), in about the order in which they were queued. If there is none, it waits.
 * @returns the task's record, or undefined once the pool is closed.
 */
export function claim(table: TaskTable, threadId: number): number | undefined {
  const { control, states } = table
  for (;;) {
    // Read before the search, so that `wait` returns at once if a task has been queued since.
    const queued = Atomics.load(control, QUEUED_COUNT)
    const next = control[NEXT] as number
    for (let n = 0; n < states.length; n++) {
      const record = (next + n) % states.length
      if (states[record] !== QUEUED) continue
      if (Atomics.compareExchange(states, record, QUEUED, threadId) !== QUEUED) continue
      control[NEXT] = record + 1
      return record
    }
    if (isClosed(table)) return undefined
    Atomics.wait(control, QUEUED_COUNT, queued)
  }
}

/** Does a claimed task (steps 2 to 6). */
export function perform(
  { control, states, startedBefore, results, errorBytes, errors }: TaskTable,
  record: number,
  slots: Pick<Counters, 'started' | 'done'>,
  compute: () => number,
): void {
  startedBefore[record] = slots.started
  slots.started++
  const outcome = attempt(compute)
  if (typeof outcome === 'number') results[record] = outcome
  errorBytes[record] = typeof outcome === 'number' ? -1 : textOf(errors, record).write(outcome)
  slots.done++
  Atomics.store(states, record, ENDED)
  count(control, ENDED_COUNT)
}

/** A result, or the text of an error. */
function attempt(compute: () => number): number | string {
  try {
    const result: unknown = compute()
    return typeof result === 'number' ? result : `TypeError: a task returns a number, not ${String(result)}`
  } catch (thrown) {
    return String((thrown as Error | undefined)?.stack ?? thrown)
  }
}

/** How far a dead thread came with the task that it had claimed, given its last values. */
export function stageOf(
  { startedBefore }: TaskTable,
  record: number,
  { started = 0, done = 0 }: Values<PoolSchema>,
): 'claimed' | 'begun' | 'ended' {
  const before = startedBefore[record] as number
  return started <= before ? 'claimed' : done <= before ? 'begun' : 'ended'
}

/** What a task that has ended threw: an error with the same stack, as far as there is room. Undefined if it has a result. */
export function errorOf({ errorBytes, errors }: TaskTable, record: number): Error | undefined {
  const bytes = errorBytes[record] as number
  if (bytes === -1) return undefined
  const stack = textOf(errors, record).toString('utf8', 0, bytes)
  return Object.assign(new Error(stack.split('\n', 1)[0]), { stack })
}

const textOf = ({ buffer }: TaskTable['errors'], record: number) =>
  Buffer.from(buffer, record * ERROR_BYTES, ERROR_BYTES)

/** Threads end as soon as no task is queued. */
export function close({ control }: TaskTable): void {
  Atomics.store(control, CLOSED, 1)
  count(control, QUEUED_COUNT)
  count(control, ENDED_COUNT)
}

export const isClosed = ({ control }: TaskTable): boolean => Atomics.load(control, CLOSED) === 1

/** Counts in a word of `control`, and wakes those who wait on it: all of them, or some. */
function count(control: TaskTable['control'], word: number, waiters?: number): void {
  Atomics.add(control, word, 1)
  Atomics.notify(control, word, waiters)
}
