// threadLocal, threadLocalClass, setDefaultTable and defaultTable in a single thread. These tests run in
// browsers, too.
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
import { throws } from '../support/assertions.js'

const keyNames = () =>
  defaultTable()
    .keys()
    .map(({ name }) => name)

test('an unset slot reads as its init, and an assigned value reads back', () => {
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

test('integers wrap as in typed arrays', () => {
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

test('two definitions of the same name share their slots', () => {
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

test('defining a name again keeps its values', () => {
  threadLocal('kept', { n: { type: 'i32', init: 3 } }).n = 8
  assert.is(threadLocal('kept', { n: { type: 'i32', init: 3 } }).n, 8)
})

test('two definitions of one name may have different slots, and share those in both', () => {
  const one = threadLocal('overlap', { a: 'u32', b: 'u32' })
  const two = threadLocal('overlap', { b: 'u32', c: 'f64' })
  one.b = 4
  two.c = 0.5
  assert.equal({ ...two }, { b: 4, c: 0.5 })
})

test('the same property in two definitions is two slots', () => {
  const one = threadLocal('apart 1', { n: 'u32' })
  const two = threadLocal('apart 2', { n: 'u32' })
  one.n = 1
  two.n = 2
  assert.equal([one.n, two.n], [1, 2])
})

test('a clashing definition is a TypeError, and changes nothing', () => {
  const local = threadLocal('clash', { n: 'u32', sizes: { type: 'f64', length: 2, fold: 'max' } })
  local.n = 5
  const before = keyNames()
  for (const n of [
    'i32',
    { type: 'u32', fold: 'max' },
    { type: 'u32', init: 1 },
    { type: 'u32', length: 1 },
  ] as const) {
    throws(() => threadLocal('clash', { fresh: 'f64', n }), TypeError, /clash\.n/)
    throws(() => threadLocalClass('clash', { n, fresh: 'f64' }), TypeError, /clash\.n/)
  }
  for (const length of [1, 3, undefined]) {
    const sizes = { type: 'f64', fold: 'max', ...(length && { length }) } as const
    throws(() => threadLocal('clash', { fresh: 'f64', sizes }), TypeError, /clash\.sizes/)
  }
  assert.equal(keyNames(), before)
  assert.is(local.n, 5)
})

test('a bad definition throws, and creates no key of its good part', () => {
  const before = keyNames()
  const bad: [unknown, typeof TypeError | typeof RangeError, RegExp][] = [
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
    throws(() => threadLocal('bad', { good: 'u32', n: spec as 'u32' }), kind, word)
  }
  assert.equal(keyNames(), before)
})

test('a slot’s name can’t contain a dot or be threadId', () => {
  const before = keyNames()
  for (const property of ['a.b', '.', 'threadId']) {
    throws(
      () => threadLocal('dots', { good: 'u32', [property]: 'u32' }),
      TypeError,
      new RegExp(
        `'${property.replace('.', '\\.')}' can't be a slot's name; use one without dots, other than threadId`,
      ),
    )
  }
  assert.equal(keyNames(), before)
  threadLocal('a.b', { c: 'u32' }).c = 1
  assert.ok(keyNames().includes('a.b.c'), 'the name of a definition may have dots')
})

test('the names of definition and slot, with the dot between them, take at most 200 bytes of UTF-8', () => {
  threadLocal('é'.repeat(99), { n: 'u32' }).n = 1
  throws(() => threadLocal('é'.repeat(99), { nn: 'u32' }), RangeError, /200/)
})

test('a slot may have the name of a property that all objects have', () => {
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

test('slots appear in Object.keys, spread, JSON and structuredClone', () => {
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

test('a slot can’t be deleted or redefined', () => {
  const local: { n?: number } = threadLocal('undeletable', { n: 'u32' })
  local.n = 5
  throws(() => delete local.n, TypeError, /n/)
  throws(() => Object.defineProperty(local, 'n', { value: 6 }), TypeError, /n/)
  assert.is(local.n, 5)
})

test('a vector is written element by element, and assigning to it is a TypeError', () => {
  const local = threadLocal('vector', { sizes: { type: 'i32', length: 2 } })
  throws(
    () => {
      ;(local as { sizes: unknown }).sizes = [1, 2]
    },
    TypeError,
    /./,
  )
  local.sizes[0] = 1
  local.sizes[2] = 9
  assert.equal([...local.sizes], [1, 0])
  assert.is(local.sizes, local.sizes)
})

test('properties outside the schema belong to one object alone, hold anything, and can be deleted', () => {
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

test('a constructor that failed can be tried again', () => {
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

test('a static threadLocal is shared by all objects of a class', () => {
  class Request {
    static readonly local = threadLocal('request', { count: 'u32' })
    readonly number = ++Request.local.count
  }
  assert.equal([new Request().number, new Request().number, Request.local.count], [1, 2, 2])
})

test('a class that is extended twice has its slots once', () => {
  class Base extends threadLocalClass('generations', { n: 'u32' }) {}
  class Derived extends Base {
    bump = () => ++this.n
  }
  const derived = new Derived()
  derived.bump()
  assert.equal([new Base().n, new Derived().bump(), derived.n], [1, 2, 2])
})

test('there is one default table, created on first use, and it has all definitions', () => {
  const local = threadLocal('in the default table', { n: 'u32' })
  local.n = 4
  const table = defaultTable()
  assert.is(defaultTable(), table)
  assert.is(table.fold(table.key('in the default table.n', 'u32')), 4)
  setDefaultTable(table)
  assert.is(defaultTable(), table)
  assert.is(threadLocal('in the default table', { n: 'u32' }).n, 4)
})

test('setting another default table is a TypeError once there is one, and changes nothing', () => {
  const table = defaultTable()
  throws(() => setDefaultTable(SlotTable.create()), TypeError, /setDefaultTable/)
  for (const none of [undefined, null, table.buffer, {}, SlotTable]) {
    throws(() => setDefaultTable(none as SlotTable), TypeError, /SlotTable/)
  }
  assert.is(defaultTable(), table)
})

test('a slot can have any name that an object’s prototype has', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']
  const schema = Object.fromEntries(names.map(name => [name, 'u32' as const]))
  for (const local of [threadLocal('hostile', schema), new (threadLocalClass('hostile', schema))()]) {
    for (const name of names) local[name] = (local[name] as number) + 1
    assert.equal(Object.keys(local), names)
  }
  const local = threadLocal('hostile', schema)
  assert.equal(
    names.map(name => local[name]),
    names.map(() => 2),
  )
  assert.equal(Object.entries(totals(local)).sort(), names.map(name => [name, 2]).sort())
  throws(() => threadLocal('hostile', Object.fromEntries([['__proto__', 'f64']])), TypeError, /__proto__/)
})

test('a schema’s slots are its own properties, whatever was added to Object.prototype', () => {
  Object.defineProperty(Object.prototype, 'a.polluted', {
    value: 'u32',
    enumerable: true,
    configurable: true,
  })
  try {
    assert.equal(Object.keys(threadLocal('clean', { n: 'u32' })), ['n'])
  } finally {
    Reflect.deleteProperty(Object.prototype, 'a.polluted')
  }
})

test.run()
