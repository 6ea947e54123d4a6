// What the command makes of the readings of another process: values of all types, and rates.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { KeySelection } from '../../src/command/key-names.js'
import { RemoteSource } from '../../src/command/remote-source.js'
import type { WireKey, WireReading, WireValue } from '../../src/monitor/wire.js'
import { keyOf, readingOf, threadOf } from '../support/fake-monitor.js'

/** A source that has got keys, and a function that gives it a reading of their totals. */
function sourceOf(...keys: WireKey[]) {
  const source = new RemoteSource(undefined)
  const receive = (event: string, data: unknown) => source.receive({ event, data: JSON.stringify(data) })
  receive('keys', keys)
  const valuesOf = (values: readonly (WireValue | undefined)[]) =>
    Object.fromEntries(keys.flatMap(({ keyId }, i) => (values[i] === undefined ? [] : [[keyId, values[i]]])))
  return {
    source,
    read(seconds: number, ...values: readonly (WireValue | undefined)[]): void {
      assert.ok(receive('reading', readingOf(seconds, valuesOf(values))))
    },
    receive,
    /** The rates, by the order of the keys. */
    rates: (isLast = false) => {
      const { rates } = isLast ? source.readLast() : source.read()
      return source.columns.map(column => column.valueIn(rates))
    },
  }
}

test('rates are measured over at least 0.4 seconds of the process’s own time', () => {
  const { source, read, rates } = sourceOf(keyOf('a'))
  read(10, 100)
  assert.not(source.hasRates)
  read(10.375, 200)
  assert.not(source.hasRates)
  assert.equal(rates(), [undefined])
  read(10.5, 250)
  assert.equal(rates(), [300])
  read(10.75, 1000)
  assert.equal(rates(), [300])
  read(11, 1000)
  assert.equal(rates(), [1500])
  // Those of the whole time, and of the very last reading.
  read(11.125, 1225)
  assert.equal(rates(true), [1000])
  assert.is(source.read().seconds, 1.125)
})

test('a 32-bit sum that wraps has grown, a fall is a reset, and a 64-bit sum is exact', () => {
  const keys = [keyOf('a', { type: 'u32' }), keyOf('b', { type: 'u32' }), keyOf('c', { type: 'u64' })]
  const { read, rates, source } = sourceOf(...keys)
  read(1, 2 ** 32 - 10, 1000, '18446744073709551000')
  read(2, 5, 600, '18446744073709551005')
  assert.equal(rates(), [15, -400, 5])
  assert.is(source.columns[2]?.valueIn(source.read().totals), 18_446_744_073_709_551_005n)
})

test('values of keys that have not been sent are ignored', () => {
  const { source, receive, read } = sourceOf(keyOf('a'))
  assert.ok(receive('reading', readingOf(1, { [source.columns[0]?.name as string]: 1, 999: ['nonsense'] })))
  read(2, 5)
  assert.is(source.columns[0]?.valueIn(source.read().totals), 5)
})

test('only sums that are kept have rates; a key that is new has grown from 0', () => {
  const keys = [
    keyOf('sum'),
    keyOf('gauge', { type: 'i32', retire: false }),
    keyOf('max', { type: 'f64', fold: 'max' }),
    keyOf('text', { type: 'text', fold: 'none', length: 9 }),
    keyOf('vector', { type: 'f64', length: 2 }),
  ]
  const { read, rates, receive, source } = sourceOf(...keys)
  read(1, 1, 1, '-Infinity', undefined, [1, 2])
  read(2, 3, 9, 9, undefined, [1, 8])
  assert.equal(rates(), [2, undefined, undefined, undefined, Float64Array.of(0, 6)])
  const later = keyOf('later')
  receive('keys', [...keys, later])
  receive('reading', readingOf(3, { [later.keyId]: 5 }))
  assert.equal(rates().at(-1), 5)
  // What dead threads left in a gauge has no meaning.
  receive(
    'reading',
    readingOf(4, {}, [], { retired: { [(keys[1] as WireKey).keyId]: 5 } } as Partial<WireReading>),
  )
  assert.is(source.columns[1]?.valueIn(source.read().retired), undefined)
})

test('histograms and labelled keys are read as in the process itself', () => {
  // From 1 to 4, with one digit: 8 buckets per doubling.
  const ms = keyOf('ms', { type: 'u32', histogram: (1015 << 3) | 1, length: 18 })
  const family = { family: 'hits', type: 'f64' } as const
  const [other, a] = [
    keyOf('hits', { ...family, labels: { path: 'other' } }),
    keyOf('hits{a}', { ...family, labels: { path: '/a' } }),
  ]
  const { read, rates, source } = sourceOf(ms, other, a)
  read(1, [3, 2], 0, 10)
  read(3, [3, 8], 1, 40)
  assert.equal(
    source.columns.map(({ plainHeading }) => plainHeading),
    ['ms p50 p99', 'hits'],
  )
  const { totals } = source.read()
  const histogram = source.columns[0]?.valueIn(totals)
  assert.is(Object(histogram).count, 8)
  assert.is(source.columns[1]?.valueIn(totals), 41)
  assert.equal(rates(), [3, 15.5])
})

test('threads are sorted by their ids, and may have any names, as keys may', () => {
  const keys = ['threadId', 'threadName', '__proto__', 'constructor', ''].map(name => keyOf(name))
  const { receive, source } = sourceOf(...keys)
  const values = Object.fromEntries(keys.map(({ keyId }, i) => [keyId, i]))
  receive(
    'reading',
    readingOf(1, values, [threadOf(9, values, { threadName: '__proto__' }), threadOf(3, {})]),
  )
  const { threads, totals } = source.read()
  assert.equal(
    threads.map(({ threadId, threadName }) => [threadId, threadName]),
    [
      [3, undefined],
      [9, '__proto__'],
    ],
  )
  assert.equal(
    source.columns.map(column => column.valueIn(totals)),
    [0, 1, 2, 3, 4],
  )
  assert.equal(
    source.columns.map(({ plainHeading }) => plainHeading),
    ['threadId', 'threadName', '__proto__', 'constructor', ''],
  )
})

test('patterns stand for names, for definitions, and for anything between', () => {
  const has = (pattern: string, name: string) => new KeySelection([pattern]).has(name)
  const yes = [
    'a a',
    'a a.b',
    'a a.b.c',
    'a.b a.b',
    'a.* a.b',
    '*b a.b',
    'a*c abc',
    '* a\nb',
    '(a) (a)',
    'a+ a+.x',
    '*.b a.b.c',
  ]
  const no = ['a ab', 'a b.a', 'a.b a.bc', 'a.b axb', '*b a.bc', '. a', 'a+ aa']
  for (const text of yes) assert.ok(has(...(text.split(' ') as [string, string])), text)
  for (const text of no) assert.not(has(...(text.split(' ') as [string, string])), text)
  assert.ok(new KeySelection(undefined).has('anything'))
})

test.run()
