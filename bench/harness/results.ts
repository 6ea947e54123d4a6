/*
 * The results of a run, as they are kept in bench/results: what was measured, where, and on what.
 */
import type { EngineName } from '../../tools/browsers/programs.js'
import type { Measurement, Omission, Unit } from './meter.js'

/** What one process reports about one scenario. */
export interface ScenarioReport {
  readonly measurements: readonly Measurement[]
  readonly omissions: readonly Omission[]
  /** The browser's version, which is known only once it runs; absent for other runtimes. */
  readonly version?: string
}

/** Identifies a figure: its group, its table, and its column and row there. */
export interface Place {
  readonly group: string
  readonly table: string
  readonly column: string
  readonly contender: string
}

/** One contender's figure, for one operation, in `unit`. */
export interface Figure extends Place {
  readonly unit: Unit
  readonly median: number
  /** The first quartile of all samples. */
  readonly low: number
  /** The third quartile of all samples. */
  readonly high: number
  readonly least: number
  readonly samples: number
  /**
   * The median of each round. Figures of one round were measured in one process, or right after each other.
   */
  readonly rounds: readonly number[]
  /** Each sample is the mean of this many operations, by round. */
  readonly operations: readonly number[]
  /** The percentiles of all samples, from 0 to 100. Absent unless the figure is about all of the distribution. */
  readonly percentiles?: readonly number[]
}

export interface Runtime {
  readonly name: 'node' | 'bun' | 'deno' | EngineName
  readonly version: string
}

export type Versions = { readonly [name: string]: string }

export interface Machine {
  readonly processor: string
  readonly processors: number
  readonly memoryBytes: number
  readonly system: string
}

/** When, where and how figures were measured on one runtime. */
export interface Run {
  readonly threadslots: string
  readonly runtime: Runtime
  readonly machine: Machine
  /** The versions of the compared packages, and of the other languages' toolchains. */
  readonly versions: Versions
  /** ISO 8601. */
  readonly date: string
  readonly rounds: number
  /** How long each contender was timed in each round. */
  readonly milliseconds: number
}

/** Everything that was measured on one runtime. */
export interface Results extends Run {
  /** The runs of groups that were measured after the others. */
  readonly later?: { readonly [group: string]: Run }
  readonly figures: readonly Figure[]
  readonly omissions: readonly (Place & { readonly reason: string })[]
}
