/*
 * The table as lines of text, never more or longer ones than a window holds. A hint counts the threads and
 * columns that don't fit; scrolling makes them visible. Expanding a labelled key adds a column for each child.
 */
import type { Column } from './column.js'
import { type FittedColumn, fitColumns, GAP } from './fit-columns.js'
import { LabelledColumn } from './labelled-column.js'
import {
  BLANK_LINE,
  dropExcessLines,
  type Line,
  lineOf,
  PRIORITY,
  type Style,
  visibleThreadCount,
  type WindowSize,
} from './lines.js'
import type { NamedValues, TopReading } from './reading.js'
import { alignText, printable, truncate, widthOf } from './text.js'

/** The text above and below the table. */
export interface Captions {
  readonly title: string
  readonly header: readonly string[]
  readonly footer: readonly string[]
}

interface TableRow {
  readonly label: string
  /** The thread's name, shown behind the label. */
  readonly name: string
  /** What the thread does, shown behind its name. */
  readonly state: string
  readonly values: NamedValues
  readonly style: Style
  readonly priority: number
}

/** The part of the table that is visible. */
interface Layout {
  readonly firstThread: number
  readonly firstColumn: number
  readonly threadCount: number
  readonly rows: readonly TableRow[]
  readonly columns: readonly FittedColumn[]
  /** The width of the threads' names; 0 if they have none. */
  readonly nameWidth: number
  /** The width of the threads' states; 0 if none is known. */
  readonly stateWidth: number
  /** Whether all threads and all columns are visible. */
  readonly isComplete: boolean
}

/** Names are no wider than this, and no wider than a quarter of the window. */
const MAX_NAME_WIDTH = 24

/** Blanks between a thread's id and its name. */
const NAME_GAP = 1

const LABELS = { heading: 'thread', retired: 'retired', total: 'total', rates: 'per second' }

export class Table {
  /** A column for each key. */
  #columns: readonly Column[] = []
  #labelled: readonly LabelledColumn[] = []
  /** Whether the user can scroll and expand. */
  hasKeyboard: boolean
  /** The columns of the last picture: those of keys, and of the children of expanded ones. */
  #allColumns: readonly Column[] = []
  /** Those of them that were visible. */
  #visibleColumns: readonly Column[] = []
  #firstThread = 0
  /** The column where the visible part starts. Its index changes when children appear before it. */
  #firstColumn: Column | undefined
  /** The number of threads that PgUp and PgDn scroll by: as many as are visible. */
  #pageSize = 1
  #windowColumns = 0
  /** The width of the widest name so far, so that the columns behind don't jump. */
  #widestName = 0
  #widestState = 0

  constructor(columns: readonly Column[], hasKeyboard: boolean) {
    this.setColumns(columns)
    this.hasKeyboard = hasKeyboard
  }

  /** Takes a column for each key, of those that the table has already and of new ones. */
  setColumns(columns: readonly Column[]): void {
    this.#columns = columns
    this.#labelled = columns.filter(column => column instanceof LabelledColumn)
    this.#firstColumn ??= columns[0]
  }

  /**
   * Scrolls or expands if the pressed key is one of those that do. The far ends are unknown here; `lines` stops
   * there.
   * @param keyName the key's name in `node:readline`.
   */
  press(keyName: string): void {
    if (keyName === 'e') this.#expandNext()
    const pageSize = this.#pageSize
    const threadSteps: { readonly [keyName: string]: number } = {
      up: -1,
      k: -1,
      down: 1,
      j: 1,
      pageup: -pageSize,
      pagedown: pageSize,
      home: -Infinity,
      end: Infinity,
    }
    const columnSteps: { readonly [keyName: string]: number } = { left: -1, h: -1, right: 1, l: 1 }
    this.#firstThread = Math.max(0, this.#firstThread + (threadSteps[keyName] ?? 0))
    const firstColumn = this.#firstColumnIndex + (columnSteps[keyName] ?? 0)
    this.#firstColumn = this.#allColumns[Math.max(0, Math.min(this.#allColumns.length - 1, firstColumn))]
  }

  get #firstColumnIndex(): number {
    return this.#allColumns.indexOf(this.#firstColumn as Column)
  }

  /** The labelled key that is expanded next; undefined after the last one. */
  get #nextLabelled(): LabelledColumn | undefined {
    return this.#labelled[1 + this.#labelled.findLastIndex(({ isExpanded }) => isExpanded)]
  }

  /** Expands the next labelled key, and collapses all others. */
  #expandNext(): void {
    const next = this.#nextLabelled
    for (const column of this.#labelled) column.isExpanded = column === next
    // The first column may be a child's, which is no longer shown. The last key's column before it is its key's.
    const before = this.#allColumns.slice(0, 1 + this.#firstColumnIndex)
    this.#firstColumn = before.findLast(column => this.#columns.includes(column))
    // Scroll to a key that isn't visible, or whose children wouldn't be.
    if (next && !this.#visibleColumns.slice(0, -1).includes(next)) this.#firstColumn = next
  }

  /** The table and its captions as lines that fit the window. */
  lines(reading: TopReading, { title, header, footer }: Captions, size: WindowSize): Line[] {
    if (size.columns !== this.#windowColumns) this.#resetWidths()
    this.#windowColumns = size.columns
    this.#widestName = Math.max(this.#widestName, ...reading.threads.map(thread => widthOf(nameOf(thread))))
    this.#widestState = Math.max(
      this.#widestState,
      ...[...(reading.states ?? [])].map(([, state]) => widthOf(state)),
    )
    const above = [
      lineOf(title, 'bold', PRIORITY.title),
      ...header.map(text => lineOf(text, 'reset', PRIORITY.header)),
      BLANK_LINE,
    ]
    const below = footer.map(text => lineOf(text, 'reset', PRIORITY.footer))
    if (below.length > 0) below.unshift(BLANK_LINE)
    const priorities = [...above, ...below].map(({ priority }) => priority)
    this.#allColumns = this.#columns.flatMap(column =>
      column instanceof LabelledColumn && column.isExpanded
        ? [column, ...column.children(reading)]
        : [column],
    )
    const withoutHint = this.#layOut(reading, priorities, size)
    const layout = withoutHint.isComplete
      ? withoutHint
      : this.#layOut(reading, [...priorities, PRIORITY.hint], size)
    this.#firstThread = layout.firstThread
    this.#visibleColumns = layout.columns.map(({ column }) => column)
    this.#firstColumn = this.#visibleColumns[0]
    this.#pageSize = Math.max(1, layout.threadCount)
    const hintText = this.#hint(layout, reading)
    const hintPriority = layout.isComplete ? PRIORITY.help : PRIORITY.hint
    const hint = hintText ? [lineOf(hintText, 'dim', hintPriority)] : []
    const lines = dropExcessLines([...above, ...tableLines(layout), ...hint, ...below], size.rows)
    return lines.map(line => ({ ...line, text: truncate(printable(line.text).trimEnd(), size.columns) }))
  }

  #resetWidths(): void {
    this.#widestName = this.#widestState = 0
    for (const column of this.#columns) column.resetWidth()
  }

  /** Chooses the rows and columns to show. `priorities` are those of the lines around the table. */
  #layOut({ threads, states, ...sums }: TopReading, priorities: readonly number[], size: WindowSize): Layout {
    const others = [...priorities, PRIORITY.heading, PRIORITY.retired, PRIORITY.total, PRIORITY.rates]
    const room = visibleThreadCount(others, threads.length, size.rows)
    const firstThread = Math.min(this.#firstThread, Math.max(0, threads.length - room))
    const visible = threads.slice(firstThread, firstThread + room)
    const rows = [...visible.map(thread => threadRow(thread, states)), ...sumRows(sums)]
    const nameWidth = Math.min(this.#widestName, MAX_NAME_WIDTH, Math.floor(size.columns / 4))
    const stateWidth = this.#widestState
    const { first, fitted } = fitColumns(
      this.#allColumns,
      rows.map(({ values }) => values),
      this.#firstColumnIndex,
      size.columns - labelWidthOf(rows) - spaceOf(NAME_GAP, nameWidth) - spaceOf(GAP, stateWidth),
    )
    return {
      firstThread,
      firstColumn: first,
      threadCount: visible.length,
      rows,
      columns: fitted,
      nameWidth,
      stateWidth,
      isComplete: visible.length === threads.length && fitted.length === this.#allColumns.length,
    }
  }

  /** Which threads and columns are visible, how many there are, and what expanding does. */
  #hint(layout: Layout, { threads }: TopReading): string {
    const part = (what: string, first: number, count: number, total: number, keys: string) => {
      if (count === total) return []
      const range = count > 0 ? `${first + 1}–${first + count}` : 'none'
      return [`${what} ${range} of ${total}${this.hasKeyboard ? ` (${keys})` : ''}`]
    }
    return [
      ...part('threads', layout.firstThread, layout.threadCount, threads.length, '↑ ↓ PgUp PgDn'),
      ...part('columns', layout.firstColumn, layout.columns.length, this.#allColumns.length, '← →'),
      ...this.#expansionHint(),
    ].join(' · ')
  }

  #expansionHint(): string[] {
    if (!this.hasKeyboard || this.#labelled.length === 0) return []
    const next = this.#nextLabelled
    if (next) return [`e expands ${next.title} by ${next.labelNames.join(', ')}`]
    const expanded = this.#labelled.filter(({ isExpanded }) => isExpanded)
    return [`e collapses ${expanded.map(({ title }) => title).join(', ')}`]
  }
}

type Thread = TopReading['threads'][number]

const nameOf = ({ threadName = '' }: Thread): string => printable(threadName)

function threadRow(thread: Thread, states: TopReading['states']): TableRow {
  const { threadId, threadName, ...values } = thread
  return {
    label: String(threadId),
    name: nameOf(thread),
    state: states?.get(threadId) ?? '',
    values,
    style: 'reset',
    priority: PRIORITY.thread,
  }
}

const NOBODY = { name: '', state: '' }

/** The rows below the threads. The last one has the rates. */
const sumRows = ({
  retired,
  totals,
  rates,
}: Pick<TopReading, 'retired' | 'totals' | 'rates'>): TableRow[] => [
  { label: LABELS.retired, ...NOBODY, values: retired, style: 'dim', priority: PRIORITY.retired },
  { label: LABELS.total, ...NOBODY, values: totals, style: 'bold', priority: PRIORITY.total },
  { label: LABELS.rates, ...NOBODY, values: rates, style: 'dim', priority: PRIORITY.rates },
]

/** What a text takes together with the blanks before it. */
const spaceOf = (gap: number, width: number): number => (width > 0 ? gap + width : 0)

const labelWidthOf = (rows: readonly TableRow[]): number => Math.max(...rows.map(({ label }) => label.length))

function tableLines({ rows, columns, nameWidth, stateWidth }: Layout): Line[] {
  const labelWidth = labelWidthOf(rows)
  const behind = (gap: number, text: string, width: number) =>
    width > 0 ? ' '.repeat(gap) + alignText(text, width, 'left') : ''
  const textOf = (
    { label, name, state }: Pick<TableRow, 'label' | 'name' | 'state'>,
    cellOf: (column: FittedColumn) => string,
  ) => {
    const cells = columns.map(fitted => alignText(cellOf(fitted), fitted.width, fitted.column.align))
    const start =
      label.padStart(labelWidth) + behind(NAME_GAP, name, nameWidth) + behind(GAP, state, stateWidth)
    return [start, ...cells].join(' '.repeat(GAP))
  }
  const heading = textOf({ label: LABELS.heading, ...NOBODY }, ({ column }) => column.heading)
  return [
    lineOf(heading, 'dim', PRIORITY.heading),
    ...rows.map((row, i) => {
      const text = textOf(row, ({ texts }) => texts[i] as string)
      return lineOf(text, row.style, row.priority)
    }),
  ]
}
