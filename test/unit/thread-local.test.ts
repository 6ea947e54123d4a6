// threadLocal and its classes, setDefaultTable and defaultTable, in a thread that is alone: so in browsers, too.
import {
  defaultTable,
  SlotTable,
  setDefaultTable,
  type ThreadLocal,
  threadLocal,
  threadLocalClass,
  totals,
} from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { errorOf } from '../support/errors.js'

const keyNames = () =>
  defaultTable()
    .keys()
    .map(({ name }) => name)

test('a slot that was not set is its init, and what is set reads back', () => {
  const local = threadLocal('of each type', {
    i32: 'i32',
    u32: { type: 'u32', init: 7 },
    f32: { type: 'f32', fold: 'min' },
    f64: { type: 'f64', fold: 'max' },
    i64: 'i64',
    u64: { type: 'u64', init: 2n ** 64n - 1n },
    vector: { type: 'i64', length: 3, init: -1n },
    text: { type: 'u8', length: 4 },
  })
  assert.equal(
    [local.i32, local.u32, local.f32, local.f64, local.i64, local.u64],
    [0, 7, Infinity, -Infinity, 0n, 2n ** 64n - 1n],
  )
  assert.equal([...local.vector], [-1n, -1n, -1n])
  assert.equal([...local.text], [0, 0, 0, 0])
  Object.assign(local, { i32: -5, u32: 6, f32: 0.5, f64: 1e300, i64: -(2n ** 63n), u64: 3n })
  local.vector.set([1n, 2n, 3n])
  assert.equal(
    [local.i32, local.u32, local.f32, local.f64, local.i64, local.u64],
    [-5, 6, 0.5, 1e300, -(2n ** 63n), 3n],
  )
  assert.equal([...local.vector], [1n, 2n, 3n])
})

test('integers wrap, as in typed arrays', () => {
  const local = threadLocal('wrapping', { i32: 'i32', u32: 'u32', i64: 'i64', u64: 'u64' })
  Object.assign(local, { i32: 0x7fffffff, u32: 0xffffffff, i64: 2n ** 63n - 1n, u64: 2n ** 64n - 1n })
  local.i32++
  local.u32++
  local.i64 += 1n
  local.u64 += 1n
  assert.equal([local.i32, local.u32, local.i64, local.u64], [-0x80000000, 0, -(2n ** 63n), 0n])
  local.u32--
  assert.is(local.u32, 0xffffffff)
})

test('the same name defined twice is the same slots', () => {
  const one = threadLocal('twice', { hits: 'u32', sizes: { type: 'u32', length: 2 } })
  const two = threadLocal('twice', { hits: 'u32', sizes: { type: 'u32', length: 2 } })
  const Made = threadLocalClass('twice', { hits: { type: 'u32', fold: 'sum', init: 0 } })
  one.hits = 5
  two.hits++
  new Made().hits++
  one.sizes[1] = 9
  assert.equal([one.hits, two.hits, new Made().hits], [7, 7, 7])
  assert.is(two.sizes[1], 9)
  assert.equal(totals(one).hits, 7)
  assert.equal(totals(new Made()), { hits: 7 })
})

test('the second definition of a name does not go back to init', () => {
  threadLocal('kept', { n: { type: 'i32', init: 3 } }).n = 8
  assert.is(threadLocal('kept', { n: { type: 'i32', init: 3 } }).n, 8)
})

test('two definitions of one name may have more names, and share those that are in both', () => {
  const one = threadLocal('overlap', { a: 'u32', b: 'u32' })
  const two = threadLocal('overlap', { b: 'u32', c: 'f64' })
  one.b = 4
  two.c = 0.5
  assert.equal({ ...two }, { b: 4, c: 0.5 })
})

test('the same property of two names is two slots', () => {
  const one = threadLocal('apart 1', { n: 'u32' })
  const two = threadLocal('apart 2', { n: 'u32' })
  one.n = 1
  two.n = 2
  assert.equal([one.n, two.n], [1, 2])
})

test('a clash throws a TypeError and changes nothing', () => {
  const local = threadLocal('clash', { n: 'u32', sizes: { type: 'f64', length: 2, fold: 'max' } })
  local.n = 5
  const before = keyNames()
  for (const n of [
    'i32',
    { type: 'u32', fold: 'max' },
    { type: 'u32', init: 1 },
    { type: 'u32', length: 1 },
  ] as const) {
    assert.throws(() => threadLocal('clash', { fresh: 'f64', n }), errorOf(TypeError, /clash\.n/))
    assert.throws(() => threadLocalClass('clash', { n, fresh: 'f64' }), errorOf(TypeError, /clash\.n/))
  }
  for (const length of [1, 3, undefined]) {
    const sizes = { type: 'f64', fold: 'max', ...(length && { length }) } as const
    assert.throws(() => threadLocal('clash', { fresh: 'f64', sizes }), errorOf(TypeError, /clash\.sizes/))
  }
  assert.equal(keyNames(), before)
  assert.is(local.n, 5)
})

test('a bad definition throws, and makes no key of its good part', () => {
  const before = keyNames()
  const bad: [unknown, ErrorConstructor, RegExp][] = [
    ['u16', TypeError, /u16/],
    ['u8', TypeError, /length/],
    [{ type: 'u32', size: 4 }, TypeError, /size/],
    [{ type: 'u32', fold: 'mean' }, TypeError, /mean/],
    [{ type: 'u32', init: -1 }, RangeError, /-1/],
    [{ type: 'i64', init: 0 }, TypeError, /init/],
    [{ type: 'u32', length: 0 }, RangeError, /length/],
    [undefined, TypeError, /type/],
  ]
  for (const [spec, kind, word] of bad) {
    assert.throws(() => threadLocal('bad', { good: 'u32', n: spec as 'u32' }), errorOf(kind, word))
  }
  assert.equal(keyNames(), before)
})

test('a name with a dot, and threadId, can be no name in a schema', () => {
  const before = keyNames()
  for (const property of ['a.b', '.', 'threadId']) {
    assert.throws(
      () => threadLocal('dots', { good: 'u32', [property]: 'u32' }),
      errorOf(TypeError, new RegExp(`${property.replace('.', '\\.')}'? is no key name`)),
    )
  }
  assert.equal(keyNames(), before)
  threadLocal('a.b', { c: 'u32' }).c = 1
  assert.ok(keyNames().includes('a.b.c'), 'the name of a definition may have dots')
})

test('a name has room for 88 bytes of UTF-8, with the property and the dot', () => {
  threadLocal('é'.repeat(43), { n: 'u32' }).n = 1
  assert.throws(() => threadLocal('é'.repeat(43), { nn: 'u32' }), errorOf(RangeError, /88/))
})

test('names that all objects have are slots like others', () => {
  const schema = { constructor: 'u32', toString: 'u32', hasOwnProperty: 'u32', ['__proto__']: 'u32' } as const
  const local: { [name: string]: unknown } = threadLocal('Object.prototype', schema)
  const prototype = Object.getPrototypeOf(local)
  for (const name of Object.keys(schema)) local[name] = 3
  assert.equal(Object.keys(local), ['constructor', 'toString', 'hasOwnProperty', '__proto__'])
  assert.equal(Object.values(local), [3, 3, 3, 3])
  assert.is(Object.getPrototypeOf(local), prototype)
  assert.equal(Object.entries(totals(local as typeof local & ThreadLocal<typeof schema>)), [
    ['constructor', 3],
    ['toString', 3],
    ['hasOwnProperty', 3],
    ['__proto__', 3],
  ])
})

test('slots show in Object.keys, spread, JSON and structuredClone', () => {
  const local = threadLocal('shown', { hits: 'u32', ms: 'f64', sizes: { type: 'u32', length: 2 } })
  Object.assign(local, { hits: 3, ms: 0.5, note: 'private' })
  assert.equal(Object.keys(local), ['hits', 'ms', 'sizes', 'note'])
  assert.equal({ ...local, sizes: [...local.sizes] }, { hits: 3, ms: 0.5, sizes: [0, 0], note: 'private' })
  assert.is(JSON.stringify(local), '{"hits":3,"ms":0.5,"sizes":{"0":0,"1":0},"note":"private"}')
  assert.is(structuredClone(local).ms, 0.5)
  assert.ok('hits' in local && Object.hasOwn(local, 'hits'))
  const { hits, ms } = local
  assert.equal([hits, ms], [3, 0.5])
})

test('a slot can be neither deleted nor defined anew', () => {
  const local: { n?: number } = threadLocal('undeletable', { n: 'u32' })
  local.n = 5
  assert.throws(() => delete local.n, errorOf(TypeError, /n/))
  assert.throws(() => Object.defineProperty(local, 'n', { value: 6 }), errorOf(TypeError, /n/))
  assert.is(local.n, 5)
})

test('a vector is written element by element; to assign it is a TypeError', () => {
  const local = threadLocal('vector', { sizes: { type: 'i32', length: 2 } })
  assert.throws(
    () => {
      ;(local as { sizes: unknown }).sizes = [1, 2]
    },
    errorOf(TypeError, /./),
  )
  local.sizes[0] = 1
  local.sizes[2] = 9
  assert.equal([...local.sizes], [1, 0])
  assert.is(local.sizes, local.sizes)
})

test('properties outside the schema are of this object alone, hold anything, and can be deleted', () => {
  const local: { n: number; [extra: string]: unknown } = threadLocal('extras', { n: 'u32' })
  const other: { n: number; [extra: string]: unknown } = threadLocal('extras', { n: 'u32' })
  const before = keyNames()
  const held = new Map([[{}, () => 1]])
  local.held = held
  assert.is(local.held, held)
  assert.is(other.held, undefined)
  delete local.held
  assert.not.ok('held' in local)
  assert.equal(keyNames(), before)
})

test('a constructor that fails can be tried again', () => {
  let attempts = 0
  class Fragile extends threadLocalClass('fragile', { calls: 'u32' }) {
    readonly attempt: number
    constructor() {
      super()
      this.calls++
      if (++attempts < 3) throw new Error('not yet')
      this.attempt = attempts
    }
  }
  for (const _ of [1, 2]) assert.throws(() => new Fragile(), /not yet/)
  const fragile = new Fragile()
  assert.equal([fragile.attempt, fragile.calls], [3, 3])
  assert.equal(totals(fragile), { calls: 3 })
})

test('a static local is shared by many objects', () => {
  class Request {
    static readonly local = threadLocal('request', { count: 'u32' })
    readonly number = ++Request.local.count
  }
  assert.equal([new Request().number, new Request().number, Request.local.count], [1, 2, 2])
})

test('a class that was extended twice has the slots once', () => {
  class Base extends threadLocalClass('generations', { n: 'u32' }) {}
  class Derived extends Base {
    bump = () => ++this.n
  }
  const derived = new Derived()
  derived.bump()
  assert.equal([new Base().n, new Derived().bump(), derived.n], [1, 2, 2])
})

test('the default table is one, made on first use, and holds all definitions', () => {
  const local = threadLocal('in the default table', { n: 'u32' })
  local.n = 4
  const table = defaultTable()
  assert.is(defaultTable(), table)
  assert.is(table.byteLength, SlotTable.byteLength())
  assert.is(table.fold(table.key('in the default table.n', 'u32')), 4)
  setDefaultTable(table)
  assert.is(defaultTable(), table)
  assert.is(threadLocal('in the default table', { n: 'u32' }).n, 4)
})

test('another default table is a TypeError, once there is one, and changes nothing', () => {
  const table = defaultTable()
  assert.throws(() => setDefaultTable(SlotTable.create()), errorOf(TypeError, /setDefaultTable/))
  for (const none of [undefined, null, table.buffer, {}, SlotTable]) {
    assert.throws(() => setDefaultTable(none as SlotTable), errorOf(TypeError, /SlotTable/))
  }
  assert.is(defaultTable(), table)
})

test.run()
