/*
 * A tally: the figures of a file, of a thread or of all threads. This thread's `local` is a tally too.
 */
import { BINS } from './counters.js'

export interface Tally {
  files: number
  bytes: number
  lines: number
  words: number
  /** The length of the longest line, in bytes. */
  longest: number
  /** The number of lines by length, in bins. */
  readonly lengths: Uint32Array | Float64Array
}

/** A tally with these figures, and 0 for the others. */
export const tallyOf = (figures: Partial<Tally> = {}): Tally => ({
  files: 0,
  bytes: 0,
  lines: 0,
  words: 0,
  longest: 0,
  lengths: new Float64Array(BINS),
  ...figures,
})

/**
 * The figures that are sums, as a list. The longest line is not a sum, and counting it twice changes nothing.
 */
export const sumsOf = ({ files, bytes, lines, words, lengths }: Tally): number[] => [
  files,
  bytes,
  lines,
  words,
  ...lengths,
]

/** Adds a list of sums to a tally. */
export function addSums(tally: Tally, sums: readonly number[]): void {
  const [files = 0, bytes = 0, lines = 0, words = 0, ...bins] = sums
  tally.files += files
  tally.bytes += bytes
  tally.lines += lines
  tally.words += words
  for (const [bin, count] of bins.entries()) tally.lengths[bin] = (tally.lengths[bin] as number) + count
}

export const difference = (sums: ArrayLike<number>, others: ArrayLike<number>): number[] =>
  Array.from(sums, (sum, i) => sum - (others[i] as number))
