/*
 * Which columns fit beside each other, and how wide they are.
 */
import type { Column } from './column.js'
import type { NamedValues } from './reading.js'
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
  // Columns are measured as they are needed: a labelled key may have a thousand of them, and a window shows few.
  const valuesOf = memoized(i => rows.map(row => (columns[i] as Column).valueIn(row)))
  const measured = (isShort: boolean) =>
    memoized((i): FittedColumn => {
      const column = columns[i] as Column
      const values = valuesOf(i)
      const texts = column.texts(values.slice(0, -1), values.at(-1), isShort)
      const maxWidth = column.align === 'left' && i < columns.length - 1 ? MAX_TEXT_WIDTH : Infinity
      return { column, texts, width: Math.min(maxWidth, column.widen(texts, isShort)) }
    })
  let columnOf = measured(false)
  /** How many of some columns fit beside each other. */
  const fittingCount = (indexes: readonly number[]) => {
    let room = availableWidth
    const firstExcess = indexes.findIndex(i => {
      room -= GAP + minWidthOf(columnOf(i))
      return room < 0
    })
    return firstExcess === -1 ? indexes.length : firstExcess
  }
  const indexes = columns.map((_, i) => i)
  if (fittingCount(indexes) < columns.length) columnOf = measured(true)
  // If not even the last column fits, it is shown nevertheless, truncated.
  const lastPageCount = Math.max(1, fittingCount(indexes.toReversed()))
  const start = Math.max(0, Math.min(first, columns.length - lastPageCount))
  const count = Math.max(1, fittingCount(indexes.slice(start)))
  const fitted = indexes.slice(start, start + count).map(columnOf)
  return { first: start, fitted: assignWidths(fitted, availableWidth) }
}

/** Computes the value for each index when it is first asked for. */
function memoized<T>(compute: (i: number) => T): (i: number) => T {
  const values: T[] = []
  return i => (values[i] ??= compute(i))
}

const minWidthOf = ({ column, width }: FittedColumn): number =>
  column.align === 'left' ? Math.min(width, Math.max(MIN_TEXT_WIDTH, widthOf(column.heading))) : width

/** The widths of columns that fit, or of one that doesn't and is truncated. Text columns share what is left. */
function assignWidths(columns: readonly FittedColumn[], availableWidth: number): FittedColumn[] {
  let spare = columns.reduce((room, column) => room - GAP - minWidthOf(column), availableWidth)
  return columns.map(column => {
    const minWidth = minWidthOf(column)
    const width = Math.max(1, Math.min(column.width, minWidth + spare))
    spare -= width - minWidth
    return { ...column, width }
  })
}
