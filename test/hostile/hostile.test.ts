// Tables whose bytes are anybody's: whatever they say, an answer or a clear error comes, soon, without any access
// outside of the table's own bytes, and without memory in proportion to what they claim.
//
// SEED repeats the random part. RUNS says how many rounds each of it has; left out, as many as the time allows.
import './harness/watch.js'

import { SlotTable } from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  byteLengthOf,
  directoryAddress,
  HEADER_BYTES,
  RECORD_WORDS,
  recordAddress,
  recordsOf,
  rowAddress,
} from '../../src/memory/layout.js'
import { DEPTH } from '../support/effort.js'
import { as, seeded, throws } from '../support/helpers.js'
import { skipInBrowsers } from '../support/skip.js'
import { variables } from '../support/variables.js'
import { bytesOfWord, damages, EXTREMES, words } from './harness/damage.js'
import { examine, specimen } from './harness/examine.js'
import { now } from './harness/watchdog.js'

const dimensions = { maxThreads: 4, rowBytes: 160, maxKeys: 11 }
const records = recordsOf(dimensions)
const SECONDS = 2 * DEPTH
const MAX_BYTES = 2 ** 16
const seed = Number(variables.SEED ?? Date.now() % 2 ** 31)
const runs = Number(variables.RUNS ?? Infinity)
const random = seeded(seed)
const counts = { opened: 0, refused: 0 }

/**
 * Keys of all types and folds, and room for two more. Row 0: thread 1, running. Row 1: what dead thread 2 left, and in
 * the bank what an earlier one did. Row 2: thread 4, running, a child of 1. Row 3 is virgin. Record 9 is half-made.
 */
function create(): Uint8Array {
  const supervisor = SlotTable.create({ ...dimensions, threadId: 0, parentThreadId: -1 })
  const work = (threadId: number, parentThreadId = -1) => {
    const local = as(supervisor, threadId, parentThreadId)
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
      })
    for (const name of ['i', 'u', 'f', 'd'] as const) local[name] = threadId
    local.U = BigInt(threadId)
    local.I[1] = BigInt(threadId)
    local.text[4] = threadId
    local['größe €'][1] = threadId
    local.times.record(threadId)
  }
  work(1)
  work(3)
  supervisor.release(3)
  work(2)
  work(4, 1)
  supervisor.release(2)
  const claims = new BigInt64Array(supervisor.buffer)
  claims[recordAddress(dimensions, 9) / 8] = 6n
  return new Uint8Array(supervisor.buffer)
}

const table = create()

function tryOut(bytes: Uint8Array, where: string, onStep?: (step: number) => void): void {
  now(where)
  counts[examine(specimen(dimensions, bytes, where, onStep)) ? 'opened' : 'refused']++
}

/** Rounds until the time is over. */
function rounds(what: string, round: (bytes: Uint8Array, where: string) => void): void {
  const end = performance.now() + 1000 * SECONDS
  for (let i = 0; i < runs && (runs < Infinity || performance.now() < end); i++)
    round(table.slice(), `${what}, SEED=${seed}, round ${i}`)
  now()
}

const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T
const anyWord = () => (random(3) ? pick(EXTREMES) : random(2 ** 32) - 2 ** 31)

test('the table is a good one', () => {
  tryOut(table, 'undamaged')
  assert.equal(counts, { opened: 1, refused: 0 })
})

test('any single word, name, init or present byte at its extremes', () => {
  for (const { what, address, bytes } of damages(dimensions)) {
    const damaged = table.slice()
    damaged.set(bytes, address)
    tryOut(damaged, what)
  }
  now()
})

test('headers that agree with themselves, and not with reason or the buffer', () => {
  const sizes = [0, -1, 1, 2, 3, 4, 7, 8, 12, 152, 160, 168, 2 ** 31 - 8, 2 ** 31 - 1, -(2 ** 31)]
  for (const maxThreads of sizes) {
    for (const rowBytes of sizes) {
      for (const maxKeys of sizes) {
        const byteLength = byteLengthOf({ maxThreads, rowBytes, maxKeys })
        const isReasonable = maxThreads > 0 && rowBytes > 0 && rowBytes % 8 === 0 && maxKeys > 0
        const isRoom = byteLength <= MAX_BYTES
        const damaged = new Uint8Array(isReasonable && isRoom ? byteLength : table.length)
        const header = [byteLength, maxThreads, rowBytes, maxKeys]
        damaged.set(table.subarray(0, damaged.length))
        damaged.set(header.flatMap(bytesOfWord), 8)
        const given = specimen({ maxThreads, rowBytes, maxKeys }, damaged, `header ${header}`)
        now(given.where)
        // Another table in these bytes is one, whatever its keys are.
        assert.is(examine(given), isReasonable && isRoom, given.where)
      }
    }
  }
  now()
})

test('any directory: cyclic, backwards, the same record twice, records that nobody made, rows', () => {
  const last = (rowAddress(dimensions, dimensions.maxThreads) - recordAddress(dimensions, 0)) / 128
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
    tryOut(damaged, `directory ${list}`)
  }
  now()
})

test('several random words that mean something', () => {
  const places = words(dimensions).filter(({ address }) => address >= 6 * 4)
  rounds('words', (bytes, where) => {
    const done: string[] = []
    for (let i = random(6); i >= 0; i--) {
      const [{ what, address }, word] = [pick(places), anyWord()]
      bytes.set(bytesOfWord(word), address)
      done.push(`${what} is ${word}`)
    }
    tryOut(bytes, `${where}: ${done.join(', ')}`)
  })
})

test('random flipped bits, records that lie over each other, and nothing but random bytes behind the header', () => {
  const start = 6 * 4
  const fill = (bytes: Uint8Array, from: number, end: number) => {
    for (let i = from; i < end; i++) bytes[i] = random(256)
  }
  const ways: readonly ((bytes: Uint8Array) => void)[] = [
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
  rounds('bytes', (bytes, where) => {
    const way = random(ways.length)
    ways[way]?.(bytes)
    tryOut(bytes, `${where}, way ${way}`)
  })
})

test('memory that changes under the hands of whoever reads it', () => {
  const places = words(dimensions)
  rounds('changes', (bytes, where) => {
    let left = random(400)
    let changes = 1 + random(8)
    const given: { bytes?: Uint8Array } = {}
    now(where)
    const onStep = () => {
      if (changes === 0 || left-- > 0) return
      changes--
      left = random(20)
      given.bytes?.set(bytesOfWord(anyWord()), pick(places).address)
    }
    const changing = specimen(dimensions, bytes, where, onStep)
    given.bytes = changing.bytes
    counts[examine(changing) ? 'opened' : 'refused']++
  })
})

skipInBrowsers('a page is not told how much memory it takes')(
  'what a header or a record claims takes no memory',
  () => {
    // Reserved, and never touched.
    const large = { maxThreads: 100, rowBytes: 2 ** 17, maxKeys: 4 }
    const claims: readonly ((words: Int32Array) => void)[] = [
      words => words.set([2 ** 31 - 128, 2 ** 20, 2 ** 31 - 8, 2 ** 30], 2),
      // Length, and the bytes of the name.
      words => words.fill(2 ** 31 - 1, recordAddress(large, 0) / 4 + RECORD_WORDS / 4 + 2),
      ...[2, 4].map(field => (words: Int32Array) => {
        words[recordAddress(large, 0) / 4 + RECORD_WORDS / 4 + field] = 2 ** 31 - 1
      }),
    ]
    for (const claim of claims) {
      const given = SlotTable.create({ ...large, threadId: 0 })
      given.key('n', { type: 'u8', length: 9 })
      claim(new Int32Array(given.buffer, 0, 1000))
      const before = process.memoryUsage.rss()
      throws(() => SlotTable.from(given.buffer).keys(), TypeError, /no table|key 0/)
      const grown = process.memoryUsage.rss() - before
      assert.ok(grown < 16 * 2 ** 20, `${claim}: ${grown} bytes for a table of ${given.byteLength}`)
    }
  },
)

test.after(() => console.log(`seed ${seed}: ${counts.opened} damaged tables used, ${counts.refused} refused`))
test.run()
