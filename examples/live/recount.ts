/*
 * The same figures again, by one thread, and as plainly as can be: no slot, no chunk, no state between bytes.
 * This is the proof of the threads' figures, so it shares nothing with how they were made.
 */
import { readFileSync } from 'node:fs'
import { breather } from './breath.js'
import type { Plan } from './plan.js'
import { type Tally, tallyOf } from './tally.js'

export async function recount({ files, passes }: Plan, onProgress: (share: number) => void): Promise<Tally> {
  const tally = tallyOf()
  let done = 0
  const breathe = breather(() => onProgress(done / files.length))
  for (const { path } of files) {
    recountText(readFileSync(path, 'latin1'), passes, tally)
    done++
    await breathe()
  }
  return tally
}

/** In Latin-1, a byte is a character. */
function recountText(text: string, passes: number, tally: Tally): void {
  const lines = text.split('\n')
  // What follows the last '\n' is a line only if there is something.
  if (lines.at(-1) === '') lines.pop()
  for (const { length } of lines) {
    // As many binary digits as the number of its bin; an empty line has none.
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
