// totals, perThread, sampler and onThreadExit in a single thread. These tests run in browsers, too.
import {
  definitionOf,
  type Field,
  onThreadExit,
  perThread,
  SlotTable,
  sampler,
  type ThreadLocal,
  threadLocal,
  threadLocalClass,
  totals,
} from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { throws } from '../support/assertions.js'
import { mixedSchema } from '../support/mixed-schema.js'

test('totals has the identity for keys that nobody has used, and leaves out keys without a fold', () => {
  const local = threadLocal('unused', { ...mixedSchema, low: { type: 'u32', fold: 'min', init: 3 } })
  const nothing = {
    images: 0,
    bytes: 0,
    slowest: -Infinity,
    least: 0x7fffffff,
    ids: 0n,
    marks: 0n,
    sizes: new Float64Array(3),
    peaks: new Float64Array(2).fill(-Infinity),
    sums: new BigInt64Array(2),
    low: 0xffffffff,
  }
  for (const scope of ['all', 'live', 'retired'] as const) assert.equal(totals(local, scope), nothing)
  assert.equal(totals(local), nothing)
  assert.equal(perThread(local), [])
})

test('perThread returns copies of vectors', () => {
  const local = threadLocal('copies', { sizes: { type: 'u32', length: 2 } })
  local.sizes[0] = 1
  const [before] = perThread(local)
  if (before?.sizes) before.sizes[1] = 9
  local.sizes[0] = 2
  assert.equal(before, { threadId: 0, sizes: Uint32Array.of(1, 9) })
  assert.equal([...local.sizes], [2, 0])
})

test('each sampler compares with its own previous sample', () => {
  const local = threadLocal('samplers', { n: 'u32' })
  const early = sampler(local)
  local.n = 3
  const late = sampler(local)
  local.n = 5
  assert.equal([early().deltas, late().deltas], [{ n: 5 }, { n: 2 }])
  local.n = 6
  assert.equal([early().deltas, late().deltas, late().deltas], [{ n: 1 }, { n: 1 }, { n: 0 }])
})

test('if the clock has not moved, a sample’s rates are zero rather than infinite', () => {
  const local = threadLocal('still', { n: 'u32', ids: 'u64', v: { type: 'u32', length: 1 } })
  const clock = performance.now
  performance.now = () => 1000
  try {
    const sample = sampler(local)
    local.n = 3
    const still = { seconds: 0, deltas: { n: 3, ids: 0n, v: new Float64Array(1) } }
    assert.equal(sample(), { ...still, rates: { n: 0, ids: 0, v: new Float64Array(1) } })
  } finally {
    performance.now = clock
  }
})

/** Browsers' clocks advance in steps of up to a millisecond, and a reading is faster. */
function waitForTick(): void {
  const start = performance.now()
  while (performance.now() === start) {}
}

test('a 32-bit sum that wraps has grown, and one that is set back has fallen', () => {
  const local = threadLocal('wrapping', {
    unsigned: 'u32',
    signed: 'i32',
    running: { type: 'u32', retire: false },
    elements: { type: 'u32', length: 2 },
    large: 'count',
    fraction: 'f64',
  })
  const sample = sampler(local)
  for (let billions = 1; billions <= 9; billions++) {
    local.unsigned += 1e9
    local.signed += 1e9
    ;(local.elements[0] as number) += 1e9
    local.large += 1e9
    local.fraction += 1e9
    waitForTick()
    const { deltas, rates } = sample()
    const { unsigned, signed, elements, large, fraction } = deltas
    assert.equal([unsigned, signed, ...elements, large, fraction], [1e9, 1e9, 1e9, 0, 1e9, 1e9])
    assert.ok(rates.unsigned > 0 && rates.signed > 0 && (rates.elements[0] as number) > 0)
  }
  assert.is(totals(local).large, 9e9)
  // The sum of u32 values of several threads can be any; these falls are at the limit, 2^31.
  local.unsigned = 2 ** 31 + 1
  local.running = 2 ** 31 + 1
  local.fraction = 9e9
  sample()
  local.unsigned = local.running = local.fraction = 0
  const { unsigned, running, fraction } = sample().deltas
  assert.equal([unsigned, running, fraction], [2 ** 31 - 1, -(2 ** 31) - 1, -9e9])
  local.unsigned = 2 ** 31
  sample()
  local.unsigned = 0
  assert.is(sample().deltas.unsigned, -(2 ** 31))
})

test('the counts of a histogram that wrap have grown', () => {
  const local = threadLocal('wrapping histogram', { latency: histogram({ min: 1, max: 4, digits: 1 }) })
  const { table, fields } = definitionOf(local)
  const [[, key]] = fields as [Field]
  local.latency.record(1)
  table.attach().u32[key.index] = 2 ** 32 - 1
  const sample = sampler(local)
  for (let n = 0; n < 3; n++) local.latency.record(0.5)
  const { deltas } = sample()
  assert.is(deltas.latency.count, 3)
})

test('slots may be named like properties of every object', () => {
  const names = ['__proto__', 'constructor', 'toString'] as const
  const schema = Object.fromEntries(names.map(name => [name, 'count'] as const))
  const local: { [name: string]: number } = threadLocal('inherited names', schema)
  const sample = sampler(local as ThreadLocal<typeof schema>)
  const expected = Object.fromEntries(names.map(name => [name, 3]))
  for (const name of names) local[name] = 3
  const { deltas, rates } = sample()
  assert.equal(Object.entries(deltas), Object.entries(expected))
  assert.equal(Object.keys(rates), [...names])
  assert.equal(Object.entries(totals(local as ThreadLocal<typeof schema>)), Object.entries(expected))
})

test('texts are strings in perThread, and have no total', () => {
  const local = threadLocal('texts', { file: { type: 'text', length: 5 }, n: 'count' })
  local.file = 'größer'
  assert.equal(perThread(local), [{ threadId: 0, file: 'grö' }])
  assert.equal(totals(local), { n: 0 })
  assert.equal(sampler(local)().deltas, { n: 0 })
})

test('readers refuse objects that threadLocal did not make, unknown scopes and bad callbacks', () => {
  const local = threadLocal('refused', { n: 'u32' })
  const [symbol = Symbol()] = Object.getOwnPropertySymbols(Object.getPrototypeOf(local)).filter(
    ({ description }) => description === 'definition',
  )
  const forged = { [symbol]: { table: SlotTable.create(), fields: [] } }
  const others = [undefined, null, 5, 'refused', {}, { ...local }, forged, () => 1]
  for (const other of others as (typeof local)[]) {
    throws(() => totals(other), TypeError, /threadLocal/)
    throws(() => perThread(other), TypeError, /threadLocal/)
    throws(() => sampler(other), TypeError, /threadLocal/)
    throws(() => onThreadExit(other, () => {}), TypeError, /threadLocal/)
  }
  const ofAnotherCopy = { [Symbol.for('threadslots')]: true } as unknown as typeof local
  throws(() => totals(ofAnotherCopy), TypeError, /made by threadLocal of the same copy of this package/)
  for (const scope of ['dead', '', null, 1] as unknown as 'all'[]) {
    throws(() => totals(local, scope), TypeError, /scope/)
  }
  for (const callback of [undefined, null, {}, 'call'] as unknown as (() => void)[]) {
    throws(() => onThreadExit(local, callback), TypeError, /function/)
  }
  assert.equal(totals(local, undefined), { n: 0 })
})

/** A proxy that wraps every object it hands out, unless the language forbids it: as state libraries do. */
function wrapDeeply<T extends object>(target: T): T {
  return new Proxy(target, {
    get(object, property, receiver) {
      const value: unknown = Reflect.get(object, property, receiver)
      return typeof value === 'object' && value !== null && Object.isExtensible(value)
        ? wrapDeeply(value)
        : value
    },
  })
}

test('readers take proxies of a thread-local, and objects that inherit from one', () => {
  const local = threadLocal('wrapped', { n: 'u32' })
  class Extended extends threadLocalClass('wrapped', { n: 'u32' }) {}
  const wrappers = [
    new Proxy(local, {}),
    new Proxy(new Proxy(local, {}), {}),
    wrapDeeply(local),
    new Proxy(new Extended(), {}),
    Object.create(local) as typeof local,
  ]
  for (const wrapped of wrappers) {
    wrapped.n++
    assert.equal(totals(wrapped), totals(local))
    assert.equal(perThread(wrapped), perThread(local))
    assert.is(sampler(wrapped)().deltas.n, 0)
    assert.is(definitionOf(wrapped).name, 'wrapped')
    onThreadExit(wrapped, () => {})()
  }
  assert.is(totals(local).n, wrappers.length)
})

test.run()
