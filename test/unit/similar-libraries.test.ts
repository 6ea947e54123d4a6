// Cases that the suites of similar libraries check (counters in shared files, thread-locals of other languages), in our
// own words. Threads are made up here, so that each case can be tried in all its forms.
import { type Key, type SlotSpec, SlotTable } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesOf, FOLDS, ROWS_USED, rowAddress, SLOT_TYPES } from '../../src/memory/layout.js'
import { differenceOf } from '../support/bytes.js'
import { as, seeded } from '../support/helpers.js'
import { rowIdOf } from '../support/table-usage.js'
import { variables } from '../support/variables.js'

const seed = Number(variables.SEED ?? Date.now() % 2 ** 31)
const dice = seeded(seed)
const ids = (count: number) => Array.from({ length: count }, (_, id) => id)

test('sums are exact after 1,000 threads have come and gone, whatever the order in which they went', () => {
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
  const end = () => table.release(running.splice(dice(running.length), 1)[0] as number)
  for (let threadId = 0; threadId < 1000; threadId++) {
    // Now all eight rows are taken, now none.
    while (running.length === 8 || (running.length > 0 && dice(2) === 0)) end()
    const row = as(table, threadId).attach()
    running.push(threadId)
    // So large that a sum of 32 bits would wrap.
    const amount = 2 ** 32 - 1 - dice(1000)
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

/** Any definition, of up to 40 bytes. */
function anySpec(): SlotSpec {
  const type = SLOT_TYPES[dice(SLOT_TYPES.length)]
  if (type === 'u8') return { type, length: 1 + dice(9) }
  const fold = FOLDS[dice(FOLDS.length)]
  return { type, fold, ...(dice(2) && { length: 1 + dice(5) }) } as SlotSpec
}

test('a reader that attaches anew recovers all keys, and goes on without reusing a live offset', () => {
  const rowBytes = 8192
  const first = SlotTable.create({ maxThreads: 3, rowBytes, maxKeys: 400, threadId: 1_000_000 })
  const elder = first.attach()
  const made: Key[] = []
  /** Whose bytes of a row are whose: a key's id + 1, or 0. */
  const owners = new Uint16Array(rowBytes)
  const marks = new Uint8Array(rowBytes)
  for (let life = 0; life < 150; life++) {
    const where = `life ${life}, SEED=${seed}`
    // All that it has is the buffer.
    const reader = SlotTable.from(first.buffer, { threadId: life })
    assert.equal(
      reader.keys().map(key => ({ ...key })),
      made,
      where,
    )
    const row = reader.attach()
    for (let i = dice(5); i > 0; i--) {
      const key = reader.key(`key ${made.length}`, anySpec())
      const end = key.byteOffset + bytesOf(key.type) * (key.length ?? 1)
      assert.ok(
        owners.subarray(key.byteOffset, end).every(owner => owner === 0),
        `${where}: overlap`,
      )
      owners.fill(made.push({ ...key }), key.byteOffset, end)
      // The first use writes init there, and nowhere else.
      elder.byteAddress(key)
      marks.fill(1 + dice(255), key.byteOffset, end)
      elder.u8.fill(marks[key.byteOffset] as number, key.byteOffset, end)
    }
    // What is written under a key's name is where it was marked, in this row as in the elder's.
    row.u8.set(marks)
    for (const key of reader.keys()) row.slot(key).reset()
    assert.equal(elder.u8, marks, where)
    if (life % 3) first.release(life)
    else if (life) first.release(life - 3)
  }
  assert.ok(made.length > 200, `only ${made.length} keys; SEED=${seed}`)
})

/** What of a vector's typed array is used below, whatever its type. */
interface Elements {
  [index: number]: unknown
  fill(value: unknown): void
}

/** Eight threads, each with a bit of its own, and a table that sees them. */
function eightThreads() {
  const dimensions = { maxThreads: 10, rowBytes: 16, maxKeys: 2 }
  const table = SlotTable.create({ ...dimensions, threadId: 100 })
  const bits = table.key('bits', 'u32')
  for (const threadId of ids(8))
    as(table, threadId)
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

test('holes in the rows, wherever they are, don’t end an iteration', () => {
  for (let holes = 0; holes < 256; holes++) {
    const { table, expect } = eightThreads()
    const isHole = (rowId: number) => (holes >> rowId) & 1
    for (const threadId of ids(8)) if (isHole(threadId)) table.release(threadId)
    const alive = ids(8).filter(threadId => !isHole(threadId))
    expect(alive, `holes ${holes.toString(2)}`)
    // Behind all holes a thread finds its row again, and a new one the lowest hole.
    const last = alive.at(-1)
    if (last !== undefined) assert.is(rowIdOf(table, as(table, last).attach()), last)
    const lowest = ids(9).find(rowId => rowId === 8 || isHole(rowId))
    assert.is(rowIdOf(table, as(table, 50).attach()), lowest)
    // It has used nothing.
    expect(alive, `holes ${holes.toString(2)}, one filled`)
    for (const threadId of alive) table.release(threadId)
    expect([], 'nobody left')
  }
})

test('rows that were claimed and never made ready don’t end an iteration either', () => {
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
    // Nobody had the ninth row yet, and the tenth is in use.
    new Int32Array(table.buffer)[ROWS_USED / 4] = 9
    claim(8, 68)
    assert.is(rowIdOf(table, as(table, 9).attach()), 9)
    expect(alive, `holes ${holes.toString(2)}`)
    for (const rowId of ids(9)) table.release(60 + rowId)
    expect(alive, `holes ${holes.toString(2)}, released`)
    as(table, 9).attach().slot(bits).add(256)
    assert.is(table.fold(bits), 511)
  }
})

test('neighbours of a vector are untouched, in life and death', () => {
  for (const type of SLOT_TYPES) {
    for (const length of [1, 2, 3, 5, 8]) {
      const where = `${type}[${length}]`
      const table = SlotTable.create({ maxThreads: 3, rowBytes: 128, maxKeys: 3, threadId: 100 })
      const before = table.key('before', { type: 'i32', init: -1 })
      const vector: Key = table.key('vector', { type, length } as SlotSpec)
      const after = table.key('after', { type: 'i32', init: -1 })
      const use = (threadId: number) => {
        const row = as(table, threadId).attach()
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
      const own = bytesOf(type) * length
      expected.set(bytes.subarray(start, start + own), start)
      assert.is(differenceOf(bytes, expected), -1, `${where}: other bytes than the vector's`)

      table.release(2)
      as(table, 4).attach()
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
