// How a test file tells the runner which tests it skipped: in its output, on a line of its own for each test.

const SKIP_MARK = '::skipped '

export interface Skip {
  readonly test: string
  readonly reason: string
}

// The output may be in the middle of a line.
export const printSkip = (skip: Skip): void => console.log(`\n${SKIP_MARK}${JSON.stringify(skip)}`)

/** All skips in the output of a test file. */
export const skipsIn = (output: string): Skip[] =>
  output
    .split('\n')
    .filter(line => line.startsWith(SKIP_MARK))
    .map(line => JSON.parse(line.slice(SKIP_MARK.length)) as Skip)
