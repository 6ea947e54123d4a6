/*
 * What the access benchmarks compare: counters, which hold one value in some way, with three loops over it.
 *
 * The loops are written out for each counter, and each scenario runs in a process of its own. So every loop
 * sees one kind of counter and one type, as it would in a program that uses that alone.
 */
import type { Contender } from '../harness/meter.js'

/** The types that have a typed array of numbers. */
export type ViewType = 'i32' | 'u32' | 'f32' | 'f64'
export type NumberType = ViewType | 'count'
export type BigintType = 'i64' | 'u64'
export type Operation = 'increment' | 'read' | 'write'

/** Of its methods, only the three loops are timed. */
export interface Counter {
  readonly name: string
  set(value: number): void
  get(): number
  /** Adds 1, this many times. */
  increment?(times: number): void
  /** Reads the value this many times; returns the sum. */
  read?(times: number): number
  /** Assigns 0, 1 … `times - 1`. */
  write?(times: number): void
  /** The value that `write` assigned last, if `get` returns something else. */
  written?(): number
}

/** The value that is read; it differs from every fold's identity. */
const READ_VALUE = 7

/** A counter's loop for an operation, as a contender; empty if the counter does not have that operation. */
export function contendersOf(counter: Counter, operation: Operation): Contender[] {
  const { name } = counter
  const run = counter[operation]
  if (!run) return []
  if (operation !== 'read') {
    // All start at 0, so that they stay in the same range of numbers.
    const result = operation === 'write' ? (counter.written ?? counter.get) : counter.get
    return [{ name, run, prepare: () => counter.set(0), result }]
  }
  let sum: unknown
  return [
    {
      name,
      prepare: () => counter.set(READ_VALUE),
      run: times => (sum = run(times)),
      result: () => sum as number,
    },
  ]
}
