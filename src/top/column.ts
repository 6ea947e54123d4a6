/*
 * A column of the table: one key, and its values as text.
 */
import type { Field, Histogram } from '../index.js'
import {
  barChart,
  bytesText,
  decimalsFor,
  fullNumber,
  histogramText,
  NO_VALUE,
  shortNumber,
} from './format.js'
import { type Alignment, printable, widthOf } from './text.js'

/** How a key is shown. */
export interface TopColumn<V> {
  /** Default: the key's name. */
  readonly heading?: string
  /**
   * Returns a value as text. The value is one thread's, a fold of several threads' values, or a rate per
   * second.
   */
  readonly format?: (value: V) => string
  /**
   * Default: `left` for bytes, `right` for all others. Left-aligned text is truncated if there is too little
   * room.
   */
  readonly align?: Alignment
}

/**
 * Default init values of keys with fold `min` or `max`. Real values are hardly that extreme, so these mean
 * "unused".
 */
const DEFAULT_INITS: ReadonlySet<unknown> = new Set([
  ...[Infinity, -Infinity, 2 ** 31 - 1, -(2 ** 31), 2 ** 32 - 1],
  ...[2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n - 1n],
])
const NONE: ReadonlySet<unknown> = new Set()

export class Column {
  readonly name: string
  readonly heading: string
  readonly align: Alignment
  readonly #format: ((value: never) => string) | undefined
  /** Values which show that no thread has used the key. */
  readonly #unusedValues: ReadonlySet<unknown>
  /**
   * The largest width so far, with full and with short numbers. Keeping it stops the columns behind from
   * jumping.
   */
  readonly #widths = { full: 0, short: 0 }

  constructor([name, key]: Field, { heading, format, align }: TopColumn<never> = {}) {
    this.name = name
    this.heading = printable(heading ?? (key.histogram === 0 ? name : `${name} p50 p99`))
    this.align = align ?? (key.type === 'u8' ? 'left' : 'right')
    this.#format = format
    this.#unusedValues = key.fold === 'min' || key.fold === 'max' ? DEFAULT_INITS : NONE
  }

  /**
   * The column's values as text, and its rate as the last one.
   * @param isShort whether numbers are shortened.
   */
  texts(values: readonly unknown[], rate: unknown, isShort: boolean): string[] {
    const decimals = decimalsFor(values)
    const textOf = (value: unknown, decimals: number) => {
      if (value === undefined) return ''
      if (this.#unusedValues.has(value)) return NO_VALUE
      return printable(this.#format?.(value as never) ?? defaultText(value, isShort, decimals))
    }
    return [
      ...values.map(value => textOf(value, decimals)),
      textOf(rate, Math.max(decimals, rateDecimals(rate))),
    ]
  }

  /** Widens the column until these texts fit, and returns its width. */
  widen(texts: readonly string[], isShort: boolean): number {
    const numbers = isShort ? 'short' : 'full'
    this.#widths[numbers] = Math.max(this.#widths[numbers], widthOf(this.heading), ...texts.map(widthOf))
    return this.#widths[numbers]
  }

  /** Makes the column as narrow as the next texts allow. */
  resetWidth(): void {
    this.#widths.full = this.#widths.short = 0
  }
}

/** Slow rates need decimals even if the values are whole numbers. */
function rateDecimals(rate: unknown): number {
  if (typeof rate !== 'number' || rate % 1 === 0 || Math.abs(rate) >= 100) return 0
  return Math.abs(rate) < 1 ? 3 : 1
}

function defaultText(value: unknown, isShort: boolean, decimals: number): string {
  if (typeof value === 'number' || typeof value === 'bigint') {
    return isShort ? shortNumber(value) : fullNumber(value, decimals)
  }
  if (value instanceof Uint8Array) return bytesText(value)
  if (ArrayBuffer.isView(value)) return barChart(value as Float64Array)
  return histogramText(value as Histogram)
}
