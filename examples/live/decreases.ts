/*
 * Checks that no total ever decreases.
 */
import { sumsOf, type Tally } from './tally.js'

export class DecreaseCheck {
  #last: readonly number[] = []
  /** The number of readings checked. */
  readings = 0
  /** The number of readings in which a total was less than in the reading before. */
  decreases = 0

  /** Compares a reading with the one before. Returns it unchanged. */
  check<T extends Tally>(totals: T): T {
    const now = [...sumsOf(totals), totals.longest]
    if (now.some((total, i) => total < (this.#last[i] ?? 0))) this.decreases++
    this.#last = now
    this.readings++
    return totals
  }
}
