/*
 * All in one line, for files and pipes.
 */
import type { ShownColumn } from './columns.js'
import type { TopReading } from './reading.js'
import { printable } from './text.js'

/** The totals of all columns that have one, and what is added in a second. */
export function plainLine(
  title: string,
  columns: readonly ShownColumn[],
  { totals, rates }: TopReading,
): string {
  const parts = columns.flatMap(column => {
    const [total, rate] = column.texts([totals[column.name]], rates[column.name], false)
    if (!total) return []
    return [`${column.heading} ${total}${rate ? ` (${rate}/s)` : ''}`]
  })
  return [printable(title), ...parts].join('  ')
}
