// Damaged tables: whatever a table's bytes say, each call gives a consistent answer or a clear error, soon, without an
// access outside of the table's own bytes, and without allocating what the bytes claim. The method is explained in
// harness/examine.ts.
//
// SEED repeats the random tests. RUNS sets the number of rounds of each; by default, there are as many as the time allows.
import './harness/memory-guard.js'

import { nameThread, SlotTable } from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  directoryAddress,
  HEADER_BYTES,
  LOST_KEYS,
  LOST_THREADS,
  RECORD_BYTES,
  RECORD_WORDS,
  RECORDS_USED,
  recordAddress,
  recordCount,
  rowAddress,
  tableBytes,
} from '../../src/memory/layout.js'
import { skipInBrowsers } from '../../tools/testing/skip.js'
import { asThread } from '../support/as-thread.js'
import { throws } from '../support/assertions.js'
import { shareOf, TEST_EFFORT } from '../support/effort.js'
import { randomIntegersFrom } from '../support/random.js'
import { settings } from '../support/settings.js'
import {
  bytesOfWord,
  EXTREMES,
  meaningfulWords,
  singleDamages,
  WAIT_VALUES,
  waitWords,
} from './harness/damage.js'
import { examine, specimen } from './harness/examine.js'
import { announce } from './harness/watchdog.js'

const dimensions = { maxThreads: 4, rowBytes: 232, maxKeys: 15 }
const records = recordCount(dimensions)
const SECONDS = 2 * TEST_EFFORT
const MAX_BYTES = 2 ** 16
const seed = Number(settings.SEED ?? Date.now() % 2 ** 31)
const runs = Number(settings.RUNS ?? Infinity)
const random = randomIntegersFrom(seed)
const counts = { opened: 0, refused: 0 }

/**
 * Creates a good table. It has keys of all types and folds, and room for two more. Threads have names. Row 0: thread 1, running. Row 1: free,
 * with the values of dead thread 2, and in the bank those of thread 3 before it. Row 2: thread 4, running, a child of
 * thread 1. Row 3: never owned. Record 13 is owned, but not published.
 */
function createTable(): Uint8Array {
  const supervisor = SlotTable.create({ ...dimensions, threadId: 0, parentThreadId: -1 })
  const work = (threadId: number, parentThreadId = -1) => {
    nameThread(`thread ${threadId}`)
    const local = asThread(supervisor, threadId, parentThreadId)
      .attach()
      .locals({
        i: 'i32',
        u: { type: 'u32', fold: 'none' },
        f: { type: 'f32', fold: 'max' },
        d: { type: 'f64', fold: 'min', init: 9.5 },
        I: { type: 'i64', length: 3, init: 7n },
        U: { type: 'u64', fold: 'max' },
        text: { type: 'u8', length: 5 },
        'größe €': { type: 'f64', length: 2 },
        times: histogram({ min: 1, max: 2, digits: 1 }),
        done: { type: 'count', unit: 'jobs', help: 'Jobs that were done.' },
        peak: { type: 'count', fold: 'max', retire: false },
        file: { type: 'text', length: 6 },
        busy: { type: 'i32', retire: false },
      })
    for (const name of ['i', 'u', 'f', 'd'] as const) local[name] = threadId
    local.U = BigInt(threadId)
    local.I[1] = BigInt(threadId)
    local.text[4] = threadId
    local['größe €'][1] = threadId
    local.times.record(threadId)
    local.done = 2 ** 32 * threadId
    local.peak = threadId
    local.file = `é${threadId}`
    local.busy = threadId
  }
  work(1)
  work(3)
  supervisor.release(3)
  work(2)
  work(4, 1)
  supervisor.release(2)
  const claims = new BigInt64Array(supervisor.buffer)
  claims[recordAddress(dimensions, 13) / 8] = 6n
  new Int32Array(supervisor.buffer)[RECORDS_USED / 4] = 14
  return new Uint8Array(supervisor.buffer)
}

/** A table object over a copy of these bytes. */
function tableOf(bytes: Uint8Array): SlotTable {
  const buffer = new SharedArrayBuffer(bytes.length)
  new Uint8Array(buffer).set(bytes)
  return SlotTable.from(buffer, { threadId: 5 })
}

const table = createTable()
/** Where texts lie in a row. */
const textOffsets = tableOf(table)
  .keys()
  .filter(({ type }) => type === 'text')
  .map(({ byteOffset }) => byteOffset)

function examineCopy(bytes: Uint8Array, where: string, onStep?: (step: number) => void): void {
  announce(where)
  counts[examine(specimen(dimensions, bytes, where, onStep)) ? 'opened' : 'refused']++
}

/** Runs rounds with copies of the table until the time is over. */
function runRounds(what: string, round: (bytes: Uint8Array, where: string) => void): void {
  const end = performance.now() + 1000 * SECONDS
  for (let i = 0; i < runs && (runs < Infinity || performance.now() < end); i++)
    round(table.slice(), `${what}, SEED=${seed}, round ${i}`)
  announce()
}

const choose = <T>(list: readonly T[]): T => list[random(list.length)] as T
const anyWord = () => (random(3) ? choose(EXTREMES) : random(2 ** 32) - 2 ** 31)

test('the undamaged table can be opened', () => {
  examineCopy(table, 'undamaged')
  assert.equal(counts, { opened: 1, refused: 0 })
})

test('any single word, name, init or present byte at an extreme value does no harm', () => {
  for (const { what, address, bytes } of shareOf(singleDamages(dimensions, textOffsets))) {
    const damaged = table.slice()
    damaged.set(bytes, address)
    examineCopy(damaged, what)
  }
  announce()
})

test('whatever wait words, recordsUsed and the lost words say, every value is kept and keys can be made', () => {
  const places = [RECORDS_USED, LOST_THREADS, LOST_KEYS].map(address => ({
    what: `word ${address}`,
    address,
  }))
  const readings = (table: SlotTable) => {
    const keys = table.keys().filter(({ fold, retire }) => fold !== 'none' && retire)
    return JSON.stringify(
      keys.map(key => [key.name, table.fold(key)]),
      (_, value) => `${value}`,
    )
  }
  const expected = readings(tableOf(table))
  for (const { what, address } of shareOf([...places, ...waitWords(dimensions)])) {
    for (const word of [...EXTREMES, ...WAIT_VALUES]) {
      const bytes = table.slice()
      bytes.set(bytesOfWord(word), address)
      const where = `${what} is ${word}`
      announce(where)
      const given = tableOf(bytes)
      assert.is(readings(given), expected, where)
      given.sweep()
      assert.is(readings(given), expected, `${where}, after a sweep`)
      given.key('another', 'u32')
      given.attach()
      assert.is(given.sweep(), 0, `${where}: who is dead is found by the first sweep`)
      given.release(1)
      const again = readings(SlotTable.from(given.buffer, { threadId: 6 }))
      assert.ok(again.startsWith(expected.slice(0, -1)), `${where}, later: ${again}`)
    }
  }
  announce()
})

test('a header that agrees with itself, but not with reason or with the buffer, is refused', () => {
  const sizes = [0, -1, 1, 2, 3, 4, 7, 8, 12, 224, 232, 240, 2 ** 31 - 8, 2 ** 31 - 1, -(2 ** 31)]
  const headers = sizes.flatMap(maxThreads =>
    sizes.flatMap(rowBytes => sizes.map(maxKeys => ({ maxThreads, rowBytes, maxKeys }))),
  )
  for (const dimensions of shareOf(headers)) {
    const { maxThreads, rowBytes, maxKeys } = dimensions
    const byteLength = tableBytes(dimensions)
    const isValid = maxThreads > 0 && rowBytes > 0 && rowBytes % 8 === 0 && maxKeys > 0
    const fits = byteLength <= MAX_BYTES
    const damaged = new Uint8Array(isValid && fits ? byteLength : table.length)
    const header = [byteLength, maxThreads, rowBytes, maxKeys]
    damaged.set(table.subarray(0, damaged.length))
    damaged.set(header.flatMap(bytesOfWord), 8)
    const given = specimen(dimensions, damaged, `header ${header}`)
    announce(given.where)
    // If the header is valid and fits, the bytes are a table, whatever its keys are.
    assert.is(examine(given), isValid && fits, given.where)
  }
  announce()
})

test('a directory that is cyclic or backwards, or names a record twice, an unpublished record or a row, does no harm', () => {
  const last = (rowAddress(dimensions, dimensions.maxThreads) - recordAddress(dimensions, 0)) / RECORD_BYTES
  const lists = [
    ...Array.from({ length: records + 2 }, (_, i) => Array.from({ length: 11 }, () => i)),
    ...Array.from({ length: 11 }, (_, i) => Array.from({ length: 11 }, (_, keyId) => ((keyId + i) % 9) + 1)),
    ...[9, 10, 11, records, records + 1, last - 1, last, last + 1].map(word => [1, word, 3]),
    [9, 8, 7, 6, 5, 4, 3, 2, 1],
    [1, 2, 1, 2, 1, 2, 1, 2],
    [0, 1, 2, 3],
    [1, 0, 3, 0, 5],
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2],
  ]
  for (const list of lists) {
    const damaged = table.slice()
    for (const [keyId, word] of list.entries()) damaged.set(bytesOfWord(word), directoryAddress(keyId))
    examineCopy(damaged, `directory ${list}`)
  }
  announce()
})

test('several words with random values do no harm', () => {
  const places = meaningfulWords(dimensions, textOffsets).filter(({ address }) => address >= 6 * 4)
  runRounds('words', (bytes, where) => {
    const done: string[] = []
    for (let i = random(6); i >= 0; i--) {
      const [{ what, address }, word] = [choose(places), anyWord()]
      bytes.set(bytesOfWord(word), address)
      done.push(`${what} is ${word}`)
    }
    examineCopy(bytes, `${where}: ${done.join(', ')}`)
  })
})

test('flipped bits, overlapping records and random bytes after the header do no harm', () => {
  const start = 6 * 4
  const fill = (bytes: Uint8Array, from: number, end: number) => {
    for (let i = from; i < end; i++) bytes[i] = random(256)
  }
  const damageWays: readonly ((bytes: Uint8Array) => void)[] = [
    bytes => {
      for (let i = random(32); i >= 0; i--) {
        const at = start + random((random(2) ? bytes.length : rowAddress(dimensions, 0)) - start)
        bytes[at] = (bytes[at] as number) ^ (1 << random(8))
      }
    },
    bytes => {
      const from = HEADER_BYTES + 8 * random((rowAddress(dimensions, 0) - HEADER_BYTES) / 8)
      bytes.copyWithin(HEADER_BYTES + 8 * random(300), from, from + 8 * random(40))
    },
    bytes => fill(bytes, start, bytes.length),
    bytes => fill(bytes, rowAddress(dimensions, 0), bytes.length),
    bytes => fill(bytes, random(2) * start, random(bytes.length)),
  ]
  runRounds('bytes', (bytes, where) => {
    const way = random(damageWays.length)
    damageWays[way]?.(bytes)
    examineCopy(bytes, `${where}, way ${way}`)
  })
})

test('bytes that change while they are read do no harm', () => {
  const places = meaningfulWords(dimensions, textOffsets)
  runRounds('changes', (bytes, where) => {
    let stepsToNextChange = random(400)
    let changes = 1 + random(8)
    const target: { bytes?: Uint8Array } = {}
    announce(where)
    const onStep = () => {
      if (changes === 0 || stepsToNextChange-- > 0) return
      changes--
      stepsToNextChange = random(20)
      target.bytes?.set(bytesOfWord(anyWord()), choose(places).address)
    }
    const changing = specimen(dimensions, bytes, where, onStep)
    target.bytes = changing.bytes
    counts[examine(changing) ? 'opened' : 'refused']++
  })
})

skipInBrowsers('a page cannot measure how much memory it takes')(
  'a false length in a header or a record causes no allocation',
  () => {
    // The system reserves this memory, but commits none of it until it is touched.
    const large = { maxThreads: 100, rowBytes: 2 ** 17, maxKeys: 4 }
    const claims: readonly ((words: Int32Array) => void)[] = [
      words => words.set([2 ** 31 - 128, 2 ** 20, 2 ** 31 - 8, 2 ** 30], 2),
      // Every word of record 0 from `length` on, and the records after it.
      words => words.fill(2 ** 31 - 1, recordAddress(large, 0) / 4 + RECORD_WORDS / 4 + 2),
      ...[2, 6, 7, 8].map(field => (words: Int32Array) => {
        words[recordAddress(large, 0) / 4 + RECORD_WORDS / 4 + field] = 2 ** 31 - 1
      }),
    ]
    for (const claim of claims) {
      const given = SlotTable.create({ ...large, threadId: 0 })
      given.key('n', { type: 'u8', length: 9 })
      claim(new Int32Array(given.buffer, 0, 1000))
      const before = process.memoryUsage.rss()
      throws(() => SlotTable.from(given.buffer).keys(), TypeError, /not that of a table|key 0/)
      const grown = process.memoryUsage.rss() - before
      assert.ok(grown < 16 * 2 ** 20, `${claim}: ${grown} bytes for a table of ${given.byteLength}`)
    }
  },
)

test.after(() => console.log(`seed ${seed}: ${counts.opened} damaged tables used, ${counts.refused} refused`))
test.run()
