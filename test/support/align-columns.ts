/** Sets rows of cells in columns: the first one to the left, and the others, which are figures, to the right. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widthOf = (column: number) => Math.max(...rows.map(row => row[column]?.length ?? 0)) + 3
  return rows
    .map(([name = '', ...cells]) => {
      const figures = cells.map((cell, i) => cell.padStart(Math.max(widthOf(i + 1), 12)))
      return (name.padEnd(widthOf(0)) + figures.join('')).trimEnd()
    })
    .join('\n')
}
