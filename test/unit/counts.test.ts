// `count`: whole numbers from 0 to 2^53 − 1, through accessors, handles, folds and native code.
import { type Key, type Row, SlotTable } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { asThread } from '../support/as-thread.js'
import { rememberBytes, throws } from '../support/assertions.js'

const GREATEST = Number.MAX_SAFE_INTEGER
/** The ends of the two words, and one past them. */
const MAGNITUDES = [
  0,
  1,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 31 + 1,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 32 + 1,
  2 ** 33 - 1,
  2 ** 33,
  2 ** 52,
  GREATEST - 1,
  GREATEST,
]
/** What a count refuses: numbers that it can't hold, and values that are no numbers. */
const REFUSED: readonly (readonly [value: unknown, Kind: typeof RangeError | typeof TypeError])[] = [
  [-1, RangeError],
  [-(2 ** 31), RangeError],
  [0.5, RangeError],
  [2 ** 31 + 0.5, RangeError],
  [Number.NaN, RangeError],
  [Infinity, RangeError],
  [-Infinity, RangeError],
  [2 ** 53, RangeError],
  ['5', TypeError],
  [undefined, TypeError],
  [null, TypeError],
  [true, TypeError],
  [{}, TypeError],
]

const create = () => SlotTable.create({ maxThreads: 4, rowBytes: 64, maxKeys: 8, threadId: 1 })
const localOf = (row: Row): { c: number } => row.locals({ c: 'count' })

test('an accessor and a handle read what either of them assigned, whatever was there before', () => {
  const table = create()
  const row = table.attach()
  const key = table.key('c', 'count')
  const [local, slot] = [localOf(row), row.slot(key)]
  for (const before of MAGNITUDES) {
    for (const value of [...MAGNITUDES, -0]) {
      for (const assign of [() => (local.c = value), () => (slot.value = value)]) {
        slot.value = before
        assign()
        assert.ok(Object.is(local.c, value + 0), `${before}, then ${value}, by the accessor: ${local.c}`)
        assert.ok(Object.is(slot.value, value + 0), `${before}, then ${value}, by the handle: ${slot.value}`)
        assert.is(table.fold(key), value + 0)
      }
    }
  }
})

test('increments and decrements carry and borrow at every magnitude', () => {
  const table = create()
  const row = table.attach()
  const key = table.key('c', 'count')
  const [local, slot] = [localOf(row), row.slot(key)]
  for (const value of MAGNITUDES) {
    for (const amount of [
      1,
      -1,
      2 ** 31,
      -(2 ** 31),
      2 ** 32 - 1,
      2 ** 32,
      -(2 ** 32),
      2 ** 40,
      -(2 ** 40),
    ]) {
      const sum = value + amount
      if (sum < 0 || sum > GREATEST) continue
      local.c = value
      local.c += amount
      assert.is(local.c, sum, `${value} += ${amount}`)
      slot.value = value
      slot.add(amount)
      assert.is(slot.value, sum, `${value}, add ${amount}`)
      assert.is(table.fold(key), sum)
    }
  }
  slot.value = 2 ** 32 - 2
  for (let i = 0; i < 4; i++) local.c++
  assert.is(local.c, 2 ** 32 + 2)
  for (let i = 0; i < 4; i++) local.c--
  assert.is(local.c, 2 ** 32 - 2)
})

test('a value that a count can’t hold is an error that names the key, and the slot keeps its value', () => {
  const table = create()
  const row = table.attach()
  const [local, slot] = [localOf(row), row.slot(table.key('c', 'count'))]
  for (const value of [0, 7, 2 ** 31, 2 ** 32, GREATEST]) {
    for (const [refused, Kind] of REFUSED) {
      slot.value = value
      const assertUnchanged = rememberBytes(table.buffer)
      throws(() => (local.c = refused as number), Kind, /'c'.*a whole number from 0 to 9007199254740991/)
      throws(() => (slot.value = refused as number), Kind, /'c'/)
      assertUnchanged(`${String(refused)} after ${value}`)
    }
  }
  slot.value = 7
  for (const amount of [-8, 0.5, Number.NaN, Infinity, 2 ** 53 - 7]) {
    throws(() => slot.add(amount), RangeError, /'c'/)
    throws(() => (local.c += amount), RangeError, /'c'/)
  }
  throws(() => slot.add('5' as never), TypeError, /'c'/)
  throws(() => slot.min(-1), RangeError, /'c'/)
  throws(() => slot.max(2 ** 53), RangeError, /'c'/)
  throws(() => (slot.value = 5n as never), TypeError, /'c'/)
  // The engine refuses to mix bigints and numbers before the library sees them.
  throws(() => (local.c = 5n as never), TypeError)
  throws(() => slot.add(5n as never), TypeError)
  assert.is(slot.value, 7)
  slot.value = GREATEST
  throws(() => local.c++, RangeError, /'c'/)
  throws(() => slot.add(1), RangeError, /'c'/)
  assert.is(local.c, GREATEST)
  local.c = 0
  throws(() => local.c--, RangeError, /'c'/)
  throws(() => slot.add(-1), RangeError, /'c'/)
  assert.is(local.c, 0)
})

test('a refused assignment is no use of the key', () => {
  const table = create()
  const local = localOf(table.attach())
  for (const [refused] of REFUSED) {
    try {
      local.c = refused as number
    } catch {}
  }
  assert.equal(table.snapshot().threads, [])
  local.c = 0
  assert.equal(table.snapshot().threads[0]?.values, { c: 0 })
})

test('min and max of a handle ignore NaN, and reset goes back to init', () => {
  const table = create()
  const slot = table.attach().slot(table.key('c', { type: 'count', init: 2 ** 40 }))
  slot.min(Number.NaN)
  slot.max(Number.NaN)
  assert.is(slot.value, 2 ** 40)
  slot.min(5)
  slot.min(6)
  assert.is(slot.value, 5)
  slot.max(2 ** 50)
  slot.max(2 ** 49)
  assert.is(slot.value, 2 ** 50)
  slot.reset()
  assert.is(slot.value, 2 ** 40)
})

test('counts fold by sum, min, max and none, in running threads and in dead ones', () => {
  const table = create()
  const keys = [
    table.key('sum', 'count'),
    table.key('min', { type: 'count', fold: 'min' }),
    table.key('max', { type: 'count', fold: 'max' }),
  ] as readonly Key[] as readonly Key<'count'>[]
  const none = table.key('none', { type: 'count', fold: 'none' })
  const folds = (scope?: 'live' | 'retired') => keys.map(key => table.fold(key, scope))
  assert.equal(folds(), [0, GREATEST, 0], 'the identities')
  for (const threadId of [1, 2, 3]) {
    const row = asThread(table, threadId).attach()
    assert.equal(
      keys.map(key => row.slot(key).value),
      [0, GREATEST, 0],
    )
    for (const key of keys) row.slot(key).value = threadId * 2 ** 33
    row.slot(none).value = threadId * 2 ** 33
  }
  const expected = [6 * 2 ** 33, 2 ** 33, 3 * 2 ** 33]
  assert.equal(folds(), expected)
  throws(() => table.fold(none), TypeError, /perThread/)
  for (const threadId of [1, 2, 3]) {
    asThread(table, 9).release(threadId)
    assert.equal(folds(), expected, `thread ${threadId} is dead`)
    asThread(table, 10 + threadId).attach()
    assert.equal(folds(), expected, `thread ${threadId} is in a bank`)
  }
  assert.equal(folds('retired'), expected)
  assert.equal(folds('live'), [0, GREATEST, 0])
})

test('a sum of counts goes beyond 2^53', () => {
  const table = create()
  const key = table.key('c', 'count')
  for (const threadId of [1, 2]) asThread(table, threadId).attach().slot(key).value = GREATEST
  assert.is(table.fold(key), 2 * GREATEST)
})

test('each thread starts from init', () => {
  const table = create()
  for (const init of MAGNITUDES) {
    const own = create()
    const key = own.key('c', { type: 'count', init })
    assert.is(own.attach().slot(key).value, init)
    assert.is(own.attach().locals({ c: { type: 'count', init } }).c, init)
    assert.is(asThread(own, 2).keys()[0]?.init, init)
  }
  for (const init of [-1, 0.5, Number.NaN, 2 ** 53, Infinity]) {
    throws(() => table.key('bad', { type: 'count', init }), RangeError, /the init of 'bad'/)
  }
  throws(() => table.key('bad', { type: 'count', init: 1n as never }), TypeError, /the init of 'bad'/)
  throws(() => table.key('bad', { type: 'count', length: 3 } as never), TypeError, /'u32' or 'f64'/)
})

test('native code reads a count as one u64, and what it writes is read back', () => {
  const table = create()
  const row = table.attach()
  const key = table.key('c', 'count')
  const native = new BigUint64Array(table.buffer, row.byteAddress(key), 1)
  for (const value of MAGNITUDES) {
    row.slot(key).value = value
    assert.is(native[0], BigInt(value))
    assert.is(row.u64[key.index], BigInt(value))
    native[0] = BigInt(value) ^ 1n
    assert.is(localOf(row).c, Number(BigInt(value) ^ 1n))
    assert.is(row.slot(key).value, Number(BigInt(value) ^ 1n))
    assert.is(table.perThread(key)[0]?.value, Number(BigInt(value) ^ 1n))
  }
})

test('a count leaves its neighbours alone, whatever carries and borrows', () => {
  const table = create()
  const row = table.attach()
  const local = row.locals({ before: 'u32', c: 'count', after: 'u32' })
  local.before = 1
  local.after = 2
  for (const value of [...MAGNITUDES, ...[...MAGNITUDES].reverse()]) {
    local.c = value
    assert.equal([local.before, local.after], [1, 2])
  }
})

test.run()
