// What percentiles must be, of the values themselves.
import * as assert from 'uvu/assert'

export const PERCENTILES: readonly number[] = [0, 0.1, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100]

/** Percents are whole numbers of these, at most. */
const PARTS = 1000

/** The rank of a percentile among so many values, from 1. In whole numbers, since 7 / 100 * 100 is more than 7. */
export function rankOf(p: number, count: number): number {
  const parts = BigInt(Math.round(PARTS * p))
  assert.is(Number(parts) / PARTS, p)
  const all = BigInt(100 * PARTS)
  return Math.max(1, Number((parts * BigInt(count) + all - 1n) / all))
}

/** The smallest of sorted values that at least `p` percent don't exceed. */
export const exact = (sorted: ArrayLike<number>, p: number): number =>
  sorted[rankOf(p, sorted.length) - 1] as number

export function isNear(actual: number, expected: number, digits: number, what: string): void {
  const error = Math.abs(actual - expected) / Math.abs(expected)
  // The values themselves are floats of 24 bits.
  if (!(error <= 10 ** -digits + 2 ** -24)) {
    assert.unreachable(`${what}: ${actual}, expected ${expected} to ${digits} digits`)
  }
}
