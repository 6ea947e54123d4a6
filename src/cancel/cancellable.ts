/*
 * `cancellable`: for the thread that has tasks run elsewhere.
 */
import { internal } from '../index.js'
import { OwnRuns } from './own-runs.js'
import { callOnAbort } from './signals.js'

/** A task that can be cancelled, or several that are cancelled together. */
export interface CancellableRun {
  /** A whole number below 2⁵³ to send along with the task. No two runs have the same, in any threads that share a table. */
  readonly ticket: number
  /**
   * Cancels the run, or says that it is over: from now on, its ticket counts as cancelled. Call it in any case, for example
   * through `.finally(run.cancel)`, because the run takes up room until then. Further calls do nothing.
   */
  readonly cancel: () => void
}

let runs: OwnRuns | undefined

/**
 * Issues a ticket for a task that another thread will run, or for several tasks that are cancelled together. Send the ticket
 * along with the task, in a message or through `Atomics`. There, `throwIfCancelled(ticket)` throws once the run is cancelled.
 * The task may be queued, running or over, in any thread that shares this thread's default table: one that was started after
 * `threadslots/cancel` was imported here.
 *
 * ```js
 * const run = cancellable(signal)
 * await pool.run({ file, ticket: run.ticket }).finally(run.cancel)
 * ```
 *
 * It takes some 0.1 µs, or 0.4 µs with a signal. Runs that start one after the other share 8 bytes, in groups of 16. A group is
 * used again once all of its runs are over. Groups take up to half of the thread's row, at most 32 KiB: room for 65,536 runs at
 * once on Node and Deno, 28,672 on Bun and 8,192 in browsers, but for a sixteenth of that if only one run of each group goes on.
 * @param signal cancels the run when it is aborted.
 * @throws {TypeError} if the signal is not an AbortSignal.
 * @throws {RangeError} if there is no room for another run, or this thread has issued all of its tickets.
 */
export function cancellable(signal?: AbortSignal): CancellableRun {
  // Not by its class: a signal may come from another realm.
  if (signal !== undefined && !(typeof signal?.aborted === 'boolean' && signal.addEventListener))
    throw internal.wrongType('the signal', signal, 'an AbortSignal')
  runs ??= new OwnRuns(internal.defaultTableFor('cancellable()'))
  const own = runs
  const ticket = own.issue()
  const finish = () => own.finish(ticket)
  return { ticket, cancel: signal ? callOnAbort(signal, finish) : finish }
}
