/*
 * The contenders of the benchmark of disturbance, and what its counting thread is told.
 */

/** How a thread counts, and how another one reads it. */
export const METHODS = ['local.x++, read by totals(local)', 'array[i]++, read by a plain loop'] as const
export type Method = (typeof METHODS)[number]

/** The rows that are read. The counting thread has one of them. */
export const ROWS = 128

// i32 words of `control`. Threads are notified of changes.
/** How often counting was switched on or off, so the word is odd while the thread counts; or `ENDING`. */
export const SWITCHES = 0
/** The number of windows that the counting thread has reported. */
export const WINDOWS = 1

export const ENDING = -1

export interface ThreadData {
  readonly method: Method
  readonly control: SharedArrayBuffer
  /** Two f64: the increments made in the last window, and the milliseconds that they took. */
  readonly report: SharedArrayBuffer
  /** The cell of the method that doesn't use a table. */
  readonly cell: Uint32Array
}
