/*
 * Which columns fit beside each other, and how wide they are.
 */
import type { Column } from './column.js'
import { type NamedValues, valueIn } from './reading.js'
import { widthOf } from './text.js'

/** A column that fits, with its width and its text in each row. */
export interface FittedColumn {
  readonly column: Column
  readonly texts: readonly string[]
  readonly width: number
}

/** Blanks before each column. */
export const GAP = 2
/** Left-aligned columns shrink to this width before a whole column is left out. */
const MIN_TEXT_WIDTH = 12
/** Left-aligned columns are no wider than this, except the last one. */
const MAX_TEXT_WIDTH = 32

/**
 * Chooses the columns that fit beside each other. They start with the column at index `first`, or with an
 * earlier one from which the last column is visible. Numbers are shortened only if the columns don't all fit
 * otherwise.
 * @param rows the values of each row. The last row has the rates.
 * @param availableWidth in columns of the terminal, gaps included.
 * @returns the index of the first column that is shown, and the columns.
 */
export function fitColumns(
  columns: readonly Column[],
  rows: readonly NamedValues[],
  first: number,
  availableWidth: number,
): { readonly first: number; readonly fitted: readonly FittedColumn[] } {
  const measure = (isShort: boolean) =>
    columns.map((column, i): FittedColumn => {
      const values = rows.map(row => valueIn(row, column.name))
      const texts = column.texts(values.slice(0, -1), values.at(-1), isShort)
      const maxWidth = column.align === 'left' && i < columns.length - 1 ? MAX_TEXT_WIDTH : Infinity
      return { column, texts, width: Math.min(maxWidth, column.widen(texts, isShort)) }
    })
  const full = measure(false)
  const measured = totalMinWidth(full) <= availableWidth ? full : measure(true)
  const lastPage = measured.findIndex((_, i) => totalMinWidth(measured.slice(i)) <= availableWidth)
  // Not even the last column fits if nothing is found.
  const maxFirst = lastPage === -1 ? Math.max(0, measured.length - 1) : lastPage
  const start = Math.min(first, maxFirst)
  return { first: start, fitted: assignWidths(measured.slice(start), availableWidth) }
}

const minWidthOf = ({ column, width }: FittedColumn): number =>
  column.align === 'left' ? Math.min(width, Math.max(MIN_TEXT_WIDTH, widthOf(column.heading))) : width

/** The least width of columns beside each other, gaps included. */
const totalMinWidth = (columns: readonly FittedColumn[]): number =>
  columns.reduce((sum, column) => sum + GAP + minWidthOf(column), 0)

/**
 * The leading columns that fit. The first is always among them, truncated if need be. Text columns share what
 * is left.
 */
function assignWidths(columns: readonly FittedColumn[], availableWidth: number): FittedColumn[] {
  const fitting = columns.filter(
    (_, i) => i === 0 || totalMinWidth(columns.slice(0, i + 1)) <= availableWidth,
  )
  let spare = availableWidth - totalMinWidth(fitting)
  return fitting.map(column => {
    const minWidth = minWidthOf(column)
    const width = Math.max(1, Math.min(column.width, minWidth + spare))
    spare -= width - minWidth
    return { ...column, width }
  })
}
