/*
 * How much one answer may hold. All values of all threads, as objects and then as text, take memory of the program's process:
 * some 400 bytes for each value while the answer is made.
 */
import { internal, type Key } from '../index.js'

const MAX_VALUES = 250_000
/** Elements of vectors, histograms and texts that take no more than one value. */
const ELEMENTS_PER_VALUE = 8

const weightOf = ({ length = 0 }: Key): number => 1 + length / ELEMENTS_PER_VALUE

/** @throws {RangeError} if the values of so many threads are too many for one answer. */
export function requireReadable(threads: number, keys: readonly Key[]): void {
  const values = Math.ceil(threads * keys.reduce((sum, key) => sum + weightOf(key), 0))
  if (values > MAX_VALUES) {
    const use = `at most ${MAX_VALUES} in one answer; /metrics and /health have no such limit`
    throw internal.outOfRange(
      `the number of values, in ${threads} threads and ${keys.length} keys,`,
      values,
      use,
    )
  }
}
