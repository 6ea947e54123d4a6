/*
 * What a thread of the contention benchmark is told.
 */

/** Ways to count with several threads at once. */
export const MEANS = [
  'local.x++',
  'cells 8 bytes apart',
  'Atomics.add, own padded cell',
  'Atomics.add, one cell',
  'own Map',
] as const
export type Means = (typeof MEANS)[number]

export interface ContendData {
  readonly means: Means
  /** Which of the threads this is. */
  readonly position: number
  /** i32: the number of threads that are to count now, −1 when all is over; changes wake them. */
  readonly control: SharedArrayBuffer
  /** What is counted in, where it is no table. */
  readonly cells: SharedArrayBuffer
  readonly table: SharedArrayBuffer
  /** f64, two for each thread, 128 bytes apart: operations done so far, and seconds that they took. */
  readonly done: SharedArrayBuffer
}

export const PADDED_BYTES = 128
