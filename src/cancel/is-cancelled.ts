/*
 * `isCancelled` and `throwIfCancelled`: for the thread that runs a task.
 */
import { internal } from '../index.js'
import { RemoteRuns } from './remote-runs.js'

let runs: RemoteRuns | undefined

/**
 * True once a run is cancelled, or over. Any thread may ask, at any time. It takes some 10 ns, or 50 ns if the thread asked
 * about another ticket before.
 *
 * It becomes false once the thread that issued the ticket has died and its row is released, because nobody is left who could
 * cancel the run. It is also false in threads that don't share that thread's default table, and a warning says so (code
 * `THREADSLOTS_LATE`).
 * @throws {TypeError} if the ticket is not a number.
 * @throws {RangeError} if no run can have this ticket.
 */
export function isCancelled(ticket: number): boolean {
  runs ??= new RemoteRuns(internal.defaultTableFor('isCancelled()'))
  return runs.isOver(ticket)
}

/**
 * Throws once a run is cancelled, or over. The error has the name `AbortError` and the code `ABORT_ERR`, as Node's own have.
 * A pool that sends it back as a copy keeps only its text; so ask your signal whether a task was cancelled. It takes as long
 * as `isCancelled`.
 * @throws {Error} if the run is cancelled, or over.
 * @throws {TypeError} if the ticket is not a number.
 * @throws {RangeError} if no run can have this ticket.
 */
export function throwIfCancelled(ticket: number): void {
  if (isCancelled(ticket)) throw cancelledError()
}

/** Not a DOMException, which Node 20 can't send to another thread. */
const cancelledError = (): Error =>
  Object.assign(new Error('this task was cancelled'), { name: 'AbortError', code: 'ABORT_ERR' })
