/*
 * What the benchmarks are made of: groups of scenarios. Each scenario runs in processes of its own, since what V8
 * has learned of a place in the source is kept for the whole process.
 */
import type { Meter } from './meter.js'

export interface Group {
  readonly name: string
  /** What it asks, in one line. */
  readonly question: string
  readonly scenarios: readonly Scenario[]
  /** The contender that the others are compared with: their figures are shown with what they add to its own. */
  readonly baseline?: string
  /** Browsers run it, too: in-browser.ts knows how. */
  readonly inBrowsers?: boolean
}

export interface Scenario {
  /** The table it belongs to, among those of its group. */
  readonly table: string
  /** Its column there. */
  readonly column: string
  /** Measured once instead of in every round: what takes long, and has no need of it. */
  readonly once?: boolean
  measure(meter: Meter): void | Promise<void>
}
