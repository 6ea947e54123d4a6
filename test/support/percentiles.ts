// Percentiles computed from the values themselves, to compare a histogram's with.
import * as assert from 'uvu/assert'

export const PERCENTILES: readonly number[] = [0, 0.1, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100]

/** Percentiles here are multiples of 1 / 1000. */
const PARTS = 1000

/**
 * The rank of a percentile among `count` values; the first value has rank 1. It is computed with whole
 * numbers, because in floating point 7 / 100 * 100 is more than 7.
 */
export function rankOf(p: number, count: number): number {
  const parts = BigInt(Math.round(PARTS * p))
  assert.is(Number(parts) / PARTS, p)
  const all = BigInt(100 * PARTS)
  return Math.max(1, Number((parts * BigInt(count) + all - 1n) / all))
}

/** The smallest of sorted values that at least `p` percent don't exceed. */
export const exactPercentile = (sorted: ArrayLike<number>, p: number): number =>
  sorted[rankOf(p, sorted.length) - 1] as number

/** Asserts that a number is right to so many digits. */
export function assertNear(actual: number, expected: number, digits: number, what: string): void {
  const error = Math.abs(actual - expected) / Math.abs(expected)
  // Histograms round values to floats of 24 bits.
  if (!(error <= 10 ** -digits + 2 ** -24)) {
    assert.unreachable(`${what}: ${actual}, expected ${expected} to ${digits} digits`)
  }
}
