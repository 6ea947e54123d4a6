/*
 * Decides which thread counts which file. A thread can be terminated at any instant, and nothing is lost or
 * counted twice.
 *
 * Every job (a file, or one more pass over it) has a word in `claims`: FREE, the id of the thread that has
 * claimed it, or DONE. For each job, a thread takes these steps in this order:
 *
 *   1  claims[job]: FREE → threadId            one compareExchange
 *   2  base ← the thread's own figures         many stores
 *   3  local.job ← job                         one store: from here on, figures − base is this job's part
 *   4  count the file                          many stores
 *   5  claims[job] ← DONE                      one store: from here on, the job is complete
 *
 * V8 terminates a thread at a call or at the end of a loop iteration: between two stores, never within one.
 * So a dead thread leaves one of these states, and the main thread can tell which one it is:
 *
 *   died before 1    No claim has its id. The job is free, and another thread will claim it.
 *   between 1 and 3  A claim has its id, but its slot `job` does not name that job: it still names the job before, which is
 *                    DONE, or is −1, or was never used. Nothing of the job was counted. The base is ignored, so it may be
 *                    written in part.
 *   between 3 and 5  A claim has its id, and `job` names that job. The base is complete, and only this job's counting came
 *                    after it. So each figure minus its base is what was counted of the job: nothing, a part, or all. The
 *                    figures may disagree about how far the thread came, since one is stored before another (words before
 *                    bytes, say). They need not agree: each of them is exact.
 *   after 5          No claim has its id. Its figures contain the whole job.
 *
 * If `job` were set back to −1 before step 5, a job that was counted in full would look like one that was not
 * begun, and would be counted twice.
 *
 * The first store to a slot is followed by a store that marks the slot as used. A thread that dies between
 * the two has not used the slot: the value is missing from every total and from the dead thread's values
 * alike, so it is counted again.
 *
 * The thread that takes over a dead thread's job counts the file in full, outside its slots, and then adds
 * what the dead thread had not counted. No figure is ever reduced, so no total ever decreases. Only one crash
 * is handled: if the successor died as well, in the middle of that addition, the figures would be wrong.
 */
import type { ThreadLocal, Values } from 'threadslots'
import type { LiveSchema } from './counters.js'
import { addSums, difference, sumsOf, type Tally, tallyOf } from './tally.js'

const FREE = 0
const DONE = -1

/** This thread's own slots. */
type Slots = ThreadLocal<LiveSchema>

export type Claims = Int32Array<SharedArrayBuffer>

/** A job that a dead thread left unfinished. */
export interface Takeover {
  readonly job: number
  /** What the thread had counted of the job. The longest line is left out. */
  readonly counted: Tally
}

export const makeClaims = (jobs: number): Claims => new Int32Array(new SharedArrayBuffer(4 * jobs))

/** Claims the first free job at or after `from` for this thread. Returns undefined if no job is free. */
export function claim(claims: Claims, from: number, threadId: number): number | undefined {
  for (let job = from; job < claims.length; job++) {
    if (Atomics.compareExchange(claims, job, FREE, threadId) === FREE) return job
  }
  return undefined
}

/** Takes steps 2 to 5, for a job that this thread has claimed. */
export function doJob(claims: Claims, job: number, slots: Slots, count: (tally: Tally) => void): void {
  slots.base.set(sumsOf(slots))
  slots.job = job
  count(slots)
  Atomics.store(claims, job, DONE)
}

/** Finds the job that a dead thread left unfinished, from the claims and the thread's last values. */
export function unfinishedJobOf(
  claims: Claims,
  threadId: number,
  values: Values<LiveSchema>,
): Takeover | undefined {
  const job = claims.indexOf(threadId)
  if (job === -1) return undefined
  const counted = tallyOf()
  if (values.job === job && values.base) addSums(counted, difference(sumsOf(tallyOf(values)), values.base))
  return { job, counted }
}

/** Finishes a dead thread's job. `count` counts all of the job into a tally. */
export function takeOver(
  claims: Claims,
  { job, counted }: Takeover,
  slots: Slots,
  count: (tally: Tally) => void,
): void {
  const whole = tallyOf()
  count(whole)
  addSums(slots, difference(sumsOf(whole), sumsOf(counted)))
  slots.longest = Math.max(slots.longest, whole.longest)
  Atomics.store(claims, job, DONE)
}
