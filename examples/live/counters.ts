/*
 * What every thread counts. Imported by the main thread and by each worker; nothing is passed by hand.
 */
import { type ThreadLocal, threadLocal } from 'threadslots'

const schema = {
  files: 'u32',
  bytes: 'f64',
  lines: 'f64',
  words: 'f64',
  longest: { type: 'u32', fold: 'max' },
  /** Lines by length: bin 0 holds empty lines, bin n those of 2ⁿ⁻¹ to 2ⁿ − 1 bytes. */
  lengths: { type: 'u32', length: 32 },
  /** The number of the job in progress; −1 before the first and after the last. */
  job: { type: 'i32', fold: 'none', init: -1 },
  /** What the figures that add up were before that job: see claims.ts. */
  base: { type: 'f64', fold: 'none', length: 36 },
} as const

export type LiveSchema = typeof schema

/** Bins of `lengths`. */
export const BINS: number = schema.lengths.length

export const local: ThreadLocal<LiveSchema> = threadLocal('live', schema)
