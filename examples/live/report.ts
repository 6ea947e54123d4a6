/*
 * What is printed at the end: both counts side by side, figure by figure, and the lengths of lines.
 */
import { bar, whole } from '../../tools/format.js'
import { BINS } from './counters.js'
import type { Style } from './screen.js'
import type { Tally } from './tally.js'

/** A line of text in one style. */
export interface Line {
  readonly text: string
  readonly style: Style
}

export interface Report {
  readonly lines: Line[]
  /** The number of figures that differ. */
  readonly differences: number
}

const FIGURE_COLUMNS = 15
const BINS_LABEL = 'line length'

interface Row {
  readonly label: string
  readonly values: readonly [number, number]
  /** The length of the row's bar, as a share of the longest bar. */
  readonly share?: number
}

/** Shows two tallies side by side: whether each figure is equal, and a bar for each bin of line lengths. */
export function compare(threads: Tally, recount: Tally, columns: number): Report {
  const figures = (['files', 'bytes', 'lines', 'words', 'longest'] as const).map(
    (name): Row => ({
      label: name === 'longest' ? 'longest line' : name,
      values: [threads[name], recount[name]],
    }),
  )
  const bins = binRows(threads.lengths, recount.lengths)
  const labelColumns = Math.max(...[...figures, ...bins].map(({ label }) => label.length), BINS_LABEL.length)
  const tableRow = (label: string, one: string, other: string, rest: string) =>
    label.padStart(labelColumns) + one.padStart(FIGURE_COLUMNS) + other.padStart(FIGURE_COLUMNS) + rest
  const head = (label: string): Line => ({ text: tableRow(label, 'threads', 'recount', ''), style: 'dim' })
  const body = ({ label, values: [one, other], share = 0 }: Row): Line => {
    const text = tableRow(label, whole(one), whole(other), one === other ? '  equal  ' : '  DIFFERENT  ')
    return {
      text: (text + bar(share, Math.max(0, columns - text.length))).trimEnd(),
      style: one === other ? 'reset' : 'red',
    }
  }
  return {
    lines: [head(''), ...figures.map(body), head(BINS_LABEL), ...bins.map(body)],
    differences: [...figures, ...bins].filter(({ values: [one, other] }) => one !== other).length,
  }
}

/** A row for each bin, without the empty ones at the end. */
function binRows(threads: Tally['lengths'], recount: Tally['lengths']): Row[] {
  const rows = Array.from({ length: BINS }, (_, bin): Row => {
    const values = [threads[bin] as number, recount[bin] as number] as const
    return { label: binLabel(bin), values, share: values[0] / Math.max(1, ...threads) }
  })
  return rows.slice(0, 1 + rows.findLastIndex(({ values }) => Math.max(...values) > 0))
}

function binLabel(bin: number): string {
  if (bin < 2) return String(bin)
  return `${whole(2 ** (bin - 1))}–${whole(2 ** bin - 1)}`
}
