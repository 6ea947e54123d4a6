// The table of the rows that test files reported.
import { type ReportRow, reportRowsIn } from '../report.js'

/** The table of all rows in the outputs of several test files; undefined if there are none. */
export const reportTableOf = (outputs: readonly string[]): string | undefined =>
  reportTable(outputs.flatMap(reportRowsIn))

/** The rows as a table, followed by their notes; undefined if there are no rows. */
export function reportTable(rows: readonly ReportRow[]): string | undefined {
  const [first] = rows
  if (first === undefined) return undefined
  const lines = [Object.keys(first.cells), ...rows.map(({ cells }) => Object.values(cells))]
  const widths = Object.keys(first.cells).map((_, i) => Math.max(...lines.map(line => `${line[i]}`.length)))
  const pad = (cell: string | number, i: number) => {
    const width = widths[i] ?? 0
    return i === 0 ? `${cell}`.padEnd(width) : `${cell.toLocaleString('en')}`.padStart(width + 3)
  }
  const notes = rows.flatMap(({ cells, notes }) => notes.map(note => `${Object.values(cells)[0]}: ${note}`))
  return [...lines.map(line => line.map(pad).join('')), ...notes].join('\n')
}
