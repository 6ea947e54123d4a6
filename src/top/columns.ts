/*
 * Columns of the table: a key each, and its values as text.
 */
import type { Field, Histogram } from '../index.js'
import { decimalsFor, fullNumber, NOTHING, printable, shortNumber, spark, textOf, widthOf } from './text.js'

/** How a key is shown. */
export interface TopColumn<V> {
  /** Default: the key's name. */
  readonly heading?: string
  /** A value as text: a thread's, that of several threads, or what was added in a second. */
  readonly format?: (value: V) => string
  /** Default: `left` for bytes, `right` for all others. What is on the left is cut where it doesn't fit. */
  readonly align?: 'left' | 'right'
}

/** A key's values in the rows that are shown; undefined where a row has none. */
export type Cells = readonly unknown[]

export class ShownColumn {
  readonly name: string
  readonly heading: string
  readonly align: 'left' | 'right'
  readonly #format: ((value: never) => string) | undefined
  /** A value that says that nobody has used the key. */
  readonly #unused: ReadonlySet<unknown>
  /** Columns of the terminal that it has taken so far, so that a shorter number makes nothing jump. */
  readonly #widths = { full: 0, short: 0 }

  constructor([name, key]: Field, { heading, format, align }: TopColumn<never> = {}) {
    this.name = name
    this.heading = printable(heading ?? (key.histogram === 0 ? name : `${name} p50 p99`))
    this.align = align ?? (key.type === 'u8' ? 'left' : 'right')
    this.#format = format
    this.#unused = key.fold === 'min' || key.fold === 'max' ? EXTREMES : NONE
  }

  /** The cells, and a rate, as text; numbers with all their digits, or short. */
  texts(cells: Cells, rate: unknown, isShort: boolean): string[] {
    const decimals = decimalsFor(cells)
    const text = (value: unknown, decimals: number) => {
      if (value === undefined) return ''
      if (this.#unused.has(value)) return NOTHING
      return printable(this.#format?.(value as never) ?? plainText(value, isShort, decimals))
    }
    return [...cells.map(value => text(value, decimals)), text(rate, Math.max(decimals, rateDecimals(rate)))]
  }

  /** How wide it is with these texts. */
  widthWith(texts: readonly string[], isShort: boolean): number {
    const which = isShort ? 'short' : 'full'
    this.#widths[which] = Math.max(this.#widths[which], widthOf(this.heading), ...texts.map(widthOf))
    return this.#widths[which]
  }

  /** Forgets how wide it was. */
  narrow(): void {
    this.#widths.full = this.#widths.short = 0
  }
}

/** What a minimum or a maximum starts from, by default. A true value of these is taken for none: they are far off. */
const EXTREMES: ReadonlySet<unknown> = new Set([
  ...[Infinity, -Infinity, 2 ** 31 - 1, -(2 ** 31), 2 ** 32 - 1],
  ...[2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n - 1n],
])
const NONE: ReadonlySet<unknown> = new Set()

/** A slow rate needs decimals, even of whole numbers. */
function rateDecimals(rate: unknown): number {
  if (typeof rate !== 'number' || rate % 1 === 0 || Math.abs(rate) >= 100) return 0
  return Math.abs(rate) < 1 ? 3 : 1
}

function plainText(value: unknown, isShort: boolean, decimals: number): string {
  if (typeof value === 'number' || typeof value === 'bigint') {
    return isShort ? shortNumber(value) : fullNumber(value, decimals)
  }
  if (value instanceof Uint8Array) return textOf(value)
  if (ArrayBuffer.isView(value)) return spark(value as Float64Array)
  return distribution(value as Histogram)
}

/** The median, the 99th percentile, and the values by size: a bar for each doubling. */
function distribution(of: Histogram): string {
  if (of.count === 0) return NOTHING
  const upTo = of.cumulative().map(({ count }) => count)
  const counts = upTo.map((count, i) => count - (upTo[i - 1] ?? 0))
  return `${shortNumber(of.percentile(50))} ${shortNumber(of.percentile(99))} ${spark(counts)}`
}
