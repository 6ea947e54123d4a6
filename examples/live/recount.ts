/*
 * Counts the same figures again, in one thread, as simply as possible: without slots, chunks, or state
 * between bytes. This verifies the threads' figures, so it shares no counting code with them.
 */
import { readFileSync } from 'node:fs'
import { periodicYield } from './periodic-yield.js'
import type { Plan } from './plan.js'
import { type Tally, tallyOf } from './tally.js'

export async function recount({ files, passes }: Plan, onProgress: (share: number) => void): Promise<Tally> {
  const tally = tallyOf()
  let done = 0
  const yieldIfDue = periodicYield(() => onProgress(done / files.length))
  for (const { path } of files) {
    recountText(readFileSync(path, 'latin1'), passes, tally)
    done++
    await yieldIfDue()
  }
  return tally
}

/** The text was decoded as Latin-1, in which each byte is one character. */
function recountText(text: string, passes: number, tally: Tally): void {
  const lines = text.split('\n')
  // What follows the last '\n' is a line only if it is not empty.
  if (lines.at(-1) === '') lines.pop()
  for (const { length } of lines) {
    // The number of binary digits of its length is the number of its bin; an empty line is in bin 0.
    const bin = length === 0 ? 0 : length.toString(2).length
    tally.lengths[bin] = (tally.lengths[bin] as number) + passes
    if (length > tally.longest) tally.longest = length
  }
  tally.files += passes
  tally.bytes += text.length * passes
  tally.lines += lines.length * passes
  tally.words += countWords(text) * passes
}

function countWords(text: string): number {
  const word = /[^\t\n\v\f\r ]+/g
  let words = 0
  while (word.test(text)) words++
  return words
}
