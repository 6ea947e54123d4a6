// How a test file tells the runner which tests it skipped: on a marked line for each test.
import { markedIn, printMarked } from './marked-lines.js'

const SKIP_MARK = '::skipped '

export interface Skip {
  readonly test: string
  readonly reason: string
}

export const printSkip = (skip: Skip): void => printMarked(SKIP_MARK, skip)

/** All skips in the output of a test file. */
export const skipsIn = (output: string): Skip[] => markedIn(SKIP_MARK, output) as Skip[]
