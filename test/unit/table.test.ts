import { type Key, type SlotSpec, SlotTable } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_NAME_BYTES, MAX_TABLE_BYTES, RECORDS_USED, recordAddress } from '../../src/memory/layout.js'
import { bytesPerElement, ELEMENT_TYPES, FOLDS, SLOT_TYPES } from '../../src/memory/slot-types.js'
import { asThread } from '../support/as-thread.js'
import { rememberBytes, throws } from '../support/assertions.js'
import { rowIdOf } from '../support/table-usage.js'

// TypeScript declares WebAssembly only with the DOM's types.
declare const WebAssembly: {
  readonly Memory: new (pages: {
    initial: number
    maximum: number
    shared: true
  }) => { readonly buffer: SharedArrayBuffer; grow(pages: number): number }
}

const MAX_THREAD_ID = 0x7ffffffe
const small = { maxThreads: 4, rowBytes: 128, maxKeys: 8, threadId: 0, parentThreadId: -1 }
/** Attaches a thread; returns the ordinal of its row. */
const rowIdAt = (table: SlotTable, threadId: number) => rowIdOf(table, asThread(table, threadId).attach())
const names = (table: SlotTable) => table.keys().map(({ name }) => name)

// create, from, byteLength

test('a table with default options takes about 12 MiB and fills its buffer', () => {
  const table = SlotTable.create()
  assert.is(table.byteOffset, 0)
  assert.is(table.byteLength, table.buffer.byteLength)
  assert.is(table.byteLength, SlotTable.byteLength())
  assert.is(table.byteLength, SlotTable.byteLength({ maxThreads: 256, rowBytes: 8192, maxKeys: 1024 }))
  assert.ok(table.byteLength > 11 * 2 ** 20 && table.byteLength < 13 * 2 ** 20, `${table.byteLength} bytes`)
})

test('a table object acts for the thread that made it, unless a thread id is given', () => {
  const table = SlotTable.create({ maxThreads: 1 })
  table.attach()
  assert.equal(table.perThread(table.key('n', 'u32')), [{ threadId: 0, value: 0 }])
  assert.is(SlotTable.from(table.buffer).attach().u8.byteOffset, table.attach().u8.byteOffset)
  assert.equal([table.threadId, asThread(table, MAX_THREAD_ID).threadId], [0, MAX_THREAD_ID])
})

test('byteLength is a multiple of 128 and grows with each dimension', () => {
  const one = SlotTable.byteLength({ maxThreads: 1, rowBytes: 1, maxKeys: 1 })
  for (const more of [{ maxThreads: 2 }, { rowBytes: 100 }, { maxKeys: 200 }]) {
    const bytes = SlotTable.byteLength({ maxThreads: 1, rowBytes: 1, maxKeys: 1, ...more })
    assert.ok(bytes > one, JSON.stringify(more))
    assert.is(bytes % 128, 0)
  }
  assert.is(SlotTable.create({ maxThreads: 1, rowBytes: 1, maxKeys: 1 }).byteLength, one)
})

test('rowBytes is rounded up to a multiple of 8', () => {
  for (const [asked, given] of [
    [1, 8],
    [8, 8],
    [9, 16],
  ] as const) {
    assert.is(SlotTable.create({ ...small, rowBytes: asked }).attach().u8.length, given)
  }
})

test('the smallest table has one row, eight bytes and one key', () => {
  const table = SlotTable.create({ maxThreads: 1, rowBytes: 1, maxKeys: 1, threadId: 0 })
  const key = table.key('only', 'f64')
  table.attach().slot(key).add(0.5)
  assert.is(table.fold(key), 0.5)
  throws(() => asThread(table, 1).attach(), RangeError, /maxThreads/)
  throws(() => table.key('second', 'u32'), RangeError, /maxKeys/)
})

test('a dimension that is not a whole number of at least 1 is refused', () => {
  for (const name of ['maxThreads', 'rowBytes', 'maxKeys']) {
    for (const value of [0, -1, Number.NaN, Infinity, -Infinity, 2 ** 31]) {
      throws(() => SlotTable.create({ [name]: value }), RangeError, new RegExp(name))
      throws(() => SlotTable.byteLength({ [name]: value }), RangeError, new RegExp(name))
    }
  }
  for (const name of ['maxThreads', 'maxKeys']) {
    throws(() => SlotTable.create({ [name]: 1.5 }), RangeError, new RegExp(name))
    throws(() => SlotTable.create({ [name]: '4' }), TypeError, new RegExp(name))
    throws(() => SlotTable.create({ [name]: null }), TypeError, new RegExp(name))
    throws(() => SlotTable.create({ [name]: 4n }), TypeError, new RegExp(name))
  }
})

test('a rowBytes that is not a whole number is refused rather than rounded', () => {
  throws(() => SlotTable.create({ ...small, rowBytes: 7.5 }), RangeError, /rowBytes/)
  throws(() => SlotTable.create({ ...small, rowBytes: '16' as never }), TypeError, /rowBytes/)
  throws(() => SlotTable.create({ ...small, rowBytes: 'wide' as never }), TypeError, /rowBytes/)
})

test('a table of more than 2 GiB is refused before memory is allocated', () => {
  const dimensions = { maxThreads: 2 ** 20, rowBytes: 2 ** 20, maxKeys: 1 }
  throws(() => SlotTable.create(dimensions), RangeError, new RegExp(`${MAX_TABLE_BYTES}`))
  throws(() => SlotTable.byteLength(dimensions), RangeError, new RegExp(`${MAX_TABLE_BYTES}`))
})

test('a thread id that is not a whole number from 0 to 2^31 − 2 is refused', () => {
  const { buffer } = SlotTable.create(small)
  for (const wrong of [-1, 1.5, Number.NaN, MAX_THREAD_ID + 1]) {
    throws(() => SlotTable.create({ ...small, threadId: wrong }), RangeError, /threadId/)
    throws(() => SlotTable.from(buffer, { threadId: wrong }), RangeError, /threadId/)
  }
  throws(() => SlotTable.from(buffer, { threadId: '1' as never }), TypeError, /threadId/)
})

test('a parent thread id that is not a whole number from −1 to 2^31 − 2 is refused', () => {
  const { buffer } = SlotTable.create(small)
  for (const wrong of [-2, -0.5, Number.NaN, MAX_THREAD_ID + 1]) {
    throws(() => SlotTable.create({ ...small, parentThreadId: wrong }), RangeError, /parentThreadId/)
    throws(() => SlotTable.from(buffer, { threadId: 1, parentThreadId: wrong }), RangeError, /parentThreadId/)
  }
  throws(() => SlotTable.from(buffer, { parentThreadId: '1' as never }), TypeError, /parentThreadId/)
})

test('a parent thread id of −1 means that the thread dies with no other', () => {
  const table = SlotTable.create({ ...small, threadId: 9 })
  const key = table.key('n', 'u32')
  for (const [threadId, parentThreadId] of [
    [0, -1],
    [1, 0],
    [2, MAX_THREAD_ID],
  ] as const) {
    asThread(table, threadId, parentThreadId).attach().slot(key).add(1)
  }
  const running = () => table.perThread(key).map(({ threadId }) => threadId)
  table.release(MAX_THREAD_ID)
  assert.equal(running(), [0, 1])
  table.release(0)
  assert.equal(running(), [])
})

test('the least and the greatest thread id own rows like any other', () => {
  const table = SlotTable.create({ ...small, threadId: 7 })
  const key = table.key('n', 'u32')
  for (const threadId of [0, MAX_THREAD_ID]) {
    const other = asThread(table, threadId, MAX_THREAD_ID)
    other.attach().slot(other.key('n', 'u32')).add(1)
    assert.equal(table.perThread(key), [{ threadId, value: 1 }])
    table.release(threadId)
    assert.equal(table.perThread(key), [])
  }
  assert.is(table.fold(key, 'retired'), 2)
})

test('a table in a given buffer starts at byteOffset and changes no byte outside itself', () => {
  const bytes = SlotTable.byteLength(small)
  const buffer = new SharedArrayBuffer(bytes + 200)
  const all = new Uint8Array(buffer)
  all.fill(0xa5, 0, 104).fill(0xa5, 104 + bytes)
  const table = SlotTable.create({ ...small, buffer, byteOffset: 104 })
  assert.is(table.buffer, buffer)
  assert.is(table.byteOffset, 104)
  assert.is(table.byteLength, bytes)
  const other = SlotTable.from(buffer, { byteOffset: 104, threadId: 1 })
  other.attach().u8.fill(0xff)
  table.attach().slot(table.key('n', 'f64')).add(2)
  table.release(1)
  assert.is(other.fold(other.key('n', 'f64')), 2)
  assert.ok(all.subarray(0, 104).every(byte => byte === 0xa5))
  assert.ok(all.subarray(104 + bytes).every(byte => byte === 0xa5))
})

test('a buffer may be exactly as long as the table needs, but not eight bytes shorter', () => {
  const bytes = SlotTable.byteLength(small)
  assert.is(SlotTable.create({ ...small, buffer: new SharedArrayBuffer(bytes) }).byteLength, bytes)
  throws(
    () => SlotTable.create({ ...small, buffer: new SharedArrayBuffer(bytes - 8) }),
    RangeError,
    /byteOffset/,
  )
  throws(
    () => SlotTable.create({ ...small, buffer: new SharedArrayBuffer(bytes), byteOffset: 8 }),
    RangeError,
    /byteOffset/,
  )
})

test('a new buffer includes the bytes before the table', () => {
  const table = SlotTable.create({ ...small, byteOffset: 4096 })
  assert.is(table.byteOffset, 4096)
  assert.is(table.buffer.byteLength, 4096 + table.byteLength)
})

test('a byteOffset that is not a multiple of 8 inside the buffer is refused', () => {
  const { buffer } = SlotTable.create(small)
  for (const byteOffset of [1, 4, 7, -8, Number.NaN, buffer.byteLength, 2 ** 40]) {
    throws(() => SlotTable.create({ ...small, buffer, byteOffset }), RangeError, /byteOffset/)
    throws(() => SlotTable.from(buffer, { byteOffset }), RangeError, /byteOffset/)
  }
  throws(() => SlotTable.create({ ...small, byteOffset: -8 }), RangeError, /byteOffset/)
})

test('a byteOffset that is not a number is a TypeError', () => {
  const { buffer } = SlotTable.create(small)
  for (const byteOffset of ['0', '8', null, 0n, {}]) {
    throws(() => SlotTable.from(buffer, { byteOffset: byteOffset as never }), TypeError)
    throws(() => SlotTable.create({ ...small, byteOffset: byteOffset as never }), TypeError)
  }
})

test('without `shared: false`, only a SharedArrayBuffer can hold a table', () => {
  for (const buffer of [new ArrayBuffer(2 ** 20), new Uint8Array(2 ** 20), {}, 5]) {
    throws(() => SlotTable.create({ ...small, buffer: buffer as never }), TypeError, /SharedArrayBuffer/)
    throws(() => SlotTable.from(buffer as never), TypeError, /SharedArrayBuffer/)
  }
  throws(() => SlotTable.from(undefined as never), TypeError, /SharedArrayBuffer/)
  throws(() => SlotTable.from(null as never), TypeError, /SharedArrayBuffer/)
})

test('an ArrayBuffer can hold a table, if every call says `shared: false`', () => {
  const own = SlotTable.create({ ...small, shared: false })
  assert.instance(own.buffer, ArrayBuffer)
  const hits = own.key('hits', 'u32')
  const locals = own.attach().locals({ hits: 'u32', ms: 'f64' })
  locals.hits += 5
  locals.ms += 0.5
  assert.equal([own.fold(hits), own.snapshot().totals], [5, { hits: 5, ms: 0.5 }])

  const buffer = new ArrayBuffer(8 + SlotTable.byteLength(small))
  const place = { byteOffset: 8, shared: false } as const
  SlotTable.create({ ...small, ...place, buffer, threadId: 1 })
  const again = SlotTable.from(buffer, { ...place, threadId: 2 })
  again.attach().slot(again.key('more', 'i64')).add(7n)
  assert.equal(again.snapshot().totals, { more: 7n })
  throws(() => SlotTable.create({ ...small, ...place, buffer }), TypeError, /in use/)

  throws(() => SlotTable.from(buffer, { byteOffset: 8 }), TypeError, /use a genuine SharedArrayBuffer/)
  const { buffer: shared } = SlotTable.create(small)
  throws(() => SlotTable.from(shared, { shared: false }), TypeError, /use a genuine ArrayBuffer/)
  const free = new SharedArrayBuffer(own.byteLength)
  throws(
    () => SlotTable.create({ ...small, buffer: free, shared: false }),
    TypeError,
    /use a genuine ArrayBuffer/,
  )
})

test('several tables in one buffer are independent', () => {
  const bytes = SlotTable.byteLength(small)
  const buffer = new SharedArrayBuffer(3 * bytes)
  const tables = [0, 1, 2].map(i => SlotTable.create({ ...small, buffer, byteOffset: i * bytes }))
  tables.forEach((table, i) => {
    table.attach().slot(table.key(`key ${i}`, 'u32')).value = i + 1
  })
  tables.forEach((table, i) => {
    assert.equal(names(table), [`key ${i}`])
    assert.is(table.fold(table.key(`key ${i}`, 'u32')), i + 1)
  })
})

test('a table can live in the memory of a WebAssembly module, also after that has grown', () => {
  const memory = new WebAssembly.Memory({ initial: 4, maximum: 8, shared: true })
  const { buffer } = memory
  const table = SlotTable.create({ ...small, buffer, byteOffset: 65536 })
  const key = table.key('n', 'u32')
  const row = table.attach()
  row.slot(key).value = 9
  memory.grow(1)
  const address = row.byteAddress(key)
  assert.is(new Uint32Array(memory.buffer, address, 1)[0], 9)
  new Uint32Array(memory.buffer)[address / 4] = 10
  assert.is(table.fold(key), 10)
})

// key, keys

test('a key has its complete definition and its place in the row', () => {
  const table = SlotTable.create({ ...small, rowBytes: 256 })
  let endBytes = 0
  for (const [keyId, type] of ELEMENT_TYPES.entries()) {
    const spec = { type, length: 3 } as SlotSpec
    const key: Key = table.key(type, spec)
    const isBigint = type === 'i64' || type === 'u64'
    assert.is(key.name, type)
    assert.is(key.keyId, keyId)
    assert.is(key.type, type)
    assert.is(key.length, 3)
    assert.is(key.fold, type === 'u8' ? 'none' : 'sum')
    assert.is(key.init, isBigint ? 0n : 0)
    assert.is(key.byteOffset % bytesPerElement(type), 0)
    assert.is(key.index, key.byteOffset / bytesPerElement(type))
    assert.ok(key.byteOffset >= endBytes, `${type} overlaps the key before it`)
    endBytes = key.byteOffset + 3 * bytesPerElement(type)
    assert.ok(Object.isFrozen(key))
  }
})

test('a scalar key has no length, and every number type takes every fold', () => {
  const table = SlotTable.create({ ...small, rowBytes: 256, maxKeys: 32 })
  for (const type of SLOT_TYPES.filter(type => type !== 'u8' && type !== 'text')) {
    for (const fold of FOLDS) {
      const key: Key = table.key(`${type} ${fold}`, { type, fold } as SlotSpec)
      assert.is(key.length, undefined)
      assert.is(key.fold, fold)
    }
  }
  assert.is(table.keys().length, 28)
})

test('equivalent definitions of a name return the same key object', () => {
  const table = SlotTable.create(small)
  const key: Key = table.key('n', 'u32')
  assert.is(table.key('n', 'u32'), key)
  assert.is(table.key('n', { type: 'u32' }), key)
  assert.is(table.key('n', { type: 'u32', fold: 'sum', init: 0 }), key)
  const low: Key = table.key('low', { type: 'i64', fold: 'min' })
  assert.is(table.key('low', { type: 'i64', fold: 'min', init: 2n ** 63n - 1n }), low)
  const vector: Key = table.key('v', { type: 'f64', length: 1 })
  assert.is(vector.length, 1)
  assert.is(table.key('v', { type: 'f64', length: 1, init: 0 }), vector)
})

test('a bare type is another definition than that type with a fold, a length or an init', () => {
  for (const type of SLOT_TYPES.filter(type => type !== 'u8' && type !== 'text')) {
    const init = type === 'i64' || type === 'u64' ? 5n : 5
    const details = [
      ...FOLDS.filter(fold => fold !== 'sum').map(fold => ({ fold })),
      { init },
      { retire: false },
      ...(type === 'count' ? [] : [{ length: 2 }]),
    ]
    for (const detail of details) {
      const table = SlotTable.create(small)
      const spec = { type, ...detail } as SlotSpec
      const key = table.key('n', spec)
      throws(() => table.key('n', type), TypeError, /'n' is already defined/)
      assert.is(table.key('n', spec), key)
    }
    const table = SlotTable.create(small)
    table.key('n', type)
    for (const other of SLOT_TYPES.filter(other => other !== type && other !== 'u8' && other !== 'text')) {
      throws(() => table.key('n', other as 'u32'), TypeError, /'n' is already defined/)
    }
  }
})

test('a key has the same place in all threads, whichever of them made it', () => {
  const table = SlotTable.create(small)
  const other = asThread(table, 1)
  const first: Key = table.key('first', 'u32')
  const second: Key = other.key('second', 'f64')
  assert.equal({ ...other.key('first', 'u32') }, { ...first })
  assert.equal({ ...table.key('second', 'f64') }, { ...second })
})

test('keys() lists the keys of all threads in the order of their creation, and marks none as used', () => {
  const table = SlotTable.create(small)
  const other = asThread(table, 1)
  other.key('b', 'u32')
  const key = table.key('a', 'i64')
  other.attach()
  assert.equal(names(table), ['b', 'a'])
  assert.equal(names(other), ['b', 'a'])
  assert.is(table.keys()[1], key)
  assert.equal(other.perThread(key), [])
})

test('changing the list that keys() returned does not change the table', () => {
  const table = SlotTable.create(small)
  table.key('a', 'u32')
  ;(table.keys() as Key[]).length = 0
  assert.equal(names(table), ['a'])
})

test('a key never moves, however many keys follow it', () => {
  const table = SlotTable.create({ ...small, maxKeys: 64, rowBytes: 1024 })
  const places = Array.from({ length: 64 }, (_, i) => ({
    ...asThread(table, i).key(`key ${i}`, i % 2 ? 'f64' : 'u32'),
  }))
  assert.equal(
    table.keys().map(key => ({ ...key })),
    places,
  )
})

test('a name that is defined again with another type, length, fold or init is refused, and nothing changes', () => {
  const table = SlotTable.create(small)
  const spec = { type: 'u32', length: 2, fold: 'min', init: 5 } as const
  const row = table.attach()
  table.key('n', spec)
  const assertUnchanged = rememberBytes(table.buffer)
  const { length: _, ...scalar } = spec
  for (const other of [
    { ...spec, type: 'i32' },
    { ...spec, length: 3 },
    { ...spec, fold: 'max' },
    { ...spec, init: 6 },
    scalar,
    'u32',
  ] as const) {
    throws(() => table.key('n', other), TypeError, /\bn\b.*u32/)
    throws(() => asThread(table, 1).key('n', other), TypeError)
    throws(() => row.locals({ fresh: 'u32', n: other }), TypeError)
  }
  assert.equal(names(table), ['n'])
  assertUnchanged()
})

test('a vector of length 1 and a scalar are different definitions', () => {
  const table = SlotTable.create(small)
  table.key('n', 'u32')
  throws(() => table.key('n', { type: 'u32', length: 1 }), TypeError)
})

test('a key name takes 1 to 200 bytes of UTF-8', () => {
  assert.is(MAX_NAME_BYTES, 200)
  const table = SlotTable.create(small)
  for (const name of [
    'x',
    'x'.repeat(200),
    'é'.repeat(100),
    '€'.repeat(66),
    '😀'.repeat(50),
    '\0',
    '\ufeff',
    ' ',
  ]) {
    assert.is(table.key(name, 'u32').name, name)
  }
  const tooLong = ['x'.repeat(201), `${'é'.repeat(100)}x`, '€'.repeat(67), `${'😀'.repeat(50)}x`]
  for (const name of tooLong) throws(() => asThread(table, 1).key(name, 'u32'), RangeError, /200/)
  throws(() => asThread(table, 1).key('', 'u32'), RangeError, /0/)
  assert.is(asThread(table, 1).keys().at(-2)?.name, '\ufeff')
  assert.is(asThread(table, 1).keys().length, 8)
})

test('a key name with a lone surrogate is refused', () => {
  const table = SlotTable.create(small)
  for (const name of ['\ud800', 'a\udc00b', '\ude00\ud83d']) {
    throws(() => table.key(name, 'u32'), TypeError, /name/)
    throws(() => table.attach().locals({ good: 'u32', [name]: 'u32' }), TypeError, /name/)
  }
  assert.equal(names(table), [])
})

test('a key name that is not a string is refused', () => {
  const table = SlotTable.create(small)
  for (const name of [undefined, null, 5, Symbol('n'), {}]) {
    throws(() => table.key(name as never, 'u32'), TypeError)
  }
  assert.equal(names(table), [])
})

test('names that differ only in Unicode normalization or in case are different keys', () => {
  const table = SlotTable.create(small)
  for (const name of ['\u00e9', 'e\u0301', 'E', 'e']) table.key(name, 'u32')
  assert.is(new Set(table.keys().map(({ byteOffset }) => byteOffset)).size, 4)
})

test('a key may have the name of a property of Object.prototype', () => {
  const table = SlotTable.create(small)
  const schema = { ['__proto__']: 'u32', constructor: 'u32', toString: 'u32' } as const
  Object.assign(table.attach().locals(schema), { constructor: 2, toString: 3 })
  table.attach().slot(table.key('__proto__', 'u32')).value = 1
  assert.equal(Object.entries(table.snapshot().totals), [
    ['__proto__', 1],
    ['constructor', 2],
    ['toString', 3],
  ])
})

const badSpecs: readonly [unknown, typeof TypeError | typeof RangeError][] = [
  ['u16', TypeError],
  [null, TypeError],
  [7, TypeError],
  [{}, TypeError],
  ['u8', TypeError],
  ['toString', TypeError],
  [{ type: 'u8' }, TypeError],
  [{ type: 'u8', length: 4, fold: 'sum' }, TypeError],
  [{ type: 'u32', fold: 'avg' }, TypeError],
  [{ type: 'u32', size: 4 }, TypeError],
  [{ type: 'u32', length: 0 }, RangeError],
  [{ type: 'u32', length: -1 }, RangeError],
  [{ type: 'u32', length: 1.5 }, RangeError],
  [{ type: 'u32', length: Number.NaN }, RangeError],
  [{ type: 'u32', length: Infinity }, RangeError],
  [{ type: 'u32', length: '2' }, TypeError],
  [{ type: 'u32', length: null }, TypeError],
  [{ type: 'u32', init: -1 }, RangeError],
  [{ type: 'u32', init: 2 ** 32 }, RangeError],
  [{ type: 'u32', init: 0.5 }, RangeError],
  [{ type: 'u32', init: 0n }, TypeError],
  [{ type: 'u32', init: '0' }, TypeError],
  [{ type: 'i32', init: 2 ** 31 }, RangeError],
  [{ type: 'i32', init: -(2 ** 31) - 1 }, RangeError],
  [{ type: 'f32', init: Number.NaN }, RangeError],
  [{ type: 'f64', init: Number.NaN }, RangeError],
  [{ type: 'f64', init: 1n }, TypeError],
  [{ type: 'i64', init: 0 }, TypeError],
  [{ type: 'i64', init: 2n ** 63n }, RangeError],
  [{ type: 'i64', init: -(2n ** 63n) - 1n }, RangeError],
  [{ type: 'u64', init: -1n }, RangeError],
  [{ type: 'u64', init: 2n ** 64n }, RangeError],
  [{ type: 'u8', length: 4, init: 256 }, RangeError],
  [{ type: 'u8', length: 4, init: -1 }, RangeError],
]

test('a bad definition creates no key, nor do good ones in the same schema', () => {
  const table = SlotTable.create(small)
  const row = table.attach()
  for (const [spec, Kind] of badSpecs) {
    throws(() => table.key('bad', spec as SlotSpec), Kind, /bad/)
    throws(() => row.locals({ good: 'u32', bad: spec as SlotSpec }), Kind, /bad/)
  }
  throws(() => row.locals({ good: 'u32', ['x'.repeat(201)]: 'u32' }), RangeError, /200/)
  throws(() => row.locals(null as never), TypeError)
  assert.equal(names(table), [])
  assert.is(table.key('first', 'f64').byteOffset, 0)
})

test('a missing definition is a TypeError that names the key', () => {
  const table = SlotTable.create(small)
  throws(() => table.key('bad', undefined as never), TypeError, /bad/)
  throws(() => table.attach().locals({ bad: undefined as never }), TypeError, /bad/)
})

test('a table has room for exactly maxKeys keys', () => {
  const table = SlotTable.create({ ...small, maxKeys: 3 })
  for (const name of ['a', 'b']) table.key(name, 'u32')
  throws(() => table.attach().locals({ c: 'u32', d: 'u32' }), RangeError, /maxKeys/)
  assert.equal(names(table), ['a', 'b'])
  table.key('c', 'u32')
  throws(() => table.key('d', 'u32'), RangeError, /need 1 places for keys, but only 0 are left; .*maxKeys: 6/)
  throws(
    () => asThread(table, 1).key('d', 'u32'),
    RangeError,
    /need 1 places for keys, but only 0 are left; .*maxKeys: 6/,
  )
  assert.is(table.key('a', 'u32').keyId, 0)
})

test('a table whose free key records all belong to dead threads refuses a new key until one of them is released', () => {
  const table = SlotTable.create({ ...small, maxThreads: 2, maxKeys: 2 })
  table.key('old', 'u32')
  // As if three threads had died just before they published a key.
  const claims = new BigInt64Array(table.buffer)
  for (const threadId of [1, 2, 3]) {
    claims[recordAddress({ ...small, maxKeys: 2 }, threadId) / 8] = BigInt(threadId + 1)
  }
  new Int32Array(table.buffer)[RECORDS_USED / 4] = 4
  throws(() => table.key('new', 'u32'), RangeError, /(?=.*4).*release/)
  assert.equal(names(table), ['old'])
  assert.is(table.key('old', 'u32').name, 'old')
  table.release(2)
  table.key('new', 'u32')
  assert.equal(names(asThread(table, 9)), ['old', 'new'])
})

test('a row has room for exactly rowBytes bytes', () => {
  const table = SlotTable.create({ ...small, rowBytes: 64 })
  throws(
    () => table.key('v', { type: 'u8', length: 65 }),
    RangeError,
    /need 65 bytes .* only 64 are left; .*rowBytes: 128/,
  )
  throws(() => table.key('v', { type: 'u32', length: 2 ** 31 - 1 }), RangeError, /rowBytes/)
  table.key('text', { type: 'u8', length: 49 })
  throws(() => table.key('f', { type: 'f64', length: 2 }), RangeError, /rowBytes/)
  throws(() => table.attach().locals({ a: 'u32', f: 'f64', g: 'u32' }), RangeError, /rowBytes/)
  assert.equal(names(table), ['text'])
  assert.is(table.key('f', 'f64').byteOffset, 56)
  throws(
    () => table.key('one more', { type: 'u8', length: 1 }),
    RangeError,
    /need 1 bytes .* only 0 are left; .*rowBytes: 128/,
  )
})

test('a schema that takes all keys and bytes that are left is accepted', () => {
  const table = SlotTable.create({ ...small, rowBytes: 16, maxKeys: 3 })
  table.attach().locals({ a: 'u32', b: 'f32', c: 'i64' })
  assert.equal(names(table), ['a', 'b', 'c'])
})

// attach

test('attach returns the same row object at each call', () => {
  const table = SlotTable.create(small)
  const row = table.attach()
  assert.is(table.attach(), row)
  assert.is(rowIdOf(table, row), 0)
  assert.is(rowIdAt(table, 1), 1)
})

test('two table objects of one thread share its row and values', () => {
  const table = SlotTable.create(small)
  const twin = asThread(table, 0)
  table.attach().slot(table.key('n', 'u32')).value = 5
  assert.is(twin.attach().u8.byteOffset, table.attach().u8.byteOffset)
  assert.is(twin.attach().slot(twin.key('n', 'u32')).value, 5)
  assert.is(twin.fold(twin.key('n', 'u32')), 5)
  assert.is(rowIdAt(table, 1), 1)
})

test('a thread takes the lowest free row', () => {
  const table = SlotTable.create(small)
  assert.equal(
    [1, 2, 3].map(threadId => rowIdAt(table, threadId)),
    [0, 1, 2],
  )
  table.release(2)
  table.release(1)
  assert.equal(
    [4, 5, 6].map(threadId => rowIdAt(table, threadId)),
    [0, 1, 3],
  )
})

test('a full table refuses another thread until one is released', () => {
  const table = SlotTable.create({ ...small, maxThreads: 2 })
  asThread(table, 1).attach()
  asThread(table, 2).attach()
  throws(() => table.attach(), RangeError, /(?=.*2).*maxThreads/)
  throws(() => table.attach(), RangeError, /(?=.*2).*maxThreads/)
  table.release(1)
  table.attach()
  throws(() => asThread(table, 3).attach(), RangeError, /(?=.*2).*maxThreads/)
})

test('a thread can read, make keys and release others without attaching', () => {
  const table = SlotTable.create({ ...small, maxThreads: 1 })
  const key = table.key('n', 'u32')
  const worker = asThread(table, 1)
  worker.attach().slot(worker.key('n', 'u32')).add(3)
  table.release(1)
  asThread(table, 2).attach()
  assert.is(table.fold(key, 'retired'), 3)
})

// fold, perThread, snapshot

function threeThreads() {
  const table = SlotTable.create(small)
  const sum = table.key('sum', 'u32')
  const max = table.key('max', { type: 'f64', fold: 'max' })
  const last = table.key('last', { type: 'i32', fold: 'none' })
  const vector = table.key('vector', { type: 'u32', length: 2 })
  for (const threadId of [1, 2, 3]) {
    const row = asThread(table, threadId).attach()
    row.slot(sum).add(threadId)
    row.slot(max).max(10 * threadId)
    row.slot(last).value = -threadId
    row.slot(vector).value[1] = threadId
  }
  table.release(3)
  return { table, sum, max, last, vector }
}

test('fold combines the values of running threads, of dead threads, or of both', () => {
  const { table, sum, max, vector } = threeThreads()
  assert.equal([table.fold(sum), table.fold(sum, 'all')], [6, 6])
  assert.equal([table.fold(sum, 'live'), table.fold(sum, 'retired')], [3, 3])
  assert.equal([table.fold(max), table.fold(max, 'live'), table.fold(max, 'retired')], [30, 20, 30])
  assert.equal(table.fold(vector, 'live'), new Float64Array([0, 3]))
  assert.equal(table.fold(vector, 'retired'), new Float64Array([0, 3]))
  assert.equal(table.fold(vector), new Float64Array([0, 6]))
})

test('a dead thread’s values still count as retired when its row is used again', () => {
  const { table, sum, max, vector } = threeThreads()
  const heir = asThread(table, 4)
  assert.is(rowIdOf(table, heir.attach()), 2)
  assert.equal([table.fold(sum), table.fold(sum, 'live'), table.fold(sum, 'retired')], [6, 3, 3])
  assert.equal([table.fold(max, 'live'), table.fold(max, 'retired')], [20, 30])
  heir.attach().slot(heir.key('sum', 'u32')).add(100)
  assert.equal([table.fold(sum), table.fold(sum, 'live'), table.fold(sum, 'retired')], [106, 103, 3])
  assert.equal(table.fold(vector, 'retired'), new Float64Array([0, 3]))
})

test('fold refuses an unknown scope, and a key without a fold', () => {
  const { table, sum, last } = threeThreads()
  throws(() => table.fold(sum, 'dead' as never), TypeError, /dead/)
  throws(() => table.fold(sum, null as never), TypeError, /null/)
  throws(() => table.fold(last), TypeError, /perThread/)
  throws(() => table.fold(last, 'live'), TypeError, /perThread/)
})

test('perThread lists the running threads that have used the key', () => {
  const { table, sum, last, vector } = threeThreads()
  assert.equal(table.perThread(sum), [
    { threadId: 1, value: 1 },
    { threadId: 2, value: 2 },
  ])
  assert.equal(table.perThread(last), [
    { threadId: 1, value: -1 },
    { threadId: 2, value: -2 },
  ])
  assert.equal(table.perThread(vector)[1], { threadId: 2, value: new Uint32Array([0, 2]) })
  asThread(table, 4).attach()
  assert.is(table.perThread(sum).length, 2)
})

test('a snapshot has the values of running threads, the fold of dead threads’ values, and totals', () => {
  const { table } = threeThreads()
  asThread(table, 4).attach()
  assert.equal(table.snapshot(), {
    threads: [
      { threadId: 1, values: { sum: 1, max: 10, last: -1, vector: new Uint32Array([0, 1]) } },
      { threadId: 2, values: { sum: 2, max: 20, last: -2, vector: new Uint32Array([0, 2]) } },
    ],
    retired: { sum: 3, max: 30, vector: new Float64Array([0, 3]) },
    totals: { sum: 6, max: 30, vector: new Float64Array([0, 6]) },
  })
})

test('a snapshot of an unused table has no threads, and the identity for each key', () => {
  const table = SlotTable.create(small)
  assert.equal(table.snapshot(), { threads: [], retired: {}, totals: {} })
  table.key('low', { type: 'u32', fold: 'min' })
  assert.equal(table.snapshot(), { threads: [], retired: { low: 2 ** 32 - 1 }, totals: { low: 2 ** 32 - 1 } })
})

test('fold, perThread, slot and byteAddress refuse a key of another table', () => {
  const table = SlotTable.create(small)
  table.key('a', 'u32')
  const stranger = SlotTable.create(small)
  stranger.key('x', 'u32')
  const row = table.attach()
  const foreign: Key[] = [
    stranger.key('x', 'u32'), // the same id, another name
    stranger.key('a', 'u32'), // the same name, another id
    { ...table.key('a', 'u32'), type: 'f64' } as Key,
    { ...table.key('a', 'u32'), keyId: -1 } as Key,
    { ...table.key('a', 'u32'), keyId: '__proto__' } as never,
    { ...table.key('a', 'u32'), keyId: 'length' } as never,
    null as never,
    'a' as never,
  ]
  for (const key of foreign) {
    throws(() => table.fold(key), TypeError, /key/)
    throws(() => table.perThread(key), TypeError, /key/)
    throws(() => row.slot(key), TypeError, /key/)
    throws(() => row.byteAddress(key), TypeError, /key/)
  }
})

test('fold, perThread, slot and byteAddress refuse undefined', () => {
  const table = SlotTable.create(small)
  throws(() => table.perThread(undefined as never), TypeError, /key/)
  throws(() => table.fold(undefined as never), TypeError, /key/)
  throws(() => table.attach().slot(undefined as never), TypeError, /key/)
  throws(() => table.attach().byteAddress(undefined as never), TypeError, /key/)
})

test('a key may come from another object of the same table', () => {
  const table = SlotTable.create(small)
  const other = asThread(table, 1)
  const key = other.key('n', 'u32')
  table.attach().slot(key).add(4)
  assert.is(other.fold(key), 4)
  assert.is(table.fold(key), 4)
})

// release

test('release frees the rows of a thread and of all its descendants', () => {
  const table = SlotTable.create({ ...small, maxThreads: 5 })
  const sum = table.key('sum', 'u32')
  for (const [threadId, parentThreadId] of [
    [4, 3],
    [3, 2],
    [2, 1],
    [9, 0],
  ] as const) {
    asThread(table, threadId, parentThreadId).attach().slot(sum).add(1)
  }
  table.release(2)
  assert.equal(
    table.perThread(sum).map(({ threadId }) => threadId),
    [9],
  )
  assert.equal([table.fold(sum, 'live'), table.fold(sum, 'retired')], [1, 3])
  table.release(1)
  assert.is(table.fold(sum, 'live'), 1)
})

test('release does not find the workers of a thread that made keys and never attached', () => {
  const table = SlotTable.create(small)
  const sum = table.key('sum', 'u32')
  asThread(table, 1).attach()
  // Thread 2 has no row, so the memory doesn't say whose worker it is.
  asThread(table, 2, 1).key('other', 'u32')
  asThread(table, 3, 2).attach().slot(sum).add(1)
  table.release(1)
  assert.equal(table.perThread(sum), [{ threadId: 3, value: 1 }])
  table.release(2)
  assert.equal(table.perThread(sum), [])
  assert.is(table.fold(sum), 1)
})

test('releasing a thread twice, or one that never attached, changes nothing', () => {
  const { table, sum } = threeThreads()
  const assertUnchanged = rememberBytes(table.buffer)
  table.release(3)
  table.release(77)
  table.release(MAX_THREAD_ID)
  assertUnchanged()
  assert.is(table.fold(sum), 6)
})

test('release refuses the calling thread’s own id, and whatever is not a thread id', () => {
  const table = SlotTable.create({ ...small, threadId: 5 })
  table.attach()
  throws(() => table.release(5), RangeError, /5/)
  for (const wrong of [-1, 0.5, Number.NaN, MAX_THREAD_ID + 1]) throws(() => table.release(wrong), RangeError)
  for (const wrong of [undefined, null, '1', 1n, {}]) throws(() => table.release(wrong as never), TypeError)
  assert.is(rowIdAt(table, 6), 1)
})

test('the values of all successive owners of a row add up', () => {
  const table = SlotTable.create({ ...small, maxThreads: 1 })
  const sum = table.key('sum', 'u32')
  for (let threadId = 1; threadId <= 100; threadId++) {
    const row = asThread(table, threadId).attach()
    assert.is(row.slot(sum).value, 0)
    row.slot(sum).add(threadId)
    assert.is(table.fold(sum), (threadId * (threadId + 1)) / 2)
    table.release(threadId)
  }
  assert.is(table.fold(sum, 'retired'), 5050)
})

test('what a thread left in its row does not count for keys that are made after its death', () => {
  const table = SlotTable.create(small)
  asThread(table, 1).attach().u8.fill(0xff)
  table.release(1)
  const late = table.key('late', 'u32')
  assert.is(table.fold(late), 0)
  const heir = asThread(table, 2).attach()
  assert.is(rowIdOf(table, heir), 0)
  assert.is(table.fold(late), 0)
  assert.is(heir.slot(late).value, 0)
})

test.run()
