/*
 * Watches totals for what must never happen: one that goes down.
 */
import { sumsOf, type Tally } from './tally.js'

export class Watch {
  #last: readonly number[] = []
  /** Times that it looked. */
  readings = 0
  /** Times that a total was less than the time before. */
  falls = 0

  look<T extends Tally>(totals: T): T {
    const now = [...sumsOf(totals), totals.longest]
    if (now.some((total, i) => total < (this.#last[i] ?? 0))) this.falls++
    this.#last = now
    this.readings++
    return totals
  }
}
