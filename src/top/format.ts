/*
 * Values as text: numbers, vectors, bytes and histograms.
 */
import type { Histogram } from '../index.js'

/** Stands for a missing value. */
export const NO_VALUE = '–'

const MAX_DECIMALS = 6
const formatsByDecimals = Array.from(
  { length: MAX_DECIMALS + 1 },
  (_, decimals) =>
    new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }),
)

/**
 * A number with all the digits of its whole part, in groups of three. A number that would be unreadable so is
 * written in powers of ten.
 * @param decimals 0 to 6.
 */
export function fullNumber(value: number | bigint, decimals = 0): string {
  if (Number.isNaN(value)) return NO_VALUE
  const isHuge = typeof value === 'number' && Math.abs(value) >= 1e21 && Number.isFinite(value)
  const isTiny = typeof value === 'number' && decimals > 0 && value !== 0 && Math.abs(value) < 1e-5
  if (isHuge || isTiny) return value.toExponential(3)
  return (formatsByDecimals[decimals] as Intl.NumberFormat).format(value)
}

/**
 * The number of decimals for numbers in one column. With it, the largest fraction has five digits, or more if
 * it needs them for one decimal. It is 0 if all numbers are whole.
 */
export function decimalsFor(values: readonly unknown[]): number {
  const fractions = values.filter((value): value is number => typeof value === 'number' && value % 1 !== 0)
  const largest = Math.max(...fractions.map(Math.abs).filter(Number.isFinite), 0)
  if (largest === 0) return 0
  return Math.min(MAX_DECIMALS, Math.max(1, 4 - Math.floor(Math.log10(largest))))
}

const UNITS = ['', 'k', 'M', 'G', 'T', 'P', 'E']

/** A number in at most four digits and a unit. */
export function shortNumber(value: number | bigint): string {
  const number = Number(value)
  if (Number.isNaN(number)) return NO_VALUE
  const size = Math.abs(number)
  if (size < 1e4 && number % 1 === 0) return fullNumber(number)
  if (size < 1e-3 || size >= 1e21) return Number.isFinite(number) ? number.toExponential(1) : String(number)
  // Just below 1e21, the logarithm is rounded up to 21.
  const power = Math.max(0, Math.min(UNITS.length - 1, Math.floor(Math.log10(size) / 3)))
  return `${(number / 1000 ** power).toPrecision(4)}${UNITS[power]}`
}

const BARS = '▁▂▃▄▅▆▇█'
const MAX_BARS = 16

/**
 * Numbers as a row of bars, scaled from 0 (or the lowest negative number) to the largest. If there are more
 * numbers than bars, each bar shows the largest of several neighbours.
 */
export function barChart(values: ArrayLike<number | bigint>): string {
  const valuesPerBar = Math.ceil(values.length / MAX_BARS)
  const numbers = Array.from(values, value => (Number.isFinite(Number(value)) ? Number(value) : 0))
  const heights = Array.from({ length: Math.ceil(numbers.length / valuesPerBar) }, (_, i) =>
    Math.max(...numbers.slice(i * valuesPerBar, (i + 1) * valuesPerBar)),
  )
  const lowest = Math.min(0, ...heights)
  const range = Math.max(0, ...heights) - lowest
  // Rounding up leaves the lowest bar to the lowest value alone. Multiplying last keeps the result below 8.
  return heights.map(height => BARS[range > 0 ? Math.ceil(7 * ((height - lowest) / range)) : 0]).join('')
}

const MAX_HEX_BYTES = 12

/** Bytes as hexadecimal digits. */
export function bytesText(bytes: Uint8Array): string {
  const shown = bytes.subarray(0, MAX_HEX_BYTES)
  const digits = Array.from(shown, byte => byte.toString(16).padStart(2, '0')).join('')
  return bytes.length > MAX_HEX_BYTES ? `${digits}…` : digits
}

/** A histogram as its median, its 99th percentile, and a bar for each doubling of the recorded values. */
export function histogramText(histogram: Histogram): string {
  if (histogram.count === 0) return NO_VALUE
  const cumulative = histogram.cumulative().map(({ count }) => count)
  const counts = cumulative.map((count, i) => count - (cumulative[i - 1] ?? 0))
  return `${shortNumber(histogram.percentile(50))} ${shortNumber(histogram.percentile(99))} ${barChart(counts)}`
}
