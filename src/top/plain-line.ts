/*
 * A reading as one line, for files and pipes.
 */
import type { Column } from './column.js'
import type { TopReading } from './reading.js'
import { printable } from './text.js'

/** The total of each column that has one, and its rate per second. */
export function plainLine(title: string, columns: readonly Column[], { totals, rates }: TopReading): string {
  const parts = columns.flatMap(column => {
    const [total, rate] = column.texts([column.valueIn(totals)], column.valueIn(rates), false)
    if (!total) return []
    return [`${column.plainHeading} ${total}${rate ? ` (${rate}/s)` : ''}`]
  })
  return [printable(title), ...parts].join('  ')
}
