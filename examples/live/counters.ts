/*
 * What every thread counts. The main thread and all workers import this module; nothing else connects them.
 */
import { type ThreadLocal, threadLocal } from 'threadslots'

const schema = {
  files: { type: 'count', help: 'Files counted to their end' },
  bytes: { type: 'count', unit: 'bytes', help: 'Bytes read' },
  lines: { type: 'count', help: 'Lines, with or without a line end' },
  words: { type: 'count', help: 'Runs of bytes other than white space' },
  longest: { type: 'count', fold: 'max', unit: 'bytes', help: 'Length of the longest line' },
  /** Lines by length: bin 0 is for empty lines, bin n for lines of 2ⁿ⁻¹ to 2ⁿ − 1 bytes. */
  lengths: { type: 'u32', length: 32 },
  /** The number of the job in progress; −1 before the first and after the last. */
  job: { type: 'i32', fold: 'none', init: -1 },
  /** The sums (see `sumsOf`) before that job; claims.ts explains why. */
  base: { type: 'f64', fold: 'none', length: 36 },
} as const

export type LiveSchema = typeof schema

/** The number of bins of `lengths`. */
export const BINS: number = schema.lengths.length

export const local: ThreadLocal<LiveSchema> = threadLocal('live', schema)
