/*
 * The contenders of the contention benchmark, and what each of its threads is told.
 */

/** Ways to count in several threads at once. */
export const METHODS = [
  'local.x++',
  'cells 8 bytes apart',
  'Atomics.add, own padded cell',
  'Atomics.add, one cell',
  'own Map',
] as const
export type Method = (typeof METHODS)[number]

export interface ThreadData {
  readonly method: Method
  /** The thread's number, from 0. Thread n counts in windows of more than n threads. */
  readonly position: number
  /**
   * One i32: the number of threads that count now, or −1 once all is done. Threads are notified of changes.
   */
  readonly control: SharedArrayBuffer
  /** The cells of the methods that don't use a table. */
  readonly cells: SharedArrayBuffer
  readonly table: SharedArrayBuffer
  /** Two f64 per thread, PADDED_BYTES apart: increments made so far, and the seconds that they took. */
  readonly done: SharedArrayBuffer
}

/**
 * Cells at this distance don't share a cache line, nor a pair of lines that the processor fetches together.
 */
export const PADDED_BYTES = 128
