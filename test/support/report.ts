// Test files can report figures: each prints rows of a table, which the runner collects and prints at the end.
import { markedIn, printMarked } from '../../tools/testing/marked-lines.js'

const ROW_MARK = '::row '

export interface ReportRow {
  /** Cells by column header. The first cell names the row. */
  readonly cells: { readonly [header: string]: string | number }
  /** Remarks, printed below the table. */
  readonly notes: readonly string[]
}

export const reportRow = (row: ReportRow): void => printMarked(ROW_MARK, row)

/** All rows in the output of a test file. */
export const reportRowsIn = (output: string): ReportRow[] => markedIn(ROW_MARK, output) as ReportRow[]
