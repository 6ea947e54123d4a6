/*
 * Markdown that is written into pages of this repository.
 */

/** A table whose first column is text and whose other columns are numbers. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

/**
 * Replaces what a page has between `<!-- bench: name -->` and `<!-- /bench: name -->`.
 * @throws {Error} if the page does not have these markers.
 */
export function replaceBlock(page: string, text: string, name: string, content: string): string {
  const [start, end] = [`<!-- bench: ${name} -->`, `<!-- /bench: ${name} -->`]
  const startIndex = text.indexOf(start)
  const endIndex = text.indexOf(end)
  if (startIndex === -1 || endIndex < startIndex) {
    throw new Error(`${page} has no block ${name}; put these two lines where it belongs: ${start} and ${end}`)
  }
  return `${text.slice(0, startIndex + start.length)}\n${content}\n${text.slice(endIndex)}`
}
