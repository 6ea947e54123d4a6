// Lists single damages to a table's bytes: every word that the library reads, at its extremes, and every name, init and
// present byte.
import type { Dimensions } from 'threadslots'
import {
  blockAddress,
  directoryAddress,
  HEADER_BYTES,
  LIVE,
  LOST_KEYS,
  LOST_THREADS,
  MAX_THREAD_NAME_BYTES,
  presentAddress,
  RECORD_BYTES,
  RECORD_INIT,
  RECORD_TEXTS,
  RECORD_WORDS,
  RECORDS_USED,
  ROW_LIVE_OWNER,
  ROW_STATE,
  ROW_THREAD_NAME,
  ROWS_USED,
  recordAddress,
  recordCount,
  rowAddress,
  waitWordAddress,
  waitWordCount,
} from '../../../src/memory/layout.js'

export interface Damage {
  readonly what: string
  /** Bytes from the start of the table. */
  readonly address: number
  readonly bytes: readonly number[]
}

export const EXTREMES: readonly number[] = [
  ...[
    0,
    1,
    -1,
    2,
    3,
    4,
    7,
    8,
    9,
    10,
    -8,
    60,
    61,
    120,
    121,
    200,
    201,
    255,
    400,
    401,
    2 ** 24,
    2 ** 30,
    -(2 ** 24),
  ],
  ...[2 ** 31 - 1, 2 ** 31 - 8, 2 ** 31 - 128, -(2 ** 31), -(2 ** 31) + 1],
]

export const bytesOfWord = (word: number): number[] => [...new Uint8Array(Int32Array.of(word).buffer)]
const bytesOfDouble = (value: number): number[] => [...new Uint8Array(Float64Array.of(value).buffer)]

interface Place {
  readonly what: string
  readonly address: number
}

/** The words of a key record, in their order. */
const RECORD_FIELDS = [
  'type',
  'fold',
  'length',
  'byteOffset',
  'histogram',
  'flags',
  'nameBytes',
  'unitBytes',
  'helpBytes',
]

/** The first words of a row's thread name. */
const NAME_WORDS = ["version of the thread's name", 'byteLength of its name', 'first bytes of its name']

/**
 * The i32 words of the header, the directory, records and rows that the library reads.
 * @param textOffsets byte offsets of texts in each row.
 */
export function meaningfulWords(dimensions: Dimensions, textOffsets: readonly number[] = []): Place[] {
  const places: Place[] = []
  const add = (what: string, address: number) => places.push({ what, address })
  for (const [i, name] of ['magic', 'version', 'byteLength', 'maxThreads', 'rowBytes', 'maxKeys'].entries())
    add(`header: ${name}`, 4 * i)
  add('header: rowsUsed', ROWS_USED)
  add('header: the word after rowsUsed', ROWS_USED + 4)
  add('header: recordsUsed', RECORDS_USED)
  add('header: lostThreads', LOST_THREADS)
  add('header: lostKeys', LOST_KEYS)
  add('header: the last word', HEADER_BYTES - 4)
  for (const { what, address } of waitWords(dimensions)) add(what, address)
  for (let keyId = 0; keyId < dimensions.maxKeys; keyId++)
    add(`directory word ${keyId}`, directoryAddress(keyId))
  // There are more records than keys; those after these are like the last of these.
  for (let recordId = 0; recordId < dimensions.maxKeys; recordId++) {
    const record = recordAddress(dimensions, recordId)
    add(`record ${recordId}: owner`, record)
    add(`record ${recordId}: parent`, record + 4)
    for (const [i, name] of RECORD_FIELDS.entries())
      add(`record ${recordId}: ${name}`, record + RECORD_WORDS + 4 * i)
    add(`record ${recordId}: init, low`, record + RECORD_INIT)
    add(`record ${recordId}: init, high`, record + RECORD_INIT + 4)
    add(`record ${recordId}: name`, record + RECORD_TEXTS)
    add(`record ${recordId}: the end of its texts`, record + RECORD_BYTES - 4)
  }
  for (let rowId = 0; rowId < dimensions.maxThreads; rowId++) {
    const row = rowAddress(dimensions, rowId)
    add(`row ${rowId}: owner`, row)
    add(`row ${rowId}: parent`, row + 4)
    add(`row ${rowId}: owner of the live values`, row + ROW_LIVE_OWNER)
    add(`row ${rowId}: state`, row + ROW_STATE)
    for (const [i, what] of NAME_WORDS.entries()) add(`row ${rowId}: ${what}`, row + ROW_THREAD_NAME + 4 * i)
    add(`row ${rowId}: the other name's byteLength`, row + ROW_THREAD_NAME + 4 + (4 + MAX_THREAD_NAME_BYTES))
    for (const block of [0, 1, LIVE])
      add(`row ${rowId}: block ${block}`, blockAddress(dimensions, row, block) + 4)
    for (const byteOffset of textOffsets) {
      const live = blockAddress(dimensions, row, LIVE) + byteOffset
      add(`row ${rowId}: version of the text at ${byteOffset}`, live)
      add(`row ${rowId}: byteLength of the text at ${byteOffset}`, live + 4)
      add(`row ${rowId}: bytes of the text at ${byteOffset}`, live + 8)
    }
  }
  return places
}

/** Threads of the table and of `examine`. 0 is the main thread's own id. */
const THREADS = [0, 1, 2, 4, 21, 22]

/** The first and the last of the wait words that each of these threads may have. */
export function waitWords(dimensions: Dimensions): Place[] {
  const wordIds = new Set(
    THREADS.flatMap(threadId => [threadId, threadId + 3].map(id => id % waitWordCount(dimensions))),
  )
  return [...wordIds].map(wordId => ({
    what: `wait word ${wordId}`,
    address: waitWordAddress(dimensions, wordId),
  }))
}

/** What a wait word may be: a thread's before any probe, with some of its waiters left, with none, and in mid-probe. */
export const WAIT_VALUES: readonly number[] = THREADS.flatMap(threadId =>
  [0, 1, 11, 12, 63, 64, 128 + 1, 3 * 128, 511].map(state => (threadId + 1) * 512 + state),
).flatMap(word => [word, -word])

/** Names as bytes: malformed UTF-8, well-formed names of other keys, and names of the greatest length. */
const NAMES: readonly (readonly number[])[] = [
  [0xff],
  [0x80],
  [0xc3, 0x28],
  [0xc0, 0x80],
  [0xe2, 0x82],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xef, 0xbb, 0xbf],
  [0],
  [0x75],
  Array.from({ length: 200 }, () => 0xf0),
  Array.from({ length: 200 }, () => 0x41),
]
const INITS = [Number.NaN, Infinity, -Infinity, -1, 0.5, -0, 2 ** 31, 2 ** 32, 1e300, 5e-324]

/** Generates every single damage. */
export function* singleDamages(dimensions: Dimensions, textOffsets: readonly number[]): Generator<Damage> {
  const records = recordCount(dimensions)
  const limits = [records - 1, records, records + 1, dimensions.maxThreads + 1, dimensions.rowBytes]
  for (const { what, address } of meaningfulWords(dimensions, textOffsets)) {
    for (const word of new Set([...EXTREMES, ...limits]))
      yield { what: `${what} is ${word}`, address, bytes: bytesOfWord(word) }
  }
  for (const { what, address } of waitWords(dimensions)) {
    for (const word of WAIT_VALUES) yield { what: `${what} is ${word}`, address, bytes: bytesOfWord(word) }
  }
  for (let recordId = 0; recordId < dimensions.maxKeys; recordId++) {
    const record = recordAddress(dimensions, recordId)
    for (const bytes of NAMES)
      yield { what: `record ${recordId}: name of bytes ${bytes}`, address: record + RECORD_TEXTS, bytes }
    for (const init of INITS)
      yield {
        what: `record ${recordId}: init ${init}`,
        address: record + RECORD_INIT,
        bytes: bytesOfDouble(init),
      }
  }
  for (let rowId = 0; rowId < dimensions.maxThreads; rowId++) {
    for (const block of [0, 1, LIVE]) {
      for (let keyId = 0; keyId < dimensions.maxKeys; keyId++) {
        const address = presentAddress(dimensions, rowAddress(dimensions, rowId), block, keyId)
        for (const byte of [0, 1, 2, 128, 255])
          yield {
            what: `row ${rowId}: present byte ${keyId} of block ${block} is ${byte}`,
            address,
            bytes: [byte],
          }
      }
    }
  }
}
