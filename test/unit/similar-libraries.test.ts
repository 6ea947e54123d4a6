// Cases that the tests of similar libraries check (counters in shared files, thread-locals of other
// languages), rewritten. Threads are table objects here, so that each case can be tried in all its forms.
import { type Key, type SlotSpec, SlotTable } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ROWS_USED, rowAddress } from '../../src/memory/layout.js'
import { bytesPerElement, ELEMENT_TYPES, FOLDS } from '../../src/memory/slot-types.js'
import { asThread } from '../support/as-thread.js'
import { firstDifference } from '../support/bytes.js'
import { randomIntegersFrom } from '../support/random.js'
import { settings } from '../support/settings.js'
import { rowIdOf } from '../support/table-usage.js'

const seed = Number(settings.SEED ?? Date.now() % 2 ** 31)
const randomBelow = randomIntegersFrom(seed)
const ids = (count: number) => Array.from({ length: count }, (_, id) => id)

test('sums are exact after 1,000 threads have come and gone, in any order', () => {
  const table = SlotTable.create({ maxThreads: 8, rowBytes: 64, maxKeys: 8, threadId: 5000 })
  const keys = {
    sum: table.key('sum', 'u32'),
    big: table.key('big', 'i64'),
    least: table.key('least', { type: 'i32', fold: 'min' }),
    most: table.key('most', { type: 'f64', fold: 'max' }),
    parts: table.key('parts', { type: 'u32', length: 3 }),
  }
  const running: number[] = []
  const expected = { sum: 0, big: 0n, least: 0x7fffffff, most: -Infinity, parts: [0, 0, 0] }
  const end = () => table.release(running.splice(randomBelow(running.length), 1)[0] as number)
  for (let threadId = 0; threadId < 1000; threadId++) {
    // Sometimes all eight rows are taken, and sometimes none.
    while (running.length === 8 || (running.length > 0 && randomBelow(2) === 0)) end()
    const row = asThread(table, threadId).attach()
    running.push(threadId)
    // So large that a 32-bit sum would wrap.
    const amount = 2 ** 32 - 1 - randomBelow(1000)
    row.slot(keys.sum).add(amount)
    row.slot(keys.big).add(BigInt(amount) << 20n)
    row.slot(keys.least).min(threadId - 500)
    row.slot(keys.most).max(threadId / 2)
    row.slot(keys.parts).value[threadId % 3] = amount
    expected.sum += amount
    expected.big += BigInt(amount) << 20n
    expected.least = Math.min(expected.least, threadId - 500)
    expected.most = Math.max(expected.most, threadId / 2)
    expected.parts[threadId % 3] = (expected.parts[threadId % 3] as number) + amount
    assert.is(table.fold(keys.sum), expected.sum, `thread ${threadId}, SEED=${seed}`)
  }
  while (running.length > 0) end()
  const { threads, retired, totals } = table.snapshot()
  assert.equal(threads, [])
  assert.equal(totals, retired)
  assert.equal(totals, { ...expected, parts: Float64Array.from(expected.parts) }, `SEED=${seed}`)
})

/** A random definition of up to 40 bytes. */
function anySpec(): SlotSpec {
  const type = ELEMENT_TYPES[randomBelow(ELEMENT_TYPES.length)]
  if (type === 'u8') return { type, length: 1 + randomBelow(9) }
  const fold = FOLDS[randomBelow(FOLDS.length)]
  return { type, fold, ...(randomBelow(2) && { length: 1 + randomBelow(5) }) } as SlotSpec
}

test('a reader that attaches again recovers all keys, and never reuses the bytes of one for another', () => {
  const rowBytes = 8192
  const first = SlotTable.create({ maxThreads: 3, rowBytes, maxKeys: 400, threadId: 1_000_000 })
  const elder = first.attach()
  const made: Key[] = []
  /** For each byte of a row, the id of the key that it belongs to, plus 1; 0 if it is free. */
  const owners = new Uint16Array(rowBytes)
  const marks = new Uint8Array(rowBytes)
  for (let life = 0; life < 150; life++) {
    const where = `life ${life}, SEED=${seed}`
    // The new reader has nothing but the buffer.
    const reader = SlotTable.from(first.buffer, { threadId: life })
    assert.equal(
      reader.keys().map(key => ({ ...key })),
      made,
      where,
    )
    const row = reader.attach()
    for (let i = randomBelow(5); i > 0; i--) {
      const key = reader.key(`key ${made.length}`, anySpec())
      const end = key.byteOffset + bytesPerElement(key.type) * (key.length ?? 1)
      assert.ok(
        owners.subarray(key.byteOffset, end).every(owner => owner === 0),
        `${where}: overlap`,
      )
      owners.fill(made.push({ ...key }), key.byteOffset, end)
      // The first use writes the key's init; after that, its bytes can be marked.
      elder.byteAddress(key)
      marks.fill(1 + randomBelow(255), key.byteOffset, end)
      elder.u8.fill(marks[key.byteOffset] as number, key.byteOffset, end)
    }
    // A key's bytes are in the same place of this row as of the elder's.
    row.u8.set(marks)
    for (const key of reader.keys()) row.slot(key).reset()
    assert.equal(elder.u8, marks, where)
    if (life % 3) first.release(life)
    else if (life) first.release(life - 3)
  }
  assert.ok(made.length > 200, `only ${made.length} keys; SEED=${seed}`)
})

/** What the tests below use of a vector's typed array, regardless of its type. */
interface Elements {
  [index: number]: unknown
  fill(value: unknown): void
}

/** A table with eight threads, each of which has set one bit, and a function that checks all readings of it. */
function eightThreads() {
  const dimensions = { maxThreads: 10, rowBytes: 16, maxKeys: 2 }
  const table = SlotTable.create({ ...dimensions, threadId: 100 })
  const bits = table.key('bits', 'u32')
  for (const threadId of ids(8))
    asThread(table, threadId)
      .attach()
      .slot(bits)
      .add(1 << threadId)
  const expect = (alive: number[], where: string) => {
    const sum = alive.reduce((sum, threadId) => sum + (1 << threadId), 0)
    const { threads, retired, totals } = table.snapshot()
    const folds = [table.fold(bits), table.fold(bits, 'live'), table.fold(bits, 'retired')]
    assert.equal(folds, [255, sum, 255 - sum], where)
    assert.equal([totals.bits, retired.bits], [255, 255 - sum], where)
    const values = alive.map(threadId => ({ threadId, value: 1 << threadId }))
    assert.equal(table.perThread(bits), values, where)
    assert.equal(
      threads.map(({ threadId, values }) => ({ threadId, value: values.bits })),
      values,
      where,
    )
  }
  return { dimensions, table, bits, expect }
}

test('free rows between others, wherever they are, don’t end an iteration', () => {
  for (let holes = 0; holes < 256; holes++) {
    const { table, expect } = eightThreads()
    const isHole = (rowId: number) => (holes >> rowId) & 1
    for (const threadId of ids(8)) if (isHole(threadId)) table.release(threadId)
    const alive = ids(8).filter(threadId => !isHole(threadId))
    expect(alive, `holes ${holes.toString(2)}`)
    // The last running thread finds its row again, behind all free ones, and a new thread takes the lowest free row.
    const last = alive.at(-1)
    if (last !== undefined) assert.is(rowIdOf(table, asThread(table, last).attach()), last)
    const lowest = ids(9).find(rowId => rowId === 8 || isHole(rowId))
    assert.is(rowIdOf(table, asThread(table, 50).attach()), lowest)
    // The new thread has not used the key.
    expect(alive, `holes ${holes.toString(2)}, one filled`)
    for (const threadId of alive) table.release(threadId)
    expect([], 'nobody left')
  }
})

test('rows that were claimed but never prepared don’t end an iteration', () => {
  for (let holes = 0; holes < 256; holes++) {
    const { dimensions, table, bits, expect } = eightThreads()
    const claims = new BigInt64Array(table.buffer)
    const claim = (rowId: number, threadId: number) => {
      claims[rowAddress(dimensions, rowId) / 8] = BigInt(threadId + 1)
    }
    const alive = ids(8).filter(threadId => ((holes >> threadId) & 1) === 0)
    for (const threadId of ids(8)) {
      if (alive.includes(threadId)) continue
      table.release(threadId)
      claim(threadId, 60 + threadId)
    }
    // Make it look as if the ninth row had been claimed for the first time; the next thread then takes the tenth.
    new Int32Array(table.buffer)[ROWS_USED / 4] = 9
    claim(8, 68)
    assert.is(rowIdOf(table, asThread(table, 9).attach()), 9)
    expect(alive, `holes ${holes.toString(2)}`)
    for (const rowId of ids(9)) table.release(60 + rowId)
    expect(alive, `holes ${holes.toString(2)}, released`)
    asThread(table, 9).attach().slot(bits).add(256)
    assert.is(table.fold(bits), 511)
  }
})

test('writing a vector, and folding it after its thread’s death, leaves its neighbours alone', () => {
  for (const type of ELEMENT_TYPES) {
    for (const length of [1, 2, 3, 5, 8]) {
      const where = `${type}[${length}]`
      const table = SlotTable.create({ maxThreads: 3, rowBytes: 128, maxKeys: 3, threadId: 100 })
      const before = table.key('before', { type: 'i32', init: -1 })
      const vector: Key = table.key('vector', { type, length } as SlotSpec)
      const after = table.key('after', { type: 'i32', init: -1 })
      const use = (threadId: number) => {
        const row = asThread(table, threadId).attach()
        for (const key of [before, after]) row.slot(key).add(-threadId)
        return { start: row.byteAddress(vector), elements: row.slot(vector).value as Elements }
      }
      const [, { start, elements }] = [use(1), use(2), use(3)]
      const bytes = new Uint8Array(table.buffer)
      const expected = bytes.slice()
      const one = type === 'i64' || type === 'u64' ? 1n : 1
      for (const index of [-1, length, length + 1, 2 ** 32]) elements[index] = one
      elements.fill(one)
      for (let i = 0; i < length; i++) assert.is(elements[i], one, where)
      const own = bytesPerElement(type) * length
      expected.set(bytes.subarray(start, start + own), start)
      assert.is(firstDifference(bytes, expected), -1, `${where}: other bytes than the vector's`)

      table.release(2)
      asThread(table, 4).attach()
      const { threads, retired } = table.snapshot()
      assert.equal([retired.before, retired.after], [-3, -3], where)
      const folded = type === 'u8' ? [] : Array(length).fill(one)
      assert.equal([...((retired.vector ?? []) as Float64Array)], folded, where)
      assert.equal(
        threads.map(({ values }) => [values.before, values.after]),
        [1, 3].map(threadId => [-1 - threadId, -1 - threadId]),
        where,
      )
    }
  }
})

test.run()
