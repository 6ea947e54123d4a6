/*
 * The lines of one chart: a key's own, or those of the most active children of a labelled key.
 */
import type { WireKey } from '../wire.js'
import { type History, type Line, PERCENTILES } from './history.js'
import { type ChartKeys, isOverflow, labelText } from './key-groups.js'

/** Children of a labelled key that have a line of their own. */
export const MAX_LINES = 8

const PERCENTILE_99 = PERCENTILES.indexOf(99)

export interface Series {
  /** Stays the same while the line means the same. */
  readonly id: string
  /** Empty if the chart has one line alone. */
  readonly label: string
  readonly values: Line
  /** True for what stands for all children that have no line of their own. */
  readonly isRest: boolean
}

export interface ChartSeries {
  readonly series: readonly Series[]
  /** Children that are neither drawn nor part of a line. */
  readonly hidden: number
}

/** The lines of a chart. Children of a labelled key are chosen by how much they counted during the history. */
export function seriesOf({ kind, keys, labels }: ChartKeys, history: History): ChartSeries {
  if (kind === 'bars') return { series: [], hidden: 0 }
  if (!labels) {
    const [key] = keys as [WireKey]
    const lines = history.linesOf(key)
    const names = kind === 'percentiles' ? PERCENTILES.map(p => `p${p}`) : ['']
    return {
      series: names.map((label, i) => ({ id: label, label, values: lines[i] ?? [], isRest: false })),
      hidden: 0,
    }
  }
  const used = usedKeys(keys, history)
  const drawn = mostActive(used, history, used.length > MAX_LINES ? MAX_LINES - 1 : MAX_LINES)
  const rest = used.filter(key => !drawn.includes(key))
  const lineOf = (key: WireKey) => history.linesOf(key)[kind === 'percentiles' ? PERCENTILE_99 : 0] ?? []
  const series = drawn.map(key => ({
    id: key.name,
    label: labelText(key),
    values: lineOf(key),
    isRest: false,
  }))
  const [first] = keys as [WireKey]
  // Percentiles can't be combined, and neither can minima and maxima without hiding whose they are.
  if (rest.length === 0 || kind === 'percentiles' || first.fold !== 'sum')
    return { series, hidden: rest.length }
  const values = sumOfLines(rest.map(lineOf), history.times.length)
  return { series: [...series, { id: '', label: `${rest.length} others`, values, isRest: true }], hidden: 0 }
}

/** The children without the overflow child, unless that has counted anything. */
export const usedKeys = (keys: readonly WireKey[], history: History): readonly WireKey[] =>
  keys.filter(key => !isOverflow(key) || hasCounted(history.totalOf(key)))

function hasCounted(total: unknown): boolean {
  if (typeof total === 'number' || typeof total === 'bigint')
    return Number.isFinite(Number(total)) && Number(total) !== 0
  if (ArrayBuffer.isView(total)) return (total as unknown as readonly (number | bigint)[]).some(Boolean)
  return ((total as { count?: number } | undefined)?.count ?? 0) > 0
}

/** The keys that counted most, in the order in which they are given. */
export function mostActive(keys: readonly WireKey[], history: History, count: number): readonly WireKey[] {
  if (keys.length <= count) return keys
  // Of a histogram, the last line is the number of recorded values.
  const activity = new Map(keys.map(key => [key, sizeOf(history.linesOf(key).at(-1) ?? [])]))
  const chosen = [...keys].sort((a, b) => (activity.get(b) as number) - (activity.get(a) as number))
  const isChosen = new Set(chosen.slice(0, count))
  return keys.filter(key => isChosen.has(key))
}

const sizeOf = (line: Line): number => line.reduce<number>((sum, value) => sum + Math.abs(value ?? 0), 0)

/** The sum of several lines; null where none of them has a value. */
export function sumOfLines(lines: readonly Line[], length: number): Line {
  const sums = new Array<number | null>(length).fill(null)
  for (const line of lines) {
    line.forEach((value, i) => {
      if (value !== null) sums[i] = (sums[i] ?? 0) + value
    })
  }
  return sums
}

/** The sum of a chart's totals; undefined if its keys have no such sum. */
export function totalOf({ keys, kind, labels }: ChartKeys, history: History): number | bigint | undefined {
  const totals = keys.map(key => history.totalOf(key)).filter(total => total !== undefined)
  if (kind === 'percentiles')
    return totals.reduce<number>((sum, total) => sum + (total as { count: number }).count, 0)
  if (kind === 'bars' || totals.length === 0) return undefined
  const [first] = keys as [WireKey]
  if (!labels) return totals[0] as number | bigint
  if (first.fold !== 'sum') return undefined
  return typeof totals[0] === 'bigint'
    ? totals.reduce<bigint>((sum, total) => sum + (total as bigint), 0n)
    : totals.reduce<number>((sum, total) => sum + (total as number), 0)
}

/**
 * The elements of a vector as at most `maxBars` bars. If there are more elements, each bar shows the one of several neighbours
 * that is furthest from 0. What isn't finite counts as 0.
 */
export function barsOf(values: ArrayLike<number | bigint>, maxBars: number): number[] {
  const perBar = Math.ceil(values.length / maxBars)
  const bars: number[] = []
  for (let i = 0; i < values.length; i++) {
    const value = finiteOr0(Number(values[i]))
    const bar = Math.floor(i / perBar)
    if (bar === bars.length) bars.push(value)
    else if (Math.abs(value) > Math.abs(bars[bar] as number)) bars[bar] = value
  }
  return bars
}

const finiteOr0 = (value: number): number => (Number.isFinite(value) ? value : 0)

/** A bar's place in its strip, as shares of the strip's height. */
export interface BarPlace {
  readonly height: number
  readonly bottom: number
  readonly isNegative: boolean
}

/** Bars stand on the line of 0, and negative ones hang from it. */
export function placeBars(bars: readonly number[]): BarPlace[] {
  const low = Math.min(0, ...bars)
  const range = Math.max(0, ...bars) - low || 1
  return bars.map(value => ({
    height: Math.abs(value) / range,
    bottom: (Math.min(0, value) - low) / range,
    isNegative: value < 0,
  }))
}
