// How a test file tells the runner something: in its output, as JSON on a line of its own that starts with a mark.

// The output may be in the middle of a line.
export const printMarked = (mark: string, value: unknown): void =>
  console.log(`\n${mark}${JSON.stringify(value)}`)

/** The values of all lines with a mark in the output of a test file. */
export const markedIn = (mark: string, output: string): unknown[] =>
  output
    .split('\n')
    .filter(line => line.startsWith(mark))
    .map(line => JSON.parse(line.slice(mark.length)))
