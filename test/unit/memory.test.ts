import { SlotTable } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  directoryAddress,
  HEADER_BYTES,
  LAYOUT_VERSION,
  MAGIC,
  MAX_NAME_BYTES,
  RECORD_INIT,
  RECORD_NAME,
  RECORD_WORDS,
  ROW_STATE,
  ROWS_USED,
  recordAddress,
  recordsOf,
  rowAddress,
} from '../../src/memory/layout.js'
import { as, seeded, throws, unchanged } from '../support/helpers.js'
import { variables } from '../support/variables.js'

const dimensions = { maxThreads: 3, rowBytes: 64, maxKeys: 4 }
const tableBytes = SlotTable.byteLength(dimensions)
const BEFORE_BYTES = 512
const CANARY = 0xa5
const EXTREMES = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]
const HEADER_WORDS = ['magic', 'version', 'byteLength', 'maxThreads', 'rowBytes', 'maxKeys']

const seed = Number(variables.SEED ?? Date.now() % 2 ** 31)

/** A table with three keys, a running thread 1, a dead thread 2 and what an earlier one left in its row. */
function create(): SlotTable {
  const buffer = new SharedArrayBuffer(BEFORE_BYTES + tableBytes + BEFORE_BYTES)
  const table = SlotTable.create({ ...dimensions, buffer, byteOffset: BEFORE_BYTES, threadId: 0 })
  const bytes = new Uint8Array(buffer)
  bytes.fill(CANARY, 0, BEFORE_BYTES).fill(CANARY, BEFORE_BYTES + tableBytes)
  for (const threadId of [1, 2, 3]) {
    const local = as(table, threadId)
      .attach()
      .locals({
        n: 'u32',
        low: { type: 'f64', fold: 'min' },
        v: { type: 'i64', length: 3, init: 7n },
      })
    local.n += threadId
    local.low = threadId
    local.v[1] = BigInt(threadId)
    if (threadId > 1) table.release(threadId)
  }
  return table
}

/** A copy of a table's buffer, and words of the table in it. */
function copyOf({ buffer }: SlotTable) {
  const copy = new SharedArrayBuffer(buffer.byteLength)
  const bytes = new Uint8Array(copy)
  bytes.set(new Uint8Array(buffer))
  return { buffer: copy, bytes, words: new Int32Array(copy, BEFORE_BYTES, tableBytes / 4) }
}

const open = (buffer: SharedArrayBuffer, byteOffset = BEFORE_BYTES) =>
  SlotTable.from(buffer, { byteOffset, threadId: 9, parentThreadId: -1 })

/** What a call gave or threw; any other error than these two fails the test. */
function outcomeOf(what: string, run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    assert.ok(error instanceof TypeError || error instanceof RangeError, `${what}: ${error}`)
    assert.not.match((error as Error).message, /undefined \(|of undefined|is not a function/, what)
    return error
  }
}

// What is no table

test('random bytes are no table', () => {
  const random = seeded(seed)
  for (let round = 0; round < 2000; round++) {
    const buffer = new SharedArrayBuffer(8 * random(600))
    const words = new Int32Array(buffer)
    for (let i = 0; i < words.length; i++) words[i] = random(2 ** 32) - 2 ** 31
    // Half of them begin like one.
    if (round % 2) words.set([MAGIC, LAYOUT_VERSION].slice(0, words.length))
    const byteOffset = random(2) && 8 * random(20)
    const assertUnchanged = unchanged(buffer)
    const outcome = outcomeOf(`seed ${seed}, round ${round}`, () => open(buffer, byteOffset))
    assert.instance(outcome, Error, `seed ${seed}, round ${round}`)
    assertUnchanged(`seed ${seed}, round ${round}`)
  }
})

test('small plausible numbers in the header are no table either, unless they agree', () => {
  const random = seeded(seed)
  for (let round = 0; round < 5000; round++) {
    const buffer = new SharedArrayBuffer(4096)
    const [maxThreads, rowBytes, maxKeys] = [random(4), random(64), random(4)] as const
    const header = [MAGIC, LAYOUT_VERSION, 128 * random(33), maxThreads, rowBytes, maxKeys]
    new Int32Array(buffer).set(header)
    const outcome = outcomeOf(`seed ${seed}, ${header}`, () => open(buffer, 0))
    const isWhole = maxThreads > 0 && rowBytes > 0 && rowBytes % 8 === 0 && maxKeys > 0
    const agrees = isWhole && SlotTable.byteLength({ maxThreads, rowBytes, maxKeys }) === header[2]
    assert.is(outcome instanceof SlotTable, agrees, `seed ${seed}, ${header}`)
  }
})

test('each word of the header at its extremes, and one beside the right one, is refused', () => {
  const table = create()
  for (const [i, name] of HEADER_WORDS.entries()) {
    const right = copyOf(table).words[i] as number
    const wrong = [...EXTREMES, right - 1, right + 1, right + 8, right - 8, 2 * right, right << 8]
    for (const word of wrong.filter(word => word !== right)) {
      const { buffer, words } = copyOf(table)
      words[i] = word
      const [maxThreads, rowBytes, maxKeys] = words.subarray(3)
      const isWhole = name === 'rowBytes' && word > 0 && word % 8 === 0
      // Rows are rounded up to 128 bytes: other rowBytes may be a table of the same length.
      if (isWhole && SlotTable.byteLength({ maxThreads, rowBytes, maxKeys } as never) === tableBytes) continue
      const assertUnchanged = unchanged(buffer)
      throws(() => open(buffer), TypeError, /table/)
      assertUnchanged(`${name} ${word}`)
    }
  }
})

test('header words that agree with each other but not with the buffer are refused', () => {
  const { buffer, words } = copyOf(create())
  const larger = { ...dimensions, maxThreads: 100 }
  words[2] = SlotTable.byteLength(larger)
  words[3] = larger.maxThreads
  throws(() => open(buffer), RangeError, new RegExp(`${SlotTable.byteLength(larger)}`))
})

test('dimensions whose table would pass 2 GiB are refused, whatever byteLength says', () => {
  const { buffer, words } = copyOf(create())
  for (const byteLength of [...EXTREMES, tableBytes]) {
    words.set([byteLength, 2 ** 31 - 1, 2 ** 31 - 8, 2 ** 31 - 1], 2)
    throws(() => open(buffer), TypeError, /table/)
  }
})

test('a table of the other byte order is another magic', () => {
  const { buffer, bytes } = copyOf(create())
  for (let i = 0; i < HEADER_BYTES; i += 4) bytes.subarray(BEFORE_BYTES + i, BEFORE_BYTES + i + 4).reverse()
  throws(() => open(buffer), TypeError, /table/)
})

test('a truncated table is refused at every length', () => {
  const { bytes } = copyOf(create())
  const whole = bytes.subarray(BEFORE_BYTES, BEFORE_BYTES + tableBytes)
  for (let length = 0; length < tableBytes; length += length < 256 ? 1 : 61) {
    const buffer = new SharedArrayBuffer(length)
    new Uint8Array(buffer).set(whole.subarray(0, length))
    const assertUnchanged = unchanged(buffer)
    throws(() => open(buffer, 0), RangeError, new RegExp(`${length}`))
    assertUnchanged(`${length} bytes`)
  }
  const exact = new SharedArrayBuffer(tableBytes)
  new Uint8Array(exact).set(whole)
  assert.is(open(exact, 0).keys().length, 3)
})

test('every byteOffset but the table’s own is refused', () => {
  const { buffer } = copyOf(create())
  const assertUnchanged = unchanged(buffer)
  for (let byteOffset = -16; byteOffset < buffer.byteLength + 16; byteOffset++) {
    if (byteOffset === BEFORE_BYTES) continue
    const isInside = byteOffset % 8 === 0 && byteOffset >= 0 && byteOffset <= buffer.byteLength - HEADER_BYTES
    throws(() => open(buffer, byteOffset), isInside ? TypeError : RangeError, new RegExp(`${byteOffset}`))
  }
  assertUnchanged()
})

test('memory that is not shared is refused, though a whole table is in it', () => {
  const { bytes } = copyOf(create())
  const buffer = bytes.slice().buffer
  throws(() => open(buffer as never), TypeError, /SharedArrayBuffer/)
  throws(() => open(bytes as never), TypeError, /SharedArrayBuffer/)
})

test('a growable SharedArrayBuffer holds a table, which keeps its length when the buffer grows', () => {
  const options = { maxByteLength: 2 * tableBytes }
  const buffer = new SharedArrayBuffer(tableBytes, options as never) as SharedArrayBuffer & {
    grow(bytes: number): void
  }
  const table = SlotTable.create({ ...dimensions, buffer, threadId: 1 })
  const row = table.attach()
  buffer.grow(2 * tableBytes)
  assert.is(table.byteLength, tableBytes)
  assert.is(row.u8.length, dimensions.rowBytes)
  row.slot(table.key('n', 'u32')).add(1)
  assert.is(open(buffer, 0).fold(open(buffer, 0).key('n', 'u32')), 1)
  const second = SlotTable.create({ ...dimensions, buffer, byteOffset: tableBytes, threadId: 1 })
  assert.equal(second.keys(), [])
})

// Memory that is in use

test('create refuses memory in which a table is, and writes nothing', () => {
  const { buffer } = create()
  const assertUnchanged = unchanged(buffer)
  throws(() => SlotTable.create({ ...dimensions, buffer, byteOffset: BEFORE_BYTES }), TypeError, /512/)
  throws(() => SlotTable.create({ ...dimensions, buffer }), TypeError, /0/)
  throws(() => SlotTable.create({ ...dimensions, buffer, byteOffset: BEFORE_BYTES + 8 }), TypeError)
  assertUnchanged()
})

test('create refuses memory with one stray byte, wherever it is, and writes nothing', () => {
  for (const byte of [0, 7, HEADER_BYTES, tableBytes >> 1, tableBytes - 1]) {
    const buffer = new SharedArrayBuffer(8 + tableBytes + 8)
    new Uint8Array(buffer)[8 + byte] = 1
    const assertUnchanged = unchanged(buffer)
    throws(() => SlotTable.create({ ...dimensions, buffer, byteOffset: 8 }), TypeError, /8/)
    assertUnchanged(`byte ${byte}`)
  }
  for (const byte of [7, 8 + tableBytes]) {
    const buffer = new SharedArrayBuffer(8 + tableBytes + 8)
    new Uint8Array(buffer)[byte] = 1
    assert.is(SlotTable.create({ ...dimensions, buffer, byteOffset: 8 }).byteOffset, 8)
  }
})

test('a refused create leaves the memory zero, to be used later', () => {
  const buffer = new SharedArrayBuffer(tableBytes)
  throws(() => SlotTable.create({ ...dimensions, maxThreads: 4, buffer }), RangeError)
  throws(() => SlotTable.create({ ...dimensions, maxKeys: 0, buffer }), RangeError)
  assert.ok(new Uint8Array(buffer).every(byte => byte === 0))
  assert.is(SlotTable.create({ ...dimensions, buffer }).byteLength, tableBytes)
})

test('a create with a bad thread id leaves the memory zero, to be used later', () => {
  const buffer = new SharedArrayBuffer(tableBytes)
  throws(() => SlotTable.create({ ...dimensions, buffer, threadId: -1 }), RangeError, /threadId/)
  assert.ok(new Uint8Array(buffer).every(byte => byte === 0))
})

// Damage behind a good header

/** A record's words as they follow each other. */
const FIELDS = ['type', 'fold', 'length', 'byteOffset', 'nameBytes'] as const
const fieldIndex = (recordId: number, field: (typeof FIELDS)[number]) =>
  (recordAddress(dimensions, recordId) + RECORD_WORDS) / 4 + FIELDS.indexOf(field)

test('a key record with a field out of its range is a TypeError that names the key', () => {
  const table = create()
  for (const field of FIELDS.filter(field => field !== 'fold')) {
    const index = fieldIndex(1, field)
    const right = copyOf(table).words[index] as number
    // The scalar 'low' of type f64, at byte 8: with a length of 1, or another length of its name, it is another key, but a whole one.
    const wrong = [...EXTREMES, right + 8, right - 8, 99].filter(word => word !== right)
    for (const word of wrong) {
      const { buffer, words } = copyOf(table)
      words[index] = word
      const opened = open(buffer)
      const outcome = outcomeOf(field, () => opened.keys())
      if (outcome instanceof Error) {
        assert.instance(outcome, TypeError)
        assert.match(outcome.message, /key 1/)
        throws(() => opened.key('fresh', 'u32'), TypeError, /key 1/)
        throws(() => open(buffer).attach().locals({ n: 'u32' }), TypeError, /key 1/)
      } else {
        const isOtherKey = field === 'length' && word === 1
        const isOtherName = field === 'nameBytes' && word > 0 && word <= MAX_NAME_BYTES
        assert.ok(isOtherKey || isOtherName, `${field} ${word} is believed`)
      }
    }
  }
})

test('a fold that there is none of is a TypeError, not a sum', () => {
  const table = create()
  for (const word of [0, -1, 5, 99, 2 ** 31 - 1, -(2 ** 31)]) {
    const { buffer, words } = copyOf(table)
    words[fieldIndex(1, 'fold')] = word
    throws(() => open(buffer).keys(), TypeError, /key 1/)
  }
})

test('an init that its type can’t have is a TypeError', () => {
  const { buffer, words } = copyOf(create())
  const f64 = new Float64Array(buffer, BEFORE_BYTES)
  const address = recordAddress(dimensions, 0) + RECORD_INIT
  for (const init of [-1, 0.5, 2 ** 32, Number.NaN, Infinity]) {
    f64[address / 8] = init
    throws(() => open(buffer).keys(), TypeError, /key 0/)
  }
  assert.is(words[0], MAGIC)
})

test('a name that is not UTF-8, or another key’s, is a TypeError', () => {
  const table = create()
  const name = BEFORE_BYTES + recordAddress(dimensions, 1) + RECORD_NAME
  for (const bytes of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xc0, 0x80, 0x41], [0xf4, 0x90, 0x80]]) {
    const copy = copyOf(table)
    copy.bytes.set(bytes, name)
    throws(() => open(copy.buffer).keys(), TypeError, /key 1/)
  }
  const copy = copyOf(table)
  copy.bytes[name] = 'n'.charCodeAt(0)
  copy.words[fieldIndex(1, 'nameBytes')] = 1
  throws(() => open(copy.buffer).keys(), TypeError, /key 1 is damaged: n;/)
})

test('a directory word out of range, or twice the same, is a TypeError', () => {
  const table = create()
  const records = recordsOf(dimensions)
  for (const keyId of [0, 1, 2, 3]) {
    for (const word of [-1, 1, 2, 3, 4, records, records + 1, 2 ** 31 - 1, -(2 ** 31)]) {
      if (word === keyId + 1) continue
      const { buffer, words } = copyOf(table)
      words[directoryAddress(keyId) / 4] = word
      throws(() => open(buffer).keys(), TypeError, new RegExp(`key ${Math.min(keyId, 3)}`))
    }
  }
})

test('an object that knows the keys learns of a directory that is damaged later', () => {
  const table = create()
  const key = table.key('n', 'u32')
  const { length } = table.keys()
  new Int32Array(table.buffer, BEFORE_BYTES)[directoryAddress(length) / 4] = 77
  const sum = outcomeOf('fold', () => table.fold(key))
  assert.ok(sum === 6 || sum instanceof TypeError)
  throws(() => table.keys(), TypeError, /key 3/)
  throws(() => table.key('fresh', 'u32'), TypeError, /key 3/)
})

test('a directory with a hole ends there', () => {
  const { buffer, words } = copyOf(create())
  words[directoryAddress(1) / 4] = 0
  assert.equal(
    open(buffer)
      .keys()
      .map(({ name }) => name),
    ['n'],
  )
})

test('a number of used rows that is too high is not believed', () => {
  for (const word of [dimensions.maxThreads + 1, 100, 2 ** 31 - 1]) {
    const { buffer, words } = copyOf(create())
    words[ROWS_USED / 4] = word
    const table = open(buffer)
    assert.is(table.fold(table.key('n', 'u32')), 6)
    table.release(1)
    table.attach()
    assert.is(table.fold(table.key('n', 'u32')), 6)
  }
})

test('the state’s generation wraps around', () => {
  const table = create()
  const words = new Int32Array(table.buffer, BEFORE_BYTES)
  const key = table.key('n', 'u32')
  const sum = table.fold(key)
  const state = (rowAddress(dimensions, 1) + ROW_STATE) / 4
  for (const start of [2 ** 31 - 4, -4, 2 ** 31 - 8]) {
    words[state] = start | ((words[state] as number) & 3)
    for (let threadId = 20; threadId < 24; threadId++) {
      as(table, threadId).attach()
      assert.ok(words[state] !== start)
      assert.is(table.fold(key), sum)
      table.release(threadId)
    }
  }
})

test.run()
