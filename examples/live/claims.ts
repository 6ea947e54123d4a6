/*
 * Who counts which file, such that a thread can be terminated at any instant and nothing is lost or counted twice.
 *
 * Every job (a file, or one more pass over it) has a word in `claims`: FREE, or the id of the thread that has taken
 * it, or DONE. A thread does for each job, in this order:
 *
 *   1  claims[job]: FREE → threadId            one compareExchange
 *   2  base ← what its own figures are now     many stores
 *   3  local.job ← job                         one store: from here on, figures − base is this job's part
 *   4  counts the file                         many stores
 *   5  claims[job] ← DONE                      one store: from here on, the job is complete
 *
 * V8 terminates a thread at a call or at the end of a loop's turn: between two stores, never within one. So what a
 * dead thread left is one of these, and the main thread can tell which:
 *
 *   died before 1    No claim has its id. The job is free, and others take it.
 *   1–3, also if     A claim has its id, but its slot `job` doesn't name that job (it still names the one before, which
 *   base is half     is DONE, or −1, or it was never used). Nothing of the job was counted. The base is not looked at,
 *   written          so that it doesn't matter how much of it was written.
 *   3–5              The claim has its id, and `job` names it. The base is complete, and nothing but this job's counting
 *                    came after it. So figures − base, each by itself, is what was counted of it: nothing, a part, or
 *                    all. Figures that were stored one before the other (words before bytes, say) may disagree about
 *                    how far the thread came, and needn't agree: each is exact.
 *   after 5          No claim has its id. The job is in its figures, whole.
 *
 * If `job` were set back to −1 before step 5, "counted whole" would look like "not yet begun", and be counted twice.
 *
 * The first store to a slot is followed by one that marks the slot as used. A thread that dies between the two has
 * not used it: its value is in no total, and not among its values either. So it is part of what is missing.
 *
 * Whoever takes over a dead thread's job counts the file in full, apart from its slots, then adds what the dead one
 * had not counted. No figure is ever taken back, so no total ever goes down. One crash is planned for; if the thread
 * that takes over died as well, halfway through that addition, the figures would be wrong.
 */
import type { ThreadLocal, Values } from 'threadslots'
import type { LiveSchema } from './counters.js'
import { addSums, difference, sumsOf, type Tally, tallyOf } from './tally.js'

const FREE = 0
const DONE = -1

/** A thread's own `local`. */
type Slots = ThreadLocal<LiveSchema>

export type Claims = Int32Array<SharedArrayBuffer>

/** A job that a dead thread left unfinished. */
export interface Takeover {
  readonly job: number
  /** What it had counted of it; without the longest line. */
  readonly counted: Tally
}

export const makeClaims = (jobs: number): Claims => new Int32Array(new SharedArrayBuffer(4 * jobs))

/** The first job at or after `from` that was free and is now this thread's; undefined if there is none left. */
export function claim(claims: Claims, from: number, threadId: number): number | undefined {
  for (let job = from; job < claims.length; job++) {
    if (Atomics.compareExchange(claims, job, FREE, threadId) === FREE) return job
  }
  return undefined
}

/** Steps 2 to 5 of a job that this thread has claimed. */
export function doJob(claims: Claims, job: number, slots: Slots, count: (tally: Tally) => void): void {
  slots.base.set(sumsOf(slots))
  slots.job = job
  count(slots)
  Atomics.store(claims, job, DONE)
}

/** What a dead thread left unfinished, from the claims and its last values. */
export function unfinishedBy(
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

/** Does the rest of a dead thread's job, given a way to count all of it. */
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
