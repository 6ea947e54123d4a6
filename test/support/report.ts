// Test files can report figures: each prints rows of a table, which the runner collects and prints at the end.
const ROW_MARK = '::row '

export interface ReportRow {
  /** Cells by column header. The first cell names the row. */
  readonly cells: { readonly [header: string]: string | number }
  /** Remarks, printed below the table. */
  readonly notes: readonly string[]
}

// The output may be in the middle of a line.
export const reportRow = (row: ReportRow): void => console.log(`\n${ROW_MARK}${JSON.stringify(row)}`)

/** All rows in the output of a test file. */
export const reportRowsIn = (output: string): ReportRow[] =>
  output
    .split('\n')
    .filter(line => line.startsWith(ROW_MARK))
    .map(line => JSON.parse(line.slice(ROW_MARK.length)) as ReportRow)
