/*
 * What a run found: the samples of all its rounds, pooled and summarised; kept as JSON, one figure a line.
 */
import type { EngineName } from '../../tools/browsers/engines.js'
import type { Measurement, Omission, Unit } from '../harness/meter.js'
import { ascending, median, quantile } from '../harness/statistics.js'

/** What one process says of one scenario. */
export interface ScenarioReport {
  readonly measurements: readonly Measurement[]
  readonly omissions: readonly Omission[]
  /** Of a browser, which tells it once it runs. */
  readonly version?: string
}

/** Where a figure belongs. */
export interface Place {
  readonly group: string
  readonly table: string
  readonly column: string
  readonly contender: string
}

/** One contender's figure: of one operation, in `unit`. */
export interface Figure extends Place {
  readonly unit: Unit
  readonly median: number
  /** A quarter of all samples are less. */
  readonly low: number
  /** A quarter of all samples are greater. */
  readonly high: number
  readonly least: number
  readonly samples: number
  /** The median of each round: what lies in one round was measured in one process, or right after each other. */
  readonly rounds: readonly number[]
  /** Operations that each sample of a round is the mean of. */
  readonly operations: readonly number[]
}

export interface Runtime {
  readonly name: 'node' | 'bun' | 'deno' | EngineName
  readonly version: string
}

/** By name. */
export type Versions = { readonly [name: string]: string }

export interface Machine {
  readonly processor: string
  readonly processors: number
  readonly memoryBytes: number
  readonly system: string
}

/** All that one runtime was measured to do. */
export interface Results {
  readonly threadslots: string
  readonly runtime: Runtime
  readonly machine: Machine
  /** Of the packages that are compared, and of the other languages' toolchains that are found. */
  readonly versions: Versions
  /** ISO 8601. */
  readonly date: string
  readonly rounds: number
  /** Time for each contender in each round. */
  readonly milliseconds: number
  readonly figures: readonly Figure[]
  readonly omissions: readonly (Place & { readonly reason: string })[]
}

/** Some of the results. Undefined if there are none. */
export function only(results: Results, wants: (place: Place) => boolean): Results | undefined {
  const figures = results.figures.filter(wants)
  const omissions = results.omissions.filter(wants)
  return figures.length + omissions.length > 0 ? { ...results, figures, omissions } : undefined
}

/** Looks a figure up. */
export const find =
  (group: string, table: string, column: string, contender: string) =>
  ({ figures }: Results): Figure | undefined =>
    figures.find(
      figure =>
        figure.group === group &&
        figure.table === table &&
        figure.column === column &&
        figure.contender === contender,
    )

/** A measurement, and the round it was made in. */
export type Sampled = Place & Measurement & { readonly round: number }

/** Figures in the order in which their tables and columns first occur, and there by their contenders' names. */
export function summarise(measurements: readonly Sampled[]): Figure[] {
  const byColumn = new Map<string, Map<string, Sampled[]>>()
  for (const measurement of measurements) {
    const { group, table, column, contender } = measurement
    const place = JSON.stringify([group, table, column])
    const byContender = byColumn.get(place) ?? new Map<string, Sampled[]>()
    byColumn.set(place, byContender)
    byContender.set(contender, [...(byContender.get(contender) ?? []), measurement])
  }
  return [...byColumn.values()].flatMap(byContender =>
    [...byContender.values()].map(figureOf).sort((a, b) => (a.contender < b.contender ? -1 : 1)),
  )
}

/** The median of the rounds' ratios: a busy minute of the machine falls on both. */
export const ratioOf = (a: Figure, b: Figure): number =>
  median(a.rounds.map((value, i) => value / (b.rounds[i] ?? b.median)))

function figureOf(rounds: readonly Sampled[]): Figure {
  const [{ group, table, column, contender, unit }] = rounds as [Sampled]
  const samples = ascending(rounds.flatMap(({ samples }) => samples))
  const inOrder = [...rounds].sort((a, b) => a.round - b.round)
  return {
    group,
    table,
    column,
    contender,
    unit,
    median: round(quantile(samples, 0.5)),
    low: round(quantile(samples, 0.25)),
    high: round(quantile(samples, 0.75)),
    least: round(quantile(samples, 0)),
    samples: samples.length,
    rounds: inOrder.map(({ samples }) => round(median(samples))),
    operations: inOrder.map(({ operations }) => operations),
  }
}

/** Four digits say more than any clock knows. */
const round = (value: number): number => Number(value.toPrecision(4))

/** One figure a line, so that a change is seen in a diff. */
export function stringify({ figures, omissions, ...head }: Results): string {
  const lines = (items: readonly unknown[]) => items.map(item => `\n    ${JSON.stringify(item)}`).join(',')
  const start = JSON.stringify(head, null, 2).slice(0, -2)
  return `${start},\n  "figures": [${lines(figures)}\n  ],\n  "omissions": [${lines(omissions)}\n  ]\n}\n`
}
