/*
 * The hot loop: one pass over a file's bytes that counts into slots. It sends nothing and waits for nothing,
 * and every thread can read at any time what it has counted.
 *
 * A line ends with '\n', which may be missing at the end of the file. Its length is the number of its bytes
 * without the '\n'. A word is a run of bytes other than ASCII white space, as in `LC_ALL=C wc -w`.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import type { Tally } from './tally.js'

const TAB = 9
const NEWLINE = 10
const CARRIAGE_RETURN = 13
const SPACE = 32

const chunk = new Uint8Array(128 * 1024)

/** Counts a file into a tally while reading it. The number of files is raised last. */
export function countFile(path: string, tally: Tally): void {
  const fd = openSync(path, 'r')
  try {
    countBytes(fd, tally)
  } finally {
    closeSync(fd)
  }
  tally.files++
}

function countBytes(fd: number, tally: Tally): void {
  let isAfterSpace = true
  // An index into the chunk; negative if the line began in an earlier chunk.
  let lineStart = 0
  for (;;) {
    const chunkBytes = readSync(fd, chunk)
    if (chunkBytes === 0) break
    for (let i = 0; i < chunkBytes; i++) {
      const byte = chunk[i] as number
      // Most bytes end here. Below, control characters other than white space are parts of words too.
      if (byte > SPACE) {
        if (isAfterSpace) tally.words++
        isAfterSpace = false
        continue
      }
      const isSpace = byte === SPACE || (byte >= TAB && byte <= CARRIAGE_RETURN)
      if (isAfterSpace && !isSpace) tally.words++
      isAfterSpace = isSpace
      if (byte === NEWLINE) {
        countLine(i - lineStart, tally)
        lineStart = i + 1
      }
    }
    tally.bytes += chunkBytes
    lineStart -= chunkBytes
  }
  if (lineStart < 0) countLine(-lineStart, tally)
}

function countLine(lineBytes: number, tally: Tally): void {
  const { lengths } = tally
  const bin = 32 - Math.clz32(lineBytes)
  lengths[bin] = (lengths[bin] as number) + 1
  if (lineBytes > tally.longest) tally.longest = lineBytes
  tally.lines++
}
