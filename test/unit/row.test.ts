import { type Key, type Slot, type SlotSpec, SlotTable } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { rowAddress } from '../../src/memory/layout.js'
import { bytesPerElement, ELEMENT_TYPES, SLOT_TYPES } from '../../src/memory/slot-types.js'
import { asThread } from '../support/as-thread.js'
import { rememberBytes, throws } from '../support/assertions.js'
import { rowIdOf } from '../support/table-usage.js'

const dimensions = { maxThreads: 3, rowBytes: 256, maxKeys: 16 }
/** A table at a byteOffset above 0 with three rows, as the owner of the middle row sees it. */
function create(): SlotTable {
  const table = SlotTable.create({ ...dimensions, byteOffset: 64, threadId: 1 })
  asThread(table, 0).attach()
  table.attach()
  asThread(table, 2).attach()
  return table
}
/** The values of a key by the threads that have used it. */
const users = (table: SlotTable, name: string) => {
  const key = table.keys().find(key => key.name === name) as Key
  return Object.fromEntries(table.perThread(key).map(({ threadId, value }) => [threadId, value]))
}

// Views

test('a row’s views cover its live area and nothing else', () => {
  const table = create()
  const row = table.attach()
  assert.is(rowIdOf(table, row), 1)
  for (const type of ELEMENT_TYPES) {
    assert.is(row[type].buffer, table.buffer)
    assert.is(row[type].byteOffset, row.u8.byteOffset)
    assert.is(row[type].byteLength, 256)
    assert.is(row[type].length, 256 / bytesPerElement(type))
  }
  const { byteOffset } = row.u8
  assert.ok(
    byteOffset >= 64 + rowAddress(dimensions, 1) && byteOffset + 256 <= 64 + rowAddress(dimensions, 2),
  )
})

test('a write to a view at an index out of range changes nothing', () => {
  const table = create()
  const row = table.attach()
  const assertUnchanged = rememberBytes(table.buffer)
  for (const type of ELEMENT_TYPES) {
    const view: { [index: number]: number | bigint } = row[type]
    const one = type === 'i64' || type === 'u64' ? 1n : 1
    for (const index of [row[type].length, row[type].length + 1, -1, 2 ** 31, 2 ** 32, 0.5, Number.NaN]) {
      view[index] = one
      assert.is(view[index], undefined)
    }
    assertUnchanged(type)
  }
})

test('filling a row’s live area changes no other byte', () => {
  const table = create()
  const before = new Uint8Array(table.buffer).slice()
  table.attach().u8.fill(0xee)
  const after = new Uint8Array(table.buffer)
  const start = table.attach().u8.byteOffset
  const changed = [...after.keys()].filter(i => after[i] !== before[i])
  assert.is(changed.length, 256)
  assert.is(changed[0], start)
  assert.is(changed.at(-1), start + 255)
})

test('writes beyond the end of a vector do not reach the next key', () => {
  const table = create()
  const row = table.attach()
  const first = table.key('first', { type: 'u32', length: 4 })
  const second = table.key('second', { type: 'u32', length: 4 })
  const vector = row.slot(first).value
  vector[4] = 1
  assert.throws(() => vector.set([1, 2, 3, 4, 5]), RangeError)
  assert.equal([...row.slot(second).value], [0, 0, 0, 0])
  vector.fill(7)
  assert.equal([...row.slot(second).value], [0, 0, 0, 0])
})

test('a key’s index is that of its value in the view of its type', () => {
  const table = create()
  const row = table.attach()
  const { n, big } = { n: table.key('n', 'u32'), big: table.key('big', 'i64') }
  row.u32[n.index] = (row.u32[n.index] as number) + 5
  row.i64[big.index] = -5n
  assert.is(table.fold(n), 5)
  assert.is(table.fold(big), -5n)
})

test('byteAddress is the address of a value in the buffer, and marks the key as used', () => {
  const table = create()
  const row = table.attach()
  const schema = { a: 'u32', b: 'f64', c: 'i64', text: { type: 'u8', length: 8 } } as const
  const local = row.locals(schema)
  const data = new DataView(table.buffer)
  const isLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
  const [a, b, c, text] = table.keys().map(key => row.byteAddress(key)) as [number, number, number, number]
  assert.equal(Object.keys(users(table, 'a')), ['1'])
  local.a = 77
  local.b = 0.5
  local.c = -3n
  local.text[1] = 9
  assert.is(data.getUint32(a, isLittle), 77)
  assert.is(data.getFloat64(b, isLittle), 0.5)
  assert.is(data.getBigInt64(c, isLittle), -3n)
  assert.is(data.getUint8(text + 1), 9)
  data.setUint32(a, 78, isLittle)
  assert.is(local.a, 78)
  assert.is(table.fold(table.key('a', 'u32')), 78)
  const other = asThread(table, 2).attach()
  assert.is(other.byteAddress(table.key('a', 'u32')) - a, other.u8.byteOffset - row.u8.byteOffset)
})

// Handles

for (const type of ELEMENT_TYPES.filter(type => type !== 'u8')) {
  test(`value, add, min, max and reset of a handle work for ${type}`, () => {
    const table = create()
    const row = table.attach()
    const asValue = (value: number) => (type === 'i64' || type === 'u64' ? BigInt(value) : value) as number
    const key: Key = table.key('x', { type, init: asValue(10) } as SlotSpec)
    const slot = row.slot(key) as unknown as Slot<number>
    assert.is(slot.value, asValue(10))
    slot.value = asValue(20)
    slot.add(asValue(5))
    assert.is(slot.value, asValue(25))
    slot.add(asValue(-5))
    assert.is(slot.value, asValue(20))
    slot.min(asValue(21))
    slot.max(asValue(19))
    assert.is(slot.value, asValue(20))
    slot.min(asValue(4))
    assert.is(slot.value, asValue(4))
    slot.max(asValue(40))
    assert.is(slot.value, asValue(40))
    assert.is(row[type][key.index], asValue(40))
    slot.reset()
    assert.is(slot.value, asValue(10))
    assert.is(row[type][key.index], asValue(10))
  })
}

test('min and max of a handle ignore NaN', () => {
  const table = create()
  for (const type of ['u32', 'f64'] as const) {
    const slot = table.attach().slot(table.key(type, type))
    slot.value = 5
    slot.min(Number.NaN)
    slot.max(Number.NaN)
    assert.is(slot.value, 5)
  }
})

test('assigning or adding a number to a bigint slot is a TypeError, and its value stays', () => {
  const table = create()
  const row = table.attach()
  for (const type of ['i64', 'u64'] as const) {
    const slot = row.slot(table.key(type, type))
    const local = row.locals({ [type]: type })
    slot.value = 5n
    throws(() => slot.add(1 as never), TypeError)
    throws(() => Object.assign(slot, { value: 1 }), TypeError)
    throws(() => Object.assign(local, { [type]: 1 }), TypeError)
    assert.is(slot.value, 5n)
  }
})

test('the value of a vector’s handle is its typed array, and reset sets every element to init', () => {
  const table = create()
  const row = table.attach()
  const key = table.key('v', { type: 'f32', length: 3, init: 0.5 })
  const slot = row.slot(key)
  assert.instance(slot.value, Float32Array)
  assert.is(slot.value.buffer, table.buffer)
  assert.is(slot.value, slot.value)
  assert.equal([...slot.value], [0.5, 0.5, 0.5])
  slot.value[2] = 8
  assert.is(row.f32[key.index + 2], 8)
  slot.reset()
  assert.equal([...slot.value], [0.5, 0.5, 0.5])
})

test('slot returns the same handle for a key of any object of the table', () => {
  const table = create()
  const key = table.key('n', 'u32')
  const row = table.attach()
  const slot = row.slot(key)
  assert.is(row.slot(key), slot)
  assert.is(row.slot(asThread(table, 2).key('n', 'u32')), slot)
  assert.is.not(row.slot(table.key('m', 'u32')), slot as unknown)
})

// Locals

const schema = {
  hits: 'u32',
  bytes: { type: 'f64', init: 0.5 },
  total: 'i64',
  sizes: { type: 'u32', length: 3 },
} as const

test('locals returns an object with own, enumerable accessors in the order of the schema', () => {
  const local = create().attach().locals(schema)
  local.hits = 5
  local.sizes[1] = 2
  assert.equal(Object.keys(local), ['hits', 'bytes', 'total', 'sizes'])
  for (const name of Object.keys(schema)) {
    const descriptor = Object.getOwnPropertyDescriptor(local, name)
    assert.type(descriptor?.get, 'function')
    assert.ok(descriptor?.enumerable)
  }
  const { hits, bytes, total, sizes } = { ...local }
  assert.equal([hits, bytes, total, [...sizes]], [5, 0.5, 0n, [0, 2, 0]])
  assert.equal(JSON.parse(JSON.stringify({ ...local, total: undefined })), {
    hits: 5,
    bytes: 0.5,
    sizes: { 0: 0, 1: 2, 2: 0 },
  })
})

test('JSON.stringify shows the values of slots', () => {
  const local = create()
    .attach()
    .locals({ hits: 'u32', sizes: { type: 'u32', length: 3 } })
  local.hits = 5
  assert.is(JSON.stringify(local), '{"hits":5,"sizes":{"0":0,"1":0,"2":0}}')
})

test('a slot can’t be deleted or redefined', () => {
  const local = create().attach().locals(schema) as { hits?: number }
  throws(() => delete local.hits, TypeError)
  throws(() => Object.defineProperty(local, 'hits', { value: 1 }), TypeError)
  local.hits = 3
  assert.is(local.hits, 3)
})

test('a vector can’t be assigned, and the attempt does not mark it as used', () => {
  const table = create()
  const local = table.attach().locals(schema) as { sizes: unknown }
  throws(() => Object.assign(local, { sizes: new Uint32Array(3) }), TypeError)
  throws(() => Object.assign(local, { sizes: [1, 2, 3] }), TypeError)
  assert.equal(users(table, 'sizes'), {})
})

test('a property outside the schema belongs to one object alone', () => {
  const row = create().attach()
  const local = row.locals(schema) as object as { db?: object }
  const other = row.locals(schema) as object as { db?: object }
  local.db = new Map()
  assert.is(other.db, undefined)
  assert.ok(Object.keys(local).includes('db'))
  assert.ok(delete local.db)
})

test('objects share the slots whose names are in both schemas, in any order', () => {
  const table = create()
  const row = table.attach()
  const first = row.locals({ a: 'u32', b: 'f64', v: { type: 'i64', length: 2 } })
  const second = row.locals({ c: 'u32', b: 'f64', v: { type: 'i64', length: 2 }, a: 'u32' })
  first.a = 1
  second.a++
  second.b = 0.25
  second.v[1] = 9n
  assert.is(first.a, 2)
  assert.is(first.b, 0.25)
  assert.is(first.v[1], 9n)
  assert.is(row.slot(table.key('a', 'u32')).value, 2)
  // An object that is made later finds the values as they are.
  assert.is(row.locals({ a: 'u32' }).a, 2)
  assert.equal(Object.keys(second), ['c', 'b', 'v', 'a'])
})

test('each thread sees its own values under the same names', () => {
  const table = create()
  const locals = [0, 1, 2].map(threadId => asThread(table, threadId).attach().locals(schema))
  locals.forEach((local, i) => {
    local.hits += i + 1
    local.sizes[i] = 1
  })
  assert.equal(
    locals.map(local => local.hits),
    [1, 2, 3],
  )
  assert.is(table.fold(table.key('hits', 'u32')), 6)
  assert.equal(table.fold(table.key('sizes', schema.sizes)), new Float64Array([1, 1, 1]))
})

test('an empty schema gives an empty object', () => {
  assert.equal(Object.keys(create().attach().locals({})), [])
})

// Which slots count as used

test('a scalar counts as used once it is assigned, even if its value stays the same', () => {
  const table = create()
  const local = table.attach().locals(schema)
  assert.equal(users(table, 'bytes'), {})
  assert.is(local.bytes, 0.5)
  assert.is(local.hits, 0)
  assert.equal(table.snapshot().threads, [])
  assert.is(table.fold(table.key('bytes', schema.bytes), 'retired'), 0)
  local.hits = 0
  assert.equal(users(table, 'hits'), { 1: 0 })
  assert.equal(users(table, 'total'), {})
})

test('a scalar that is only read does not add its init to the sum', () => {
  const table = create()
  const reader = asThread(table, 2)
  const local = table.attach().locals(schema)
  const fold = () => reader.fold(reader.keys().find(({ name }) => name === 'bytes') as Key<'f64'>)
  assert.is(local.bytes, 0.5)
  assert.is(fold(), 0)
  local.bytes = 0.5
  assert.is(fold(), 0.5)
  asThread(table, 0).attach().locals(schema).bytes += 1
  assert.is(fold(), 2)
})

test('a vector counts as used once its property is read, and not before', () => {
  const table = create()
  const local = table.attach().locals(schema)
  Object.keys(local)
  assert.equal(users(table, 'sizes'), {})
  local.sizes
  assert.equal(users(table, 'sizes'), { 1: new Uint32Array(3) })
})

test('assigning to a slot of any type marks its own key as used, and no other', () => {
  const table = create()
  const row = table.attach()
  const types = SLOT_TYPES.filter(type => type !== 'u8' && type !== 'text')
  const local = row.locals(Object.fromEntries(types.map(type => [type, type])))
  for (const [i, type] of types.entries()) {
    Object.assign(local, { [type]: type === 'i64' || type === 'u64' ? 1n : 1 })
    assert.equal(Object.keys(table.snapshot().threads[0]?.values ?? {}), types.slice(0, i + 1))
  }
})

test('a key that a thread asks for before it attaches counts as used once it does', () => {
  const table = SlotTable.create({ ...dimensions, threadId: 1 })
  const key = table.key('early', { type: 'u32', init: 4 })
  assert.equal(table.perThread(key), [])
  assert.is(table.fold(key), 0)
  table.attach()
  assert.equal(table.perThread(key), [{ threadId: 1, value: 4 }])
})

test('a key that an attached thread asks for counts as used at once', () => {
  const table = create()
  const key = table.key('late', { type: 'u32', init: 4 })
  assert.equal(users(table, 'late'), { 1: 4 })
  assert.is(table.fold(key), 4)
})

test('asking for a handle marks the key as used, and listing keys does not', () => {
  const table = create()
  const other = asThread(table, 2)
  other.attach()
  other.key('n', 'u32')
  const [key] = table.keys() as [Key]
  assert.equal(users(table, 'n'), { 2: 0 })
  table.attach().slot(key)
  assert.equal(users(table, 'n'), { 1: 0, 2: 0 })
})

test('a slot that is in use keeps its value when handles and other objects are made for it', () => {
  const table = create()
  const row = table.attach()
  row.locals({ n: 'u32' }).n = 6
  const key = table.key('n', 'u32')
  assert.is(row.slot(key).value, 6)
  row.byteAddress(key)
  const twin = asThread(table, 1).attach()
  assert.is(twin.slot(key).value, 6)
  assert.is(twin.locals({ n: 'u32' }).n, 6)
})

// Several owners of one row, one after the other

test('the next owner of a row starts from init in every slot, and has used no key', () => {
  const table = create()
  const folds = { ...schema, last: { type: 'i32', fold: 'none' }, text: { type: 'u8', length: 5 } } as const
  const local = table.attach().locals(folds)
  Object.assign(local, { hits: 9, bytes: 9, total: 9n, last: -9 })
  local.sizes.fill(9)
  local.text.fill(9)
  asThread(table, 0).release(1)
  const heir = asThread(table, 5)
  assert.is(rowIdOf(heir, heir.attach()), 1)
  assert.equal(heir.snapshot().threads, [])
  const fresh = heir.attach().locals(folds)
  assert.equal([fresh.hits, fresh.bytes, fresh.total, fresh.last], [0, 0.5, 0n, 0])
  assert.equal([...fresh.sizes, ...fresh.text], [0, 0, 0, 0, 0, 0, 0, 0])
  assert.equal(heir.snapshot().retired, { hits: 9, bytes: 9, total: 9n, sizes: new Float64Array([9, 9, 9]) })
})

test('no count is lost if keys take a row to its last byte and the row has several owners', () => {
  const schema = { first: 'u32', bytes: { type: 'u8', length: 12 }, sum: 'f64', last: 'i64' } as const
  const table = SlotTable.create({ maxThreads: 2, rowBytes: 32, maxKeys: 4, threadId: 100 })
  const neighbour = asThread(table, 50).attach().locals(schema)
  Object.assign(neighbour, { first: 1, sum: 1, last: 1n })
  neighbour.bytes.fill(0xff)
  for (let owner = 1; owner <= 6; owner++) {
    const row = asThread(table, owner).attach()
    assert.is(rowIdOf(table, row), 1)
    assert.ok(row.u8.every(byte => byte === 0))
    for (const name of Object.keys(schema)) assert.not.ok(owner in users(table, name), name)
    const local = row.locals(schema)
    assert.equal([local.first, local.sum, local.last, ...local.bytes], [0, 0, 0n, ...Array(12).fill(0)])
    Object.assign(local, { first: 10, sum: 0.5, last: -3n })
    local.bytes.fill(owner)
    const { totals, retired } = table.snapshot()
    assert.equal(totals, { first: 1 + 10 * owner, sum: 1 + owner / 2, last: 1n - 3n * BigInt(owner) })
    assert.is(retired.first, 10 * (owner - 1))
    table.release(owner)
    assert.equal(table.snapshot().totals, totals)
  }
  assert.equal([neighbour.first, neighbour.sum, neighbour.last], [1, 1, 1n])
  assert.ok(neighbour.bytes.every(byte => byte === 0xff))
})

test.run()
