/*
 * A column of the table: the values of a key as text.
 */
import { type Histogram, internal, type Key } from '../index.js'
import {
  barChart,
  bytesText,
  decimalsFor,
  fullNumber,
  histogramText,
  NO_VALUE,
  shortNumber,
} from './format.js'
import { type NamedValues, valueIn } from './reading.js'
import { type Alignment, printable, widthOf } from './text.js'

/** How a key is shown. */
export interface TopColumn<V> {
  /**
   * Default: the key's name, followed by its unit if the name doesn't end in it. A child of a labelled key has
   * the values of its labels as its heading.
   */
  readonly heading?: string
  /**
   * Returns a value as text. The value is one thread's, a fold of several threads' values, or a rate per
   * second. If the key is labelled, it is one child's, or all children's as one.
   */
  readonly format?: (value: V) => string
  /**
   * Default: `left` for texts and bytes, `right` for all others. Left-aligned text is truncated if there is too
   * little room.
   */
  readonly align?: Alignment
  /**
   * Whether each child of a labelled key has a column of its own at the start. Default: false, so there is one
   * column for all children.
   */
  readonly expanded?: boolean
}

/** What the table has to know of a key. */
export type ShownKey = Pick<Key, 'type' | 'fold' | 'histogram' | 'unit' | 'labels'>

/** A key, and the name of its values in readings. A labelled key is its overflow child. */
export type ShownField = readonly [name: string, key: ShownKey, labelled?: unknown]

export class Column {
  readonly name: string
  /** The heading, without the mark of a labelled key. */
  plainHeading: string
  readonly align: Alignment
  readonly #key: ShownKey
  readonly #format: ((value: never) => string) | undefined
  /** The minimum or maximum over no values. A real value is hardly that extreme, so this one means "unused". */
  readonly #unusedValue: unknown
  /**
   * The largest width so far, with full and with short numbers. Keeping it stops the columns behind from
   * jumping.
   */
  readonly #widths = { full: 0, short: 0 }

  constructor([name, key]: ShownField, { heading, format, align }: TopColumn<never> = {}) {
    this.name = name
    this.#key = key
    this.plainHeading = printable(heading ?? headingOf(name, key))
    this.align = align ?? (key.type === 'text' || key.type === 'u8' ? 'left' : 'right')
    this.#format = format
    // 0 is where sums and maxima of unsigned integers start, but it is also a valid value.
    this.#unusedValue = internal.identityOf(key.type, key.fold) || undefined
  }

  get heading(): string {
    return this.plainHeading
  }

  /** Calls the key by another name than that of its values. The heading adds the unit. */
  rename(title: string): void {
    this.plainHeading = printable(headingOf(title, this.#key))
  }

  /** The column's value in a row; undefined if there is none. */
  valueIn(row: NamedValues): unknown {
    return valueIn(row, this.name)
  }

  /**
   * The column's values as text, and its rate as the last one.
   * @param isShort whether numbers are shortened.
   */
  texts(values: readonly unknown[], rate: unknown, isShort: boolean): string[] {
    const decimals = decimalsFor(values)
    const textOf = (value: unknown, decimals: number) => {
      if (value === undefined) return ''
      if (value === this.#unusedValue) return NO_VALUE
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

/** The symbols of units. */
const SYMBOLS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    seconds: 's',
    milliseconds: 'ms',
    microseconds: 'µs',
    nanoseconds: 'ns',
    bytes: 'B',
    percent: '%',
    celsius: '°C',
    meters: 'm',
    volts: 'V',
    amperes: 'A',
    joules: 'J',
    grams: 'g',
  }),
)

/** The default heading. A unit in curly brackets names the things that are counted, as the key's name does. */
function headingOf(name: string, { unit = '{}', histogram }: ShownKey): string {
  const symbol = SYMBOLS.get(unit) ?? unit
  const lastWord = name
    .split(/(?=[A-Z])|[\s_-]/)
    .at(-1)
    ?.toLowerCase()
  const isNamed = unit.startsWith('{') || [unit, symbol.replace('µ', 'u')].includes(lastWord as string)
  return [name, isNamed ? '' : symbol, histogram === 0 ? '' : 'p50 p99'].filter(Boolean).join(' ')
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
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return bytesText(value)
  if (ArrayBuffer.isView(value)) return barChart(value as Float64Array)
  return histogramText(value as Histogram)
}
