/*
 * The benchmarks' structure: groups of scenarios. Each scenario runs in processes of its own, because V8
 * keeps what it has learned about a place in the source for as long as the process lives.
 */
import type { Meter } from './meter.js'

export interface Group {
  readonly name: string
  /** The question that the group answers, in one line. */
  readonly question: string
  readonly scenarios: readonly Scenario[]
  /** The contender to compare with: tables show how much each other one adds to its time, in percent. */
  readonly baseline?: string
  /** True if browsers can run it too; see scenario-in-browser.ts. */
  readonly inBrowsers?: boolean
}

export interface Scenario {
  /** The title of the table that it belongs to, within its group. */
  readonly table: string
  /** Its column in that table. */
  readonly column: string
  /** True to measure it in the first round alone: it takes long, and its samples vary little. */
  readonly once?: boolean
  /** Flags that its process needs. The scenario is left out on a Node that doesn't know them. */
  readonly v8Flags?: readonly string[]
  measure(meter: Meter): void | Promise<void>
}
