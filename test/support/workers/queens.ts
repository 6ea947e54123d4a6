// In how many ways can ten queens stand on a board and threaten nobody? Functions that run in several threads share one
// global definition: the board is a temporary variable of each thread, its count a part of the answer.
import { type ThreadLocal, threadLocal } from 'threadslots'

const schema = {
  solutions: 'u32',
  row: { type: 'i32', fold: 'none' },
  columns: { type: 'u8', length: 10 },
} as const

export const SIZE: number = schema.columns.length

export const local: ThreadLocal<typeof schema> = threadLocal('queens', schema)

function isThreatened(column: number): boolean {
  for (let row = 0; row < local.row; row++) {
    const distance = Math.abs(column - (local.columns[row] as number))
    if (distance === 0 || distance === local.row - row) return true
  }
  return false
}

/** Counts the ways to go on from a queen in this column of the next row. */
export function place(column: number): void {
  if (isThreatened(column)) return
  local.columns[local.row++] = column
  if (local.row === SIZE) local.solutions++
  else for (let next = 0; next < SIZE; next++) place(next)
  local.row--
}
