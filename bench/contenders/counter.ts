/*
 * What the access benchmarks compare: one value, held by some means, and three loops over it.
 *
 * The loops are written out for each contender, and each scenario runs in a process of its own, so that every loop
 * sees one means and one type, as it would in a program that uses it alone.
 */
export type NumberType = 'i32' | 'u32' | 'f32' | 'f64'
export type BigintType = 'i64' | 'u64'
export type Operation = 'increment' | 'read' | 'write'

export interface Counter {
  readonly name: string
  /** Not timed. */
  set(value: number): void
  /** Not timed. */
  get(): number
  /** Adds 1, so many times. */
  increment?(times: number): void
  /** The sum of so many readings. */
  read?(times: number): number
  /** Assigns so many values; the last one is `times - 1`. */
  write?(times: number): void
  /** Not timed. What was assigned last, where `get` is more than that. */
  written?(): number
}
