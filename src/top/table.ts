/*
 * The table as lines of text, never more than a window holds. What doesn't fit is counted, and can be scrolled to.
 */
import type { ShownColumn } from './columns.js'
import { type Fitted, fit, GAP } from './fit.js'
import type { Named, TopReading } from './reading.js'
import { aligned, cut, printable } from './text.js'

export type Style = 'bold' | 'dim' | 'reset'

/** A line, in one style. */
export interface Line {
  readonly text: string
  readonly style: Style
  /** Where lines are too many for a window, those of the least weight are left out first. */
  readonly weight: number
}

export interface Window {
  readonly columns: number
  readonly rows: number
}

/** What stands around the table. */
export interface Surroundings {
  readonly title: string
  readonly header: readonly string[]
  readonly footer: readonly string[]
}

interface Row {
  readonly label: string
  readonly values: Named
  readonly style: Style
  readonly weight: number
}

interface Layout {
  readonly firstThread: number
  readonly firstColumn: number
  /** How many threads are seen. */
  readonly threads: number
  readonly rows: readonly Row[]
  readonly columns: readonly Fitted[]
  /** Whether all threads and all columns are seen. */
  readonly isAll: boolean
}

const LABELS = { heading: 'thread', retired: 'retired', total: 'total', rates: 'per second' }
/** Threads are seen before what is no heavier than a header. */
const LEAST_THREADS = 3
const WEIGHTS = {
  blank: 1,
  footer: 2,
  header: 3,
  retired: 4,
  title: 5,
  rates: 6,
  heading: 7,
  hint: 8,
  total: 9,
  thread: 10,
}

export class Table {
  readonly #columns: readonly ShownColumn[]
  /** Whether keys scroll it. */
  readonly #hasKeys: boolean
  #firstThread = 0
  #firstColumn = 0
  /** Threads that were seen at once. */
  #page = 1
  #windowColumns = 0

  constructor(columns: readonly ShownColumn[], hasKeys: boolean) {
    this.#columns = columns
    this.#hasKeys = hasKeys
  }

  /** Moves by a key, named as `node:readline` does, if it is one of those. `lines` stops at the ends. */
  scroll(key: string): void {
    const page = this.#page
    const threads = {
      up: -1,
      k: -1,
      down: 1,
      j: 1,
      pageup: -page,
      pagedown: page,
      home: -Infinity,
      end: Infinity,
    }
    const columns = { left: -1, h: -1, right: 1, l: 1 }
    this.#firstThread = Math.max(0, this.#firstThread + (threads[key as keyof typeof threads] ?? 0))
    this.#firstColumn = Math.max(0, this.#firstColumn + (columns[key as keyof typeof columns] ?? 0))
  }

  /** At most as many lines, of as many columns, as the window has. */
  lines(reading: TopReading, { title, header, footer }: Surroundings, window: Window): Line[] {
    if (window.columns !== this.#windowColumns) for (const column of this.#columns) column.narrow()
    this.#windowColumns = window.columns
    const above = [
      lineOf(title, 'bold', WEIGHTS.title),
      ...header.map(text => lineOf(text, 'reset', WEIGHTS.header)),
      BLANK,
    ]
    const below = footer.map(text => lineOf(text, 'reset', WEIGHTS.footer))
    if (below.length > 0) below.unshift(BLANK)
    const others = [...above, ...below].map(({ weight }) => weight)
    const whole = this.#layOut(reading, others, window)
    const layout = whole.isAll ? whole : this.#layOut(reading, [...others, WEIGHTS.hint], window)
    this.#firstThread = layout.firstThread
    this.#firstColumn = layout.firstColumn
    this.#page = Math.max(1, layout.threads)
    const hint = layout.isAll ? [] : [lineOf(this.#hint(layout, reading), 'dim', WEIGHTS.hint)]
    const lines = lightened([...above, ...tableLines(layout), ...hint, ...below], window.rows)
    return lines.map(line => ({ ...line, text: cut(printable(line.text).trimEnd(), window.columns) }))
  }

  /** The rows and columns that are seen, beside other lines of these weights. */
  #layOut({ threads, ...sums }: TopReading, weights: readonly number[], window: Window): Layout {
    const all = [...weights, WEIGHTS.heading, WEIGHTS.retired, WEIGHTS.total, WEIGHTS.rates]
    const room = roomBeside(all, threads.length, window.rows)
    const firstThread = Math.min(this.#firstThread, Math.max(0, threads.length - room))
    const seen = threads.slice(firstThread, firstThread + room)
    const rows = [...seen.map(threadRow), ...sumRows(sums)]
    const { first, fitted } = fit(
      this.#columns,
      rows.map(({ values }) => values),
      this.#firstColumn,
      window.columns - labelWidthOf(rows),
    )
    const isAll = seen.length === threads.length && fitted.length === this.#columns.length
    return { firstThread, firstColumn: first, threads: seen.length, rows, columns: fitted, isAll }
  }

  /** What is seen of what there is. */
  #hint(layout: Layout, { threads }: TopReading): string {
    const part = (what: string, first: number, count: number, all: number, keys: string) => {
      if (count === all) return []
      const range = count > 0 ? `${first + 1}–${first + count}` : 'none'
      return [`${what} ${range} of ${all}${this.#hasKeys ? ` (${keys})` : ''}`]
    }
    return [
      ...part('threads', layout.firstThread, layout.threads, threads.length, '↑ ↓ PgUp PgDn'),
      ...part('columns', layout.firstColumn, layout.columns.length, this.#columns.length, '← →'),
    ].join(' · ')
  }
}

const lineOf = (text: string, style: Style, weight: number): Line => ({ text, style, weight })
const BLANK: Line = lineOf('', 'reset', WEIGHTS.blank)

const threadRow = ({ threadId, ...values }: TopReading['threads'][number]): Row => ({
  label: String(threadId),
  values,
  style: 'reset',
  weight: WEIGHTS.thread,
})

/** The last of them is the rates. */
const sumRows = ({ retired, totals, rates }: Pick<TopReading, 'retired' | 'totals' | 'rates'>): Row[] => [
  { label: LABELS.retired, values: retired, style: 'dim', weight: WEIGHTS.retired },
  { label: LABELS.total, values: totals, style: 'bold', weight: WEIGHTS.total },
  { label: LABELS.rates, values: rates, style: 'dim', weight: WEIGHTS.rates },
]

const labelWidthOf = (rows: readonly Row[]): number => Math.max(...rows.map(({ label }) => label.length))

function tableLines({ rows, columns }: Layout): Line[] {
  const labelWidth = labelWidthOf(rows)
  const text = (label: string, cellOf: (of: Fitted) => string) =>
    label.padStart(labelWidth) +
    columns.map(of => ' '.repeat(GAP) + aligned(cellOf(of), of.width, of.column.align)).join('')
  return [
    lineOf(
      text(LABELS.heading, ({ column }) => column.heading),
      'dim',
      WEIGHTS.heading,
    ),
    ...rows.map(({ label, style, weight }, i) =>
      lineOf(
        text(label, ({ texts }) => texts[i] as string),
        style,
        weight,
      ),
    ),
  ]
}

/** How many threads there is room for, beside lines of these weights. */
function roomBeside(weights: readonly number[], threads: number, rows: number): number {
  const heavy = weights.filter(weight => weight > WEIGHTS.header).length
  const others = Math.max(heavy, Math.min(weights.length, rows - Math.min(LEAST_THREADS, threads)))
  return Math.max(0, Math.min(threads, rows - others))
}

/** Without the lightest lines, where they are too many; of equals, the last. */
function lightened(lines: readonly Line[], rows: number): Line[] {
  const places = lines.map((_, i) => i)
  places.sort((a, b) => (lines[b] as Line).weight - (lines[a] as Line).weight)
  return places
    .slice(0, rows)
    .sort((a, b) => a - b)
    .map(i => lines[i] as Line)
}
