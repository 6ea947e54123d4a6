import { SlotTable } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  directoryAddress,
  HEADER_BYTES,
  LAYOUT_VERSION,
  MAGIC,
  MAX_HELP_BYTES,
  MAX_NAME_BYTES,
  MAX_UNIT_BYTES,
  RECORD_INIT,
  RECORD_TEXTS,
  RECORD_WORDS,
  ROW_STATE,
  ROWS_USED,
  recordAddress,
  recordCount,
  rowAddress,
} from '../../src/memory/layout.js'
import { asThread } from '../support/as-thread.js'
import { rememberBytes, throws } from '../support/assertions.js'
import { randomIntegersFrom } from '../support/random.js'
import { settings } from '../support/settings.js'

const dimensions = { maxThreads: 3, rowBytes: 64, maxKeys: 4 }
const tableBytes = SlotTable.byteLength(dimensions)
const BEFORE_BYTES = 512
const CANARY = 0xa5
const EXTREMES = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]
const FIXED_HEADER_WORDS = ['magic', 'version', 'byteLength', 'maxThreads', 'rowBytes', 'maxKeys']

const seed = Number(settings.SEED ?? Date.now() % 2 ** 31)

/** A table with three keys, a running thread 1, and a row in which the dead threads 2 and 3 have left values. */
function create(): SlotTable {
  const buffer = new SharedArrayBuffer(BEFORE_BYTES + tableBytes + BEFORE_BYTES)
  const table = SlotTable.create({ ...dimensions, buffer, byteOffset: BEFORE_BYTES, threadId: 0 })
  const bytes = new Uint8Array(buffer)
  bytes.fill(CANARY, 0, BEFORE_BYTES).fill(CANARY, BEFORE_BYTES + tableBytes)
  for (const threadId of [1, 2, 3]) {
    const local = asThread(table, threadId)
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

/** A copy of a table's buffer, its bytes, and the words of the table in it. */
function copyOf({ buffer }: SlotTable) {
  const copy = new SharedArrayBuffer(buffer.byteLength)
  const bytes = new Uint8Array(copy)
  bytes.set(new Uint8Array(buffer))
  return { buffer: copy, bytes, words: new Int32Array(copy, BEFORE_BYTES, tableBytes / 4) }
}

const open = (buffer: SharedArrayBuffer, byteOffset = BEFORE_BYTES) =>
  SlotTable.from(buffer, { byteOffset, threadId: 9, parentThreadId: -1 })

/** What a call returned or threw. An error that is not a deliberate TypeError or RangeError fails the test. */
function outcomeOf(what: string, run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    assert.ok(error instanceof TypeError || error instanceof RangeError, `${what}: ${error}`)
    assert.not.match((error as Error).message, /undefined \(|of undefined|is not a function/, what)
    return error
  }
}

// Memory that contains no table

test('SlotTable.from refuses random bytes, and writes nothing', () => {
  const random = randomIntegersFrom(seed)
  for (let round = 0; round < 2000; round++) {
    const buffer = new SharedArrayBuffer(8 * random(600))
    const words = new Int32Array(buffer)
    for (let i = 0; i < words.length; i++) words[i] = random(2 ** 32) - 2 ** 31
    // Half of the buffers begin like a table.
    if (round % 2) words.set([MAGIC, LAYOUT_VERSION].slice(0, words.length))
    const byteOffset = random(2) && 8 * random(20)
    const assertUnchanged = rememberBytes(buffer)
    const outcome = outcomeOf(`seed ${seed}, round ${round}`, () => open(buffer, byteOffset))
    assert.instance(outcome, Error, `seed ${seed}, round ${round}`)
    assertUnchanged(`seed ${seed}, round ${round}`)
  }
})

test('SlotTable.from accepts small random numbers in a header only if they agree with each other', () => {
  const random = randomIntegersFrom(seed)
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

test('SlotTable.from refuses a header with any one word changed, and writes nothing', () => {
  const table = create()
  for (const [i, name] of FIXED_HEADER_WORDS.entries()) {
    const right = copyOf(table).words[i] as number
    const wrong = [...EXTREMES, right - 1, right + 1, right + 8, right - 8, 2 * right, right << 8]
    for (const word of wrong.filter(word => word !== right)) {
      const { buffer, words } = copyOf(table)
      words[i] = word
      const [maxThreads, rowBytes, maxKeys] = words.subarray(3)
      const isWhole = name === 'rowBytes' && word > 0 && word % 8 === 0
      // Rows are rounded up to 128 bytes, so another rowBytes may describe a table of the same length.
      if (isWhole && SlotTable.byteLength({ maxThreads, rowBytes, maxKeys } as never) === tableBytes) continue
      const assertUnchanged = rememberBytes(buffer)
      throws(() => open(buffer), TypeError, /table/)
      assertUnchanged(`${name} ${word}`)
    }
  }
})

test('SlotTable.from refuses a header of a table that is longer than the buffer', () => {
  const { buffer, words } = copyOf(create())
  const larger = { ...dimensions, maxThreads: 100 }
  words[2] = SlotTable.byteLength(larger)
  words[3] = larger.maxThreads
  throws(() => open(buffer), RangeError, new RegExp(`${SlotTable.byteLength(larger)}`))
})

test('SlotTable.from refuses dimensions of a table of more than 2 GiB, whatever the header’s byteLength is', () => {
  const { buffer, words } = copyOf(create())
  for (const byteLength of [...EXTREMES, tableBytes]) {
    words.set([byteLength, 2 ** 31 - 1, 2 ** 31 - 8, 2 ** 31 - 1], 2)
    throws(() => open(buffer), TypeError, /table/)
  }
})

test('SlotTable.from refuses a table of the other byte order', () => {
  const { buffer, bytes } = copyOf(create())
  for (let i = 0; i < HEADER_BYTES; i += 4) bytes.subarray(BEFORE_BYTES + i, BEFORE_BYTES + i + 4).reverse()
  throws(() => open(buffer), TypeError, /table/)
})

test('SlotTable.from refuses a truncated table of any length', () => {
  const { bytes } = copyOf(create())
  const whole = bytes.subarray(BEFORE_BYTES, BEFORE_BYTES + tableBytes)
  for (let length = 0; length < tableBytes; length += length < 256 ? 1 : 61) {
    const buffer = new SharedArrayBuffer(length)
    new Uint8Array(buffer).set(whole.subarray(0, length))
    const assertUnchanged = rememberBytes(buffer)
    throws(() => open(buffer, 0), RangeError, new RegExp(`${length}`))
    assertUnchanged(`${length} bytes`)
  }
  const exact = new SharedArrayBuffer(tableBytes)
  new Uint8Array(exact).set(whole)
  assert.is(open(exact, 0).keys().length, 3)
})

test('SlotTable.from refuses every byteOffset but the table’s own', () => {
  const { buffer } = copyOf(create())
  const assertUnchanged = rememberBytes(buffer)
  for (let byteOffset = -16; byteOffset < buffer.byteLength + 16; byteOffset++) {
    if (byteOffset === BEFORE_BYTES) continue
    const isInside = byteOffset % 8 === 0 && byteOffset >= 0 && byteOffset <= buffer.byteLength - HEADER_BYTES
    throws(() => open(buffer, byteOffset), isInside ? TypeError : RangeError, new RegExp(`${byteOffset}`))
  }
  assertUnchanged()
})

test('SlotTable.from refuses memory that is not shared, even if it contains a whole table', () => {
  const { bytes } = copyOf(create())
  const buffer = bytes.slice().buffer
  throws(() => open(buffer as never), TypeError, /SharedArrayBuffer/)
  throws(() => open(bytes as never), TypeError, /SharedArrayBuffer/)
})

test('a table in a growable SharedArrayBuffer keeps its length when the buffer grows', () => {
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

test('SlotTable.create refuses memory that contains a table, and writes nothing', () => {
  const { buffer } = create()
  const assertUnchanged = rememberBytes(buffer)
  throws(() => SlotTable.create({ ...dimensions, buffer, byteOffset: BEFORE_BYTES }), TypeError, /512/)
  throws(() => SlotTable.create({ ...dimensions, buffer }), TypeError, /0/)
  throws(() => SlotTable.create({ ...dimensions, buffer, byteOffset: BEFORE_BYTES + 8 }), TypeError)
  assertUnchanged()
})

test('SlotTable.create refuses memory in which any byte is not zero, and writes nothing', () => {
  for (const byte of [0, 7, HEADER_BYTES, tableBytes >> 1, tableBytes - 1]) {
    const buffer = new SharedArrayBuffer(8 + tableBytes + 8)
    new Uint8Array(buffer)[8 + byte] = 1
    const assertUnchanged = rememberBytes(buffer)
    throws(() => SlotTable.create({ ...dimensions, buffer, byteOffset: 8 }), TypeError, /8/)
    assertUnchanged(`byte ${byte}`)
  }
  for (const byte of [7, 8 + tableBytes]) {
    const buffer = new SharedArrayBuffer(8 + tableBytes + 8)
    new Uint8Array(buffer)[byte] = 1
    assert.is(SlotTable.create({ ...dimensions, buffer, byteOffset: 8 }).byteOffset, 8)
  }
})

test('a create that is refused for its dimensions leaves the memory zero', () => {
  const buffer = new SharedArrayBuffer(tableBytes)
  throws(() => SlotTable.create({ ...dimensions, maxThreads: 4, buffer }), RangeError)
  throws(() => SlotTable.create({ ...dimensions, maxKeys: 0, buffer }), RangeError)
  assert.ok(new Uint8Array(buffer).every(byte => byte === 0))
  assert.is(SlotTable.create({ ...dimensions, buffer }).byteLength, tableBytes)
})

test('a create that is refused for its thread id leaves the memory zero', () => {
  const buffer = new SharedArrayBuffer(tableBytes)
  throws(() => SlotTable.create({ ...dimensions, buffer, threadId: -1 }), RangeError, /threadId/)
  assert.ok(new Uint8Array(buffer).every(byte => byte === 0))
})

// A good header, and damage behind it

/** The words of a record, in their order. */
const FIELDS = [
  'type',
  'fold',
  'length',
  'byteOffset',
  'histogram',
  'flags',
  'nameBytes',
  'unitBytes',
  'helpBytes',
] as const
const fieldIndex = (recordId: number, field: (typeof FIELDS)[number]) =>
  (recordAddress(dimensions, recordId) + RECORD_WORDS) / 4 + FIELDS.indexOf(field)

test('a key record with a field out of range is a TypeError that names the key', () => {
  const table = create()
  for (const field of ['type', 'length', 'byteOffset', 'nameBytes', 'unitBytes', 'helpBytes'] as const) {
    const index = fieldIndex(1, field)
    const right = copyOf(table).words[index] as number
    // The record of 'low', an f64 scalar at byte 8. With a length of 1 or a shorter or longer name, it is a
    // valid record of another key.
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
        const isUnit = field === 'unitBytes' && word > 0 && word <= MAX_UNIT_BYTES
        const isHelp = field === 'helpBytes' && word > 0 && word <= MAX_HELP_BYTES
        assert.ok(isOtherKey || isOtherName || isUnit || isHelp, `${field} ${word} is accepted`)
      }
    }
  }
})

test('a key record with an unknown fold is a TypeError', () => {
  const table = create()
  for (const word of [0, -1, 5, 99, 2 ** 31 - 1, -(2 ** 31)]) {
    const { buffer, words } = copyOf(table)
    words[fieldIndex(1, 'fold')] = word
    throws(() => open(buffer).keys(), TypeError, /key 1/)
  }
})

test('a key record with an init that its type can’t have is a TypeError', () => {
  const { buffer, words } = copyOf(create())
  const f64 = new Float64Array(buffer, BEFORE_BYTES)
  const address = recordAddress(dimensions, 0) + RECORD_INIT
  for (const init of [-1, 0.5, 2 ** 32, Number.NaN, Infinity]) {
    f64[address / 8] = init
    throws(() => open(buffer).keys(), TypeError, /key 0/)
  }
  assert.is(words[0], MAGIC)
})

test('a key record with a name that is not UTF-8, or is another key’s, is a TypeError', () => {
  const table = create()
  const name = BEFORE_BYTES + recordAddress(dimensions, 1) + RECORD_TEXTS
  for (const bytes of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xc0, 0x80, 0x41], [0xf4, 0x90, 0x80]]) {
    const copy = copyOf(table)
    copy.bytes.set(bytes, name)
    throws(() => open(copy.buffer).keys(), TypeError, /key 1/)
  }
  const copy = copyOf(table)
  copy.bytes[name] = 'n'.charCodeAt(0)
  copy.words[fieldIndex(1, 'nameBytes')] = 1
  throws(() => open(copy.buffer).keys(), TypeError, /key 1 is damaged \(.*it contradicts earlier keys\)/)
})

test('a directory word that is out of range or repeated is a TypeError', () => {
  const table = create()
  const records = recordCount(dimensions)
  for (const keyId of [0, 1, 2, 3]) {
    for (const word of [-1, 1, 2, 3, 4, records, records + 1, 2 ** 31 - 1, -(2 ** 31)]) {
      if (word === keyId + 1) continue
      const { buffer, words } = copyOf(table)
      words[directoryAddress(keyId) / 4] = word
      throws(() => open(buffer).keys(), TypeError, new RegExp(`key ${Math.min(keyId, 3)}`))
    }
  }
})

test('a table object that has read its keys notices a directory that is damaged later', () => {
  const table = create()
  const key = table.key('n', 'u32')
  const { length } = table.keys()
  new Int32Array(table.buffer, BEFORE_BYTES)[directoryAddress(length) / 4] = 77
  const sum = outcomeOf('fold', () => table.fold(key))
  assert.ok(sum === 6 || sum instanceof TypeError)
  throws(() => table.keys(), TypeError, /key 3/)
  throws(() => table.key('fresh', 'u32'), TypeError, /key 3/)
})

test('the list of keys ends at the first empty directory word', () => {
  const { buffer, words } = copyOf(create())
  words[directoryAddress(1) / 4] = 0
  assert.equal(
    open(buffer)
      .keys()
      .map(({ name }) => name),
    ['n'],
  )
})

test('a number of used rows that exceeds maxThreads does no harm', () => {
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

test('readings and reuse of a row work when its generation wraps around', () => {
  const table = create()
  const words = new Int32Array(table.buffer, BEFORE_BYTES)
  const key = table.key('n', 'u32')
  const sum = table.fold(key)
  const state = (rowAddress(dimensions, 1) + ROW_STATE) / 4
  for (const start of [2 ** 31 - 4, -4, 2 ** 31 - 8]) {
    words[state] = start | ((words[state] as number) & 3)
    for (let threadId = 20; threadId < 24; threadId++) {
      asThread(table, threadId).attach()
      assert.ok(words[state] !== start)
      assert.is(table.fold(key), sum)
      table.release(threadId)
    }
  }
})

test.run()
