// Lines that a test file adds to one table, which is printed when all files have run.
const ROW_MARK = '::row '

export interface Row {
  /** By the heads of their columns; the first one names the row. */
  readonly cells: { readonly [head: string]: string | number }
  /** What the figures don't say. */
  readonly notes: readonly string[]
}

export const report = (row: Row): void => console.log(`\n${ROW_MARK}${JSON.stringify(row)}`)

/** All rows in an output. */
export const rowsIn = (output: string): Row[] =>
  output
    .split('\n')
    .filter(line => line.startsWith(ROW_MARK))
    .map(line => JSON.parse(line.slice(ROW_MARK.length)) as Row)

/** The table of all rows in these outputs; undefined, if there is none. */
export const reportOf = (outputs: readonly string[]): string | undefined => tableOf(outputs.flatMap(rowsIn))

/** Undefined, if there are no rows. */
export function tableOf(rows: readonly Row[]): string | undefined {
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
