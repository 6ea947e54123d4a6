/*
 * Which columns fit, how wide they are, and what stands in them.
 */
import type { ShownColumn } from './columns.js'
import type { Named } from './reading.js'
import { widthOf } from './text.js'

/** A column that fits, with the texts of all rows. */
export interface Fitted {
  readonly column: ShownColumn
  readonly texts: readonly string[]
  readonly width: number
}

/** Blanks before a column. */
export const GAP = 2
/** Text is cut to so many columns, where it must be, before a whole column of the table is left out. */
const LEAST_TEXT = 12
/** Text that others stand behind takes no more. */
const MOST_TEXT = 32

/**
 * The columns that fit beside each other: all with all digits of their numbers, or, if there is no room for that, with
 * short numbers, from the first one that is asked for on, or from an earlier one if the last is seen from there.
 * @param rows the last of them holds rates.
 */
export function fit(
  columns: readonly ShownColumn[],
  rows: readonly Named[],
  first: number,
  room: number,
): { readonly first: number; readonly fitted: readonly Fitted[] } {
  const measure = (isShort: boolean) =>
    columns.map((column, i): Fitted => {
      const cells = rows.map(values => values[column.name])
      const texts = column.texts(cells.slice(0, -1), cells.at(-1), isShort)
      const most = column.align === 'left' && i < columns.length - 1 ? MOST_TEXT : Infinity
      return { column, texts, width: Math.min(most, column.widthWith(texts, isShort)) }
    })
  const full = measure(false)
  const measured = leastWidth(full) <= room ? full : measure(true)
  const enough = measured.findIndex((_, i) => leastWidth(measured.slice(i)) <= room)
  const start = Math.min(first, enough === -1 ? Math.max(0, measured.length - 1) : enough)
  return { first: start, fitted: widened(measured.slice(start), room) }
}

/** How wide a column must be at least. */
const least = ({ column, width }: Fitted): number =>
  column.align === 'left' ? Math.min(width, Math.max(LEAST_TEXT, widthOf(column.heading))) : width

const leastWidth = (columns: readonly Fitted[]): number =>
  columns.reduce((sum, column) => sum + GAP + least(column), 0)

/** Columns as far as they fit; text is as wide as the others let it be. One is there in any case, cut if it must be. */
function widened(columns: readonly Fitted[], room: number): Fitted[] {
  const fitting = columns.filter((_, i) => i === 0 || leastWidth(columns.slice(0, i + 1)) <= room)
  let spare = room - leastWidth(fitting)
  return fitting.map(column => {
    const width = Math.max(1, Math.min(column.width, least(column) + spare))
    spare -= width - least(column)
    return { ...column, width }
  })
}
