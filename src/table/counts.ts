/*
 * Counts: whole numbers from 0 to 2^53 − 1 in 8 bytes, which everyone but the owner reads as one u64.
 *
 * While a count stays below 2^32, its owner only touches the low word, which is as fast as a `u32`. When the high word
 * changes, one 8-byte store writes both, so no reader ever sees half of a carry, and a crash leaves none. The store goes
 * through a `Float64Array`, because a bigint would be allocated: no count's bits are a NaN's, which could change on the way.
 */
import { requireWhole } from '../memory/errors.js'
import { type Views, viewsOf } from '../memory/views.js'
import { HIGH, LOW } from '../memory/words.js'

const scratch = viewsOf(new ArrayBuffer(8), 0, 8)

/** A count of any size, by its element index. */
export const largeCount = ({ u32 }: Views, index: number): number =>
  (u32[2 * index + HIGH] as number) * 2 ** 32 + (u32[2 * index + LOW] as number)

/**
 * Stores a count of any size.
 * @throws {TypeError} if the value is not a number.
 * @throws {RangeError} if it is not a whole number from 0 to 2^53 − 1. The slot keeps its value.
 */
export function storeCount({ u32, f64 }: Views, index: number, value: number, name: string): void {
  if (
    typeof value !== 'number' ||
    !(value >= 0 && value <= Number.MAX_SAFE_INTEGER && Math.floor(value) === value)
  )
    requireWhole(`the value of '${name}'`, value, 0, Number.MAX_SAFE_INTEGER)
  const high = Math.floor(value / 2 ** 32)
  if (u32[2 * index + HIGH] === high) u32[2 * index + LOW] = value
  else {
    scratch.u32[LOW] = value
    scratch.u32[HIGH] = high
    f64[index] = scratch.f64[0] as number
  }
}
