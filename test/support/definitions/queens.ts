// Counts the ways in which ten queens can stand on a board without attacking each other. Several threads call these
// functions, all through one global definition: the board is a temporary variable of each thread, the count a part of
// the result.
import { type ThreadLocal, threadLocal } from 'threadslots'

const schema = {
  solutions: 'u32',
  row: { type: 'i32', fold: 'none' },
  columns: { type: 'u8', length: 10 },
} as const

export const SIZE: number = schema.columns.length

export const local: ThreadLocal<typeof schema> = threadLocal('queens', schema)

function isAttacked(column: number): boolean {
  for (let row = 0; row < local.row; row++) {
    const distance = Math.abs(column - (local.columns[row] as number))
    if (distance === 0 || distance === local.row - row) return true
  }
  return false
}

/** Places a queen in a column of the next row, and counts the solutions that begin like this. */
export function place(column: number): void {
  if (isAttacked(column)) return
  local.columns[local.row++] = column
  if (local.row === SIZE) local.solutions++
  else for (let next = 0; next < SIZE; next++) place(next)
  local.row--
}
