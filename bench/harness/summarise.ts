/*
 * Pools the samples of all rounds and summarises them as figures.
 */
import type { Measurement } from './meter.js'
import type { Figure, Place } from './results.js'
import { ascending, median, quantile } from './statistics.js'

/** A measurement with its place, and the round in which it was made. */
export type RoundMeasurement = Place & Measurement & { readonly round: number }

/** A figure for each contender: tables and columns in the order of the measurements, contenders by name. */
export function summarise(measurements: readonly RoundMeasurement[]): Figure[] {
  const byColumn = new Map<string, Map<string, RoundMeasurement[]>>()
  for (const measurement of measurements) {
    const { group, table, column, contender } = measurement
    const place = JSON.stringify([group, table, column])
    const byContender = byColumn.get(place) ?? new Map<string, RoundMeasurement[]>()
    byColumn.set(place, byContender)
    byContender.set(contender, [...(byContender.get(contender) ?? []), measurement])
  }
  return [...byColumn.values()].flatMap(byContender =>
    [...byContender.values()].map(figureOf).sort((a, b) => (a.contender < b.contender ? -1 : 1)),
  )
}

function figureOf(rounds: readonly RoundMeasurement[]): Figure {
  const [{ group, table, column, contender, unit }] = rounds as [RoundMeasurement]
  const samples = ascending(rounds.flatMap(({ samples }) => samples))
  const inOrder = [...rounds].sort((a, b) => a.round - b.round)
  return {
    group,
    table,
    column,
    contender,
    unit,
    median: rounded(quantile(samples, 0.5)),
    low: rounded(quantile(samples, 0.25)),
    high: rounded(quantile(samples, 0.75)),
    least: rounded(quantile(samples, 0)),
    samples: samples.length,
    rounds: inOrder.map(({ samples }) => rounded(median(samples))),
    operations: inOrder.map(({ operations }) => operations),
    ...(rounds.some(({ isDistribution }) => isDistribution) && { percentiles: percentilesOf(samples) }),
  }
}

const percentilesOf = (ascending: readonly number[]): number[] =>
  Array.from({ length: 101 }, (_, percent) => rounded(quantile(ascending, percent / 100)))

/** To four digits, which is already more than the clock can tell. */
const rounded = (value: number): number => Number(value.toPrecision(4))
