// Labelled keys in a single thread, in which several table objects stand for threads: counting, reading, and what is refused.
// What has no room is in labels-overflow.test.ts.
import { inspect } from 'node:util'
import {
  defaultTable,
  type Key,
  type LabelledReading,
  perThread,
  reset,
  type Schema,
  type SlotSpec,
  SlotTable,
  sampler,
  type ThreadLocal,
  threadLocal,
  totals,
  valuesOf,
} from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { labelled } from 'threadslots/labels'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { RECORD_TEXTS, RECORD_WORDS, recordAddress } from '../../src/memory/layout.js'
import { FOLDS, SLOT_TYPES } from '../../src/memory/slot-types.js'
import type { KeyRegistry } from '../../src/protocol/keys.js'
import type { Row as OwnRow } from '../../src/table/row.js'
import { asThread } from '../support/as-thread.js'
import { throws } from '../support/assertions.js'
import { dimensionsOf } from '../support/table-usage.js'

let lastId = 6000
/** Another thread's values of a definition, and its end. */
function startThread<const S extends Schema>(name: string, schema: S) {
  const threadId = ++lastId
  const table = asThread(defaultTable(), threadId)
  const { registry } = table as unknown as { readonly registry: KeyRegistry }
  const row = table.attach() as unknown as Pick<OwnRow, 'classOf'>
  const local = new (row.classOf(registry.internAll(schema, name)))() as ThreadLocal<S>
  return { threadId, local, end: () => defaultTable().release(threadId) }
}

/** The keys of a labelled key, in the order of their ids. */
const childrenOf = (family: string, table: SlotTable = defaultTable()): Key[] =>
  table.keys().filter(key => key.family === family)

test('with returns the same handle for the same labels, on every call and for every definition of the name', () => {
  const schema = { requests: labelled('count', ['method', 'status', 'cached']) }
  const local = threadLocal('handles', schema)
  const handle = local.requests.with({ method: 'GET', status: 200, cached: true })
  const again = threadLocal('handles', schema)
  for (const { requests } of [local, again]) {
    for (const status of [200, '200']) {
      for (const cached of [true, 'true'])
        assert.is(
          requests.with({ method: 'GET', status, cached }),
          handle,
          `${typeof status}, ${typeof cached}`,
        )
    }
  }
  assert.is.not(local.requests.with({ method: 'GET', status: 200, cached: false }), handle)
  assert.is.not(local.requests.with({ method: 'get', status: 200, cached: true }), handle)
  assert.is(local.requests, local.requests)
  handle.add(2)
  again.requests.with({ cached: 'true', status: '200', method: 'GET' }).add(3)
  assert.equal(
    [...local.requests].map(({ value }) => value),
    [5, 0, 0],
  )
})

test('numbers and booleans count as the strings that they are written as', () => {
  const { n } = threadLocal('written', { n: labelled('u32', ['value']) })
  const values = [200, 1.5, 1e21, -0, 0, Number.NaN, Infinity, true, false]
  for (const value of values) n.with({ value }).add(1)
  assert.equal(
    [...n].map(({ labels, value }) => [labels.value, value]),
    [
      ...['200', '1.5', '1e+21'].map(text => [text, 1]),
      ['0', 2],
      ...['NaN', 'Infinity', 'true', 'false'].map(text => [text, 1]),
    ],
  )
})

interface AnyHandle {
  value: unknown
  record(value: number): void
}

const ms = histogram({ min: 1, max: 100, digits: 1 })
const write = (value: unknown) => (handle: AnyHandle) => {
  handle.value = value
}
const writeElement =
  (i: number, element: unknown) =>
  ({ value }: AnyHandle) =>
    Reflect.set(value as object, i, element)

interface OfType {
  readonly spec: SlotSpec
  /** Two threads count, both by the same labels. */
  readonly writes: readonly [first: (handle: AnyHandle) => void, second: (handle: AnyHandle) => void]
  readonly own: unknown
  readonly theirs: unknown
  /** Missing if the key has no fold. */
  readonly total?: unknown
}

const TYPES: { readonly [type: string]: OfType } = {
  count: { spec: 'count', writes: [write(2 ** 40), write(3)], own: 2 ** 40, theirs: 3, total: 2 ** 40 + 3 },
  i32: { spec: 'i32', writes: [write(-7), write(3)], own: -7, theirs: 3, total: -4 },
  u32: {
    spec: 'u32',
    writes: [write(2 ** 32 - 1), write(3)],
    own: 2 ** 32 - 1,
    theirs: 3,
    total: 2 ** 32 + 2,
  },
  f32: { spec: 'f32', writes: [write(0.5), write(0.25)], own: 0.5, theirs: 0.25, total: 0.75 },
  f64: { spec: 'f64', writes: [write(0.1), write(0.2)], own: 0.1, theirs: 0.2, total: 0.1 + 0.2 },
  i64: {
    spec: 'i64',
    writes: [write(-(2n ** 60n)), write(1n)],
    own: -(2n ** 60n),
    theirs: 1n,
    total: 1n - 2n ** 60n,
  },
  u64: {
    spec: 'u64',
    writes: [write(2n ** 60n), write(1n)],
    own: 2n ** 60n,
    theirs: 1n,
    total: 2n ** 60n + 1n,
  },
  'a vector of numbers': {
    spec: { type: 'u32', length: 2 },
    writes: [writeElement(0, 7), writeElement(1, 8)],
    own: Uint32Array.of(7, 0),
    theirs: Uint32Array.of(0, 8),
    total: Float64Array.of(7, 8),
  },
  'a vector of bigints': {
    spec: { type: 'i64', length: 2 },
    writes: [writeElement(0, 7n), writeElement(1, 8n)],
    own: BigInt64Array.of(7n, 0n),
    theirs: BigInt64Array.of(0n, 8n),
    total: BigInt64Array.of(7n, 8n),
  },
  text: {
    spec: { type: 'text', length: 8 },
    writes: [write('größer'), write('b')],
    own: 'größer',
    theirs: 'b',
  },
  u8: {
    spec: { type: 'u8', length: 2 },
    writes: [writeElement(1, 9), writeElement(0, 8)],
    own: Uint8Array.of(0, 9),
    theirs: Uint8Array.of(8, 0),
  },
  'minimum of f64': {
    spec: { type: 'f64', fold: 'min' },
    writes: [write(5), write(4)],
    own: 5,
    theirs: 4,
    total: 4,
  },
  'maximum of count': {
    spec: { type: 'count', fold: 'max' },
    writes: [write(5), write(4)],
    own: 5,
    theirs: 4,
    total: 5,
  },
  'no fold': {
    spec: { type: 'i32', fold: 'none', init: -1 },
    writes: [write(5), () => {}],
    own: 5,
    theirs: -1,
  },
  histogram: {
    spec: ms,
    writes: [handle => handle.record(4), handle => handle.record(50)],
    own: { count: 1, mean: 3.875, min: 3.875, max: 3.875, p50: 3.875, p90: 3.875, p99: 3.875 },
    theirs: { count: 1, mean: 50, min: 50, max: 50, p50: 50, p90: 50, p99: 50 },
    total: { count: 2, mean: 26.9375, min: 3.875, max: 50, p50: 3.875, p90: 50, p99: 50 },
  },
}

/** A value that `assert.equal` can compare: vectors in ordinary memory, and histograms by their figures. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return (value as Float64Array).slice()
  return typeof value === 'object' ? (value as { toJSON(): unknown }).toJSON() : value
}

for (const [i, [type, { spec, writes, own, theirs, total }]] of Object.entries(TYPES).entries()) {
  test(`each thread has its own values by labels, which others read separately and together: ${type}`, () => {
    const schema = { by: labelled(spec, ['a']) }
    const name = `type ${i}`
    const local = threadLocal(name, schema)
    const other = startThread(name, schema)
    ;[local, other.local].forEach(({ by }, i) => {
      writes[i]?.(by.with({ a: 'x' }) as never)
      by.with({ a: `${i}` })
    })
    const read = (children: Iterable<{ readonly labels: object; readonly value: unknown }>) =>
      Array.from(children, ({ labels: { a }, value }: { labels: { a?: string }; value: unknown }) => [
        a,
        plain(value),
      ]).filter(([a]) => a === 'x')
    assert.equal(read(local.by), [['x', own]])
    assert.equal(read(other.local.by), [['x', theirs]])
    const threads = perThread(local).map(({ by }) => read(by as never)[0]?.[1])
    assert.equal(threads, [own, theirs])
    assert.equal(plain(valuesOf(local, other.threadId).by?.get({ a: 'x' })), theirs)
    assert.equal((totals(local) as { by?: object }).by !== undefined, total !== undefined)
    const folded = () => (totals(local) as { by?: LabelledReading<unknown, unknown> }).by?.get({ a: 'x' })
    assert.equal(plain(folded()), total)
    other.end()
    assert.equal(plain(folded()), total)
    assert.is(valuesOf(local, other.threadId).by, undefined)
  })
}

test('children have the fold, the init, the unit, the help text and `retire` of their definition', () => {
  const spec = { type: 'i32', fold: 'max', init: -9, unit: 'bytes', help: 'Why', retire: false } as const
  const { deepest } = threadLocal('details', { deepest: labelled(spec, ['a', 'b']) })
  deepest.with({ a: 1, b: 2 })
  const details = childrenOf('details.deepest').map(
    ({ name, labels, type, fold, init, unit, help, retire }) => [
      name,
      labels,
      { type, fold, init, unit, help, retire },
    ],
  )
  assert.equal(details, [
    ['details.deepest', { a: 'other', b: 'other' }, spec],
    ['details.deepest{"a":"1","b":"2"}', { a: '1', b: '2' }, spec],
  ])
})

test('values that end with their thread are dropped from all totals', () => {
  const schema = { busy: labelled({ type: 'i32', retire: false }, ['a']) }
  const local = threadLocal('dropped', schema)
  const other = startThread('dropped', schema)
  local.busy.with({ a: 1 }).add(1)
  other.local.busy.with({ a: 1 }).add(10)
  other.local.busy.with({ a: 2 }).add(100)
  assert.equal([totals(local).busy.sum, totals(local, 'live').busy.sum], [111, 111])
  other.end()
  assert.equal([totals(local).busy.sum, totals(local, 'retired').busy.sum], [1, 0])
  assert.equal(totals(local).busy.get({ a: 2 }), 0)
})

test('a reading lists children in the order of their creation, and `other` at the end if it was used', () => {
  const schema = { n: labelled('u32', ['a']) }
  const local = threadLocal('order', schema)
  const other = startThread('order', schema)
  local.n.with({ a: 'c' }).add(1)
  other.local.n.with({ a: 'a' }).add(2)
  local.n.with({ a: 'b' }).add(3)
  local.n.with({ a: 'a' }).add(10)
  const list = () => totals(local).n.map(({ labels, value }) => [labels.a, value])
  const { n } = totals(local)
  assert.equal(list(), [
    ['c', 1],
    ['a', 12],
    ['b', 3],
  ])
  assert.is(n.length, 3)
  assert.is(n.get({ a: 'other' }), undefined)
  local.n.with({ a: 'other' }).add(100)
  local.n.with({ a: 'd' }).add(4)
  assert.equal(list(), [
    ['c', 1],
    ['a', 12],
    ['b', 3],
    ['d', 4],
    ['other', 100],
  ])
  assert.equal(
    [totals(local).n.length, totals(local).n.get({ a: 'other' }), totals(local).n.sum],
    [5, 100, 120],
  )
  assert.equal([n.length, n.sum, n.get({ a: 'd' })], [3, 16, undefined], 'a reading stays what it was')
  // A thread's own list has what that thread has used.
  assert.equal(
    [...local.n].map(({ labels }) => labels.a),
    ['c', 'a', 'b', 'd', 'other'],
  )
  assert.equal(
    [...other.local.n].map(({ labels }) => labels.a),
    ['a'],
  )
  assert.equal(
    perThread(local).map(({ n }) => n?.length),
    [5, 1],
  )
  other.end()
})

test('get takes labels as `with` does, or as a reading tells them, and knows no child that is not there', () => {
  const local = threadLocal('get', { n: labelled('u32', ['code', 'ok']) })
  local.n.with({ code: 200, ok: true }).add(7)
  const { n } = totals(local)
  for (const { labels } of n) assert.is(n.get(labels), 7)
  assert.is(n.get({ code: 200, ok: true }), 7)
  assert.is(n.get({ ok: 'true', code: '200' }), 7)
  assert.is(n.get({ code: 200, ok: false }), undefined)
  throws(() => n.get({ code: 200 } as never), TypeError, /label 'ok' of 'get\.n' is undefined/)
  throws(() => n.get({ code: 200, ok: 1, no: 2 } as never), TypeError, /'get\.n' is 'no'; use code, ok/)
  throws(() => n.get(undefined as never), TypeError, /undefined; use \{ code, ok \}/)
})

test('the sum of all children is of the type of their values', () => {
  const schema = {
    numbers: labelled('f64', ['a']),
    bigints: labelled('i64', ['a']),
    vectors: labelled({ type: 'u32', length: 2 }, ['a']),
    longs: labelled({ type: 'u64', length: 2 }, ['a']),
    ms: labelled(ms, ['a']),
    least: labelled({ type: 'f64', fold: 'min' }, ['a']),
    most: labelled({ type: 'f64', fold: 'max' }, ['a']),
  }
  const local = threadLocal('sums', schema)
  const empty = totals(local)
  for (const [i, a] of ['x', 'y', 'other'].entries()) {
    local.numbers.with({ a }).add(2 ** i)
    local.bigints.with({ a }).add(2n ** BigInt(i))
    local.vectors.with({ a }).value[1] = 2 ** 32 - 1
    local.longs.with({ a }).value[0] = 2n ** 40n
    local.ms.with({ a }).record(10 * (i + 1))
    local.least.with({ a }).min(5)
    local.most.with({ a }).max(5)
  }
  const sums = (read: ReturnType<typeof totals<typeof schema>>) =>
    Object.fromEntries(Object.entries(read).map(([name, { sum }]) => [name, plain(sum)]))
  const { ms: all, ...rest } = sums(totals(local))
  assert.equal(rest, {
    numbers: 7,
    bigints: 7n,
    vectors: Float64Array.of(0, 3 * (2 ** 32 - 1)),
    longs: BigUint64Array.of(3n * 2n ** 40n, 0n),
    least: undefined,
    most: undefined,
  })
  assert.is((all as { count: number }).count, 3)
  assert.is(totals(local).ms.sum?.max, totals(local).ms.get({ a: 'other' })?.max)
  const { ms: none, ...zeros } = sums(empty)
  assert.equal(zeros, {
    numbers: 0,
    bigints: 0n,
    vectors: Float64Array.of(0, 0),
    longs: BigUint64Array.of(0n, 0n),
    least: undefined,
    most: undefined,
  })
  assert.is((none as { count: number }).count, 0)
})

test('a labelled key that nobody has used reads as an empty list', () => {
  const local = threadLocal('empty', {
    n: labelled('u32', ['a']),
    most: labelled({ type: 'u32', fold: 'max' }, ['a']),
  })
  for (const reading of [totals(local).n, totals(local).most, totals(local, 'live').n]) {
    assert.is(reading.length, 0)
    assert.equal([...reading], [])
    assert.is(JSON.stringify(reading), '[]')
    assert.is(inspect(reading), 'Map(0) {}')
    assert.is(reading.get({ a: 'other' }), undefined)
  }
  assert.equal([...local.n], [])
  assert.equal(perThread(local), [])
  assert.is(valuesOf(local, 0).n, undefined)
})

test('JSON.stringify shows a list, and console.log a Map, of readings and of the thread’s own values', () => {
  const local = threadLocal('shown', { n: labelled('u32', ['a', 'b']), ms: labelled(ms, ['a']) })
  local.n.with({ a: 'x', b: 1 }).add(5)
  local.n.with({ a: 'y', b: 2 }).add(6)
  local.ms.with({ a: 'x' }).record(4)
  const json = '[{"labels":{"a":"x","b":"1"},"value":5},{"labels":{"a":"y","b":"2"},"value":6}]'
  const figures = '{"count":1,"mean":3.875,"min":3.875,"max":3.875,"p50":3.875,"p90":3.875,"p99":3.875}'
  const shown = "Map(2) { { a: 'x', b: '1' } => 5, { a: 'y', b: '2' } => 6 }"
  for (const n of [local.n, totals(local).n, perThread(local)[0]?.n, valuesOf(local, 0).n]) {
    assert.is(JSON.stringify(n), json)
    assert.is(inspect(n), shown)
  }
  const all = `{"n":${json},"ms":[{"labels":{"a":"x"},"value":${figures}}]}`
  assert.is(JSON.stringify(local), all)
  assert.is(JSON.stringify(totals(local)), all)
  assert.match(inspect(local), `n: ${shown}`)
  assert.match(inspect(totals(local)), `n: ${shown}`)
})

test('totals are of all threads, of running ones or of dead ones', () => {
  const schema = { n: labelled('count', ['a']) }
  const local = threadLocal('scopes', schema)
  const other = startThread('scopes', schema)
  local.n.with({ a: 1 }).add(1)
  other.local.n.with({ a: 1 }).add(10)
  other.local.n.with({ a: 2 }).add(100)
  other.end()
  const read = (scope?: 'live' | 'retired') => {
    const { n } = totals(local, scope)
    return [n.get({ a: 1 }), n.get({ a: 2 }), n.sum]
  }
  assert.equal(
    [read(), read('live'), read('retired')],
    [
      [11, 100, 111],
      [1, 0, 1],
      [10, 100, 110],
    ],
  )
  throws(() => totals(local, 'dead' as never), TypeError, /scope is 'dead'/)
})

test('a sampler tells growth and rates by labels, also of children that appear between two samples', () => {
  const schema = {
    n: labelled('count', ['a']),
    small: labelled('u32', ['a']),
    big: labelled('i64', ['a']),
    v: labelled({ type: 'u32', length: 2 }, ['a']),
    ms: labelled(ms, ['a']),
    most: labelled({ type: 'u32', fold: 'max' }, ['a']),
    plain: 'u32',
  } as const
  const local = threadLocal('sampled', schema)
  local.n.with({ a: 'old' }).add(100)
  local.small.with({ a: 'old' }).value = 2 ** 32 - 3
  const sample = sampler(local)
  local.n.with({ a: 'old' }).add(5)
  local.n.with({ a: 'new' }).add(7)
  local.n.with({ a: 'other' }).add(1)
  // It wraps, which is growth.
  local.small.with({ a: 'old' }).add(5)
  local.big.with({ a: 'new' }).add(-8n)
  local.v.with({ a: 'new' }).value[1] = 9
  local.ms.with({ a: 'new' }).record(10)
  local.most.with({ a: 'new' }).max(3)
  local.plain++
  const { seconds, deltas, rates } = sample()
  assert.ok(seconds > 0)
  assert.equal(Object.keys(deltas), ['n', 'small', 'big', 'v', 'ms', 'plain'])
  assert.equal(
    [...deltas.n],
    [
      { labels: { a: 'old' }, value: 5 },
      { labels: { a: 'new' }, value: 7 },
      { labels: { a: 'other' }, value: 1 },
    ],
  )
  assert.equal([deltas.n.sum, deltas.small.sum, deltas.big.sum, deltas.plain], [13, 5, -8n, 1])
  assert.equal(deltas.v.get({ a: 'new' }), Float64Array.of(0, 9))
  assert.equal([deltas.ms.get({ a: 'new' })?.count, deltas.ms.sum?.count], [1, 1])
  const perSecond = (amount: number) => amount / seconds
  assert.equal(rates.n.get({ a: 'new' }), perSecond(7))
  assert.equal(rates.big.get({ a: 'new' }), perSecond(-8))
  assert.equal(rates.v.get({ a: 'new' }), Float64Array.of(0, perSecond(9)))
  assert.equal(rates.ms.get({ a: 'new' }), perSecond(1))
  assert.equal([rates.n.length, rates.plain], [3, perSecond(1)])
  const next = sample()
  assert.equal([next.deltas.n.sum, next.deltas.n.get({ a: 'new' }), next.deltas.ms.sum?.count], [0, 0, 0])
})

test('reset sets this thread’s children of fold none back to their init, and no others', () => {
  const schema = {
    task: labelled({ type: 'i32', fold: 'none', init: 5 }, ['a']),
    file: labelled({ type: 'text', length: 4 }, ['a']),
    n: labelled('u32', ['a']),
  } as const
  const local = threadLocal('reset', schema)
  const other = startThread('reset', schema)
  for (const own of [local, other.local]) {
    own.task.with({ a: 1 }).value = 7
    own.file.with({ a: 1 }).value = 'a.ts'
    own.n.with({ a: 1 }).add(3)
  }
  local.task.with({ a: 'other' }).value = 8
  other.local.task.with({ a: 2 }).value = 9
  reset(local)
  const own = perThread(local).map(({ task, file, n }) =>
    [task, file, n].map(children => [...(children ?? [])].map(({ value }) => value)),
  )
  assert.equal(own, [
    [[5, 5], [''], [3]],
    [[7, 9], ['a.ts'], [3]],
  ])
  other.end()
})

test('label values can be any strings, and are told apart code unit by code unit', () => {
  const values = [
    '',
    ' ',
    'a"b',
    "a'b",
    'a\\b',
    'a\\nb',
    'a\nb',
    '\0',
    '\u2028',
    '{"a":"b"}',
    '😀',
    '\ud83d',
    '\ude00',
    '\ufffd',
    '\\ud83d',
    '\u00e9',
    'e\u0301',
    '__proto__',
    'constructor',
    'toString',
    'undefined',
    'null',
    'Other',
    'größer 仕事',
  ]
  const local = threadLocal('any value', { n: labelled('u32', ['a', 'b']) })
  values.forEach((a, i) => {
    local.n.with({ a, b: values.at(-1 - i) as string }).add(i + 1)
  })
  // As another thread finds them, which has not seen these strings.
  const fresh = asThread(defaultTable(), 5999)
  const labelsOf = (table: SlotTable) =>
    childrenOf('any value.n', table)
      .slice(1)
      .map(({ labels }) => labels)
  const expected = values.map((a, i) => ({ a, b: values.at(-1 - i) }))
  assert.equal(labelsOf(fresh), expected)
  const { n } = totals(local)
  assert.equal(
    n.map(({ labels }) => labels),
    expected,
  )
  values.forEach((a, i) => {
    assert.is(n.get({ a, b: values.at(-1 - i) as string }), i + 1, JSON.stringify(a))
  })
  assert.is(n.sum, (values.length * (values.length + 1)) / 2)
})

test('the names of labels can be those of an object’s own properties', () => {
  const local = threadLocal('property names', {
    n: labelled('u32', ['constructor', 'toString', 'toJSON', 'a.b']),
  })
  const labels = { constructor: 1, toString: 2, toJSON: 3, 'a.b': 4 } as never
  local.n.with(labels).add(5)
  assert.is(totals(local).n.get(labels), 5)
  assert.equal(
    [...local.n].map(({ labels }) => Object.entries(labels)),
    [
      [
        ['constructor', '1'],
        ['toString', '2'],
        ['toJSON', '3'],
        ['a.b', '4'],
      ],
    ],
  )
  throws(() => local.n.with({} as never), TypeError, /label 'constructor' of 'property names\.n'/)
})

test('a child whose labels are all `other` is the overflow child, and one with a single `other` is not', () => {
  const local = threadLocal('others', { n: labelled('u32', ['a', 'b']) })
  local.n.with({ a: 'other', b: 'x' }).add(1)
  local.n.with({ a: 'x', b: 'other' }).add(2)
  local.n.with({ a: 'other', b: 'other' }).add(4)
  assert.equal(
    childrenOf('others.n').map(({ name }) => name),
    ['others.n', 'others.n{"a":"other","b":"x"}', 'others.n{"a":"x","b":"other"}'],
  )
  assert.equal(
    [...totals(local).n].map(({ labels, value }) => [labels.a, labels.b, value]),
    [
      ['other', 'x', 1],
      ['x', 'other', 2],
      ['other', 'other', 4],
    ],
  )
})

test('row.locals takes labelled keys, whose children are keys of that table', () => {
  const table = SlotTable.create({ maxThreads: 2, rowBytes: 64, maxKeys: 8 })
  const schema = { n: labelled('u32', ['a']), plain: 'i32' } as const
  const locals = table.attach().locals(schema)
  const other = asThread(table, 7).attach().locals(schema)
  locals.n.with({ a: 'x' }).add(2)
  other.n.with({ a: 'x' }).add(40)
  locals.plain--
  const child = childrenOf('n', table)[1] as Key<'u32'>
  assert.equal([child.name, table.fold(child)], ['n{"a":"x"}', 42])
  assert.is(table.attach().slot(child), locals.n.with({ a: 'x' }) as never)
  assert.equal(table.snapshot().totals, { n: 0, plain: -1, 'n{"a":"x"}': 42 })
  assert.is(JSON.stringify(locals), '{"n":[{"labels":{"a":"x"},"value":2}],"plain":-1}')
})

test('table.key takes no labelled key', () => {
  const table = SlotTable.create({ maxThreads: 1 })
  throws(() => table.key('x', labelled('u32', ['a']) as never), TypeError, /'x'/)
  throws(() => labelledTwice(), TypeError)
  assert.equal(table.keys(), [])
})

const labelledTwice = () => threadLocal('twice', { n: labelled(labelled('u32', ['a']) as never, ['b']) })

test('a labelled key can’t be assigned, and `with` returns a child’s histogram itself', () => {
  const local = threadLocal('assigned', { n: labelled('u32', ['a']), ms: labelled(ms, ['a']) })
  // The message is the engine's own.
  throws(() => Object.assign(local, { n: 5 }), TypeError, /n/)
  assert.is(local.ms.with({ a: 1 }), local.ms.with({ a: '1' }))
})

test('wrong arguments of labelled are errors that say what to use', () => {
  const wrong = (
    labels: unknown,
    Kind: typeof TypeError | typeof RangeError,
    words: RegExp,
    options?: unknown,
  ) => throws(() => labelled('u32', labels as never, options as never), Kind, words)
  const use = /use an array of names, or an object such as \{ method: \['GET', 'POST'\], route: 'string' \}/
  for (const labels of [undefined, null, 'method', 5, new Map()]) wrong(labels, TypeError, use)
  wrong([], RangeError, /is 0; use a whole number from 1 /)
  wrong({}, RangeError, /is 0; use a whole number from 1 /)
  for (const name of ['', '1a', 'a b', 'é', 'a-b', '__a', '.a', 5, null, undefined])
    wrong(
      [name],
      TypeError,
      /the name of a label is .*; use letters, digits, _ and \., no digit or __ at the start/,
    )
  wrong({ ['__proto__']: 'string' }, TypeError, /the name of a label is '__proto__'/)
  wrong(['a', 'b', 'a'], TypeError, /'a,b,a'; use each name once/)
  for (const values of [undefined, null, 'text', 5, [], [5], ['x', 5], { 0: 'x' }])
    wrong(
      { a: values },
      TypeError,
      /the values of the label 'a' .*use 'string', or an array of at least one string/,
    )
  wrong(['a'.repeat(301)], RangeError, /300/)
  wrong(['a'], TypeError, /null; use \{ maxChildren \}/, null)
  wrong(['a'], TypeError, /'max'; use maxChildren/, { max: 5 })
  for (const maxChildren of [0, 1.5, -1, Number.NaN, 2 ** 24 + 1])
    wrong(['a'], RangeError, /maxChildren is .*; use a whole number from 1 to 16777216/, { maxChildren })
  wrong(['a'], TypeError, /maxChildren is '5'; use a whole number from 1 to 16777216/, { maxChildren: '5' })
  for (const maxChildren of [1, 2 ** 24, undefined]) labelled('u32', ['a'], { maxChildren } as never)
  throws(
    () => threadLocal('wrong type', { n: labelled('u33' as never, ['a']) }),
    TypeError,
    /the type of 'wrong type\.n' is 'u33'/,
  )
})

test('the names of labels may be as long as an overflow child has room for', () => {
  // {"…":"other"}
  const longest = 'a'.repeat(300 - '{"":"other"}'.length)
  const { n } = threadLocal('x'.repeat(198), {
    n: labelled({ type: 'u32', unit: 'u'.repeat(60), help: 'h'.repeat(396) }, [longest]),
  })
  n.with({ [longest]: 'b' } as never).add(1)
  assert.equal(
    [...n].map(({ labels }) => labels),
    [{ [longest]: 'b' }],
  )
  throws(() => labelled('u32', [`${longest}a`]), RangeError, /300/)
})

test('wrong labels are errors that name the key and the label', () => {
  const { n } = threadLocal('wrong labels', { n: labelled('u32', ['a', 'b']) })
  const wrong = (labels: unknown, words: RegExp) => throws(() => n.with(labels as never), TypeError, words)
  for (const labels of [undefined, null, 'a', 5, ['x', 'y'], new Map([['a', 1]])])
    wrong(labels, /'wrong labels\.n' is .*; use \{ a, b \}/)
  wrong({ a: 1 }, /the label 'b' of 'wrong labels\.n' is undefined; use a string, a number or a boolean/)
  wrong({ a: 1, b: 2, c: 3 }, /a label of 'wrong labels\.n' is 'c'; use a, b/)
  for (const value of [null, undefined, 5n, Symbol('x'), {}, [], () => {}, new Date()])
    wrong({ a: value, b: 2 }, /the label 'a' of 'wrong labels\.n' is .*; use a string, a number or a boolean/)
  assert.equal(childrenOf('wrong labels.n').length, 1, 'nothing was created')
})

test('a definition with other labels or types under the same name is a TypeError', () => {
  const define = (by: unknown) => threadLocal('clash', { by } as { by: 'u32' })
  define(labelled('u32', ['a', 'b']))
  const already = /'clash\.by' is already defined as u32 \(sum, init 0, labels a and b\) and can't also be /
  for (const [by, words] of [
    [labelled('u32', ['a']), /u32 \(sum, init 0, labels a\)/],
    [labelled('u32', ['b', 'a']), /labels b and a/],
    [labelled('u32', ['a', 'c']), /labels a and c/],
    [labelled('f64', ['a', 'b']), /f64 \(sum, init 0, labels a and b\)/],
    [labelled({ type: 'u32', retire: false }, ['a', 'b']), /retire: false/],
    ['u32', /also be u32 \(sum, init 0\)/],
  ] as const) {
    throws(() => define(by), TypeError, already)
    throws(() => define(by), TypeError, words)
  }
  // The lists of values and the limit are each definition's own.
  define(labelled('u32', { a: ['x'], b: 'string' }, { maxChildren: 1 }))
})

test('a labelled key can’t have the name of a plain key, and a child neither', () => {
  const table = SlotTable.create({ maxThreads: 1 })
  const row = table.attach()
  row.locals({ plain: 'u32' })
  throws(
    () => row.locals({ plain: labelled('u32', ['a']) }),
    TypeError,
    /'plain' is already defined as u32 \(sum, init 0\) and can't also be u32 \(sum, init 0, labels a\)/,
  )
  const { by } = row.locals({ by: labelled('u32', ['a']) })
  throws(() => table.key('by', 'u32'), TypeError, /'by' is already defined as u32 \(sum, init 0, labels a\)/)
  by.with({ a: 1 }).add(1)
  throws(() => table.key('by{"a":"1"}', 'u32'), TypeError, /'by\{"a":"1"\}' is already defined/)
  // A child can't have its name then, so it is counted as what has no room.
  table.key('by{"a":"2"}', { type: 'text', length: 4 })
  by.with({ a: 2 }).add(1)
  assert.equal(
    [...by].map(({ labels }) => labels),
    [{ a: '1' }, { a: 'other' }],
  )
})

test('a child whose record says something else than that of its siblings is damaged', () => {
  const create = () => {
    const table = SlotTable.create({ maxThreads: 1, rowBytes: 64, maxKeys: 4 })
    table
      .attach()
      .locals({ n: labelled('u32', ['a']) })
      .n.with({ a: 1 })
    return table
  }
  // Words of the child's record: type, fold, length, and histogram.
  for (const [word, value] of [
    [0, SLOT_TYPES.indexOf('f32') + 1],
    [1, FOLDS.indexOf('max') + 1],
    [2, 1],
    [4, 1],
  ] as const) {
    const table = create()
    const words = new Int32Array(table.buffer, recordAddress(dimensionsOf(table), 1) + RECORD_WORDS)
    words[word] = value
    throws(() => asThread(table, 7).keys(), TypeError, /key 1 is damaged .*contradicts earlier keys/)
  }
  // Behind the name, which takes one byte.
  for (const labels of ['{"a": 1 }', '[1,2,3,4]', '"abcdefg"', '123456789', '{"a":"1"x']) {
    const table = create()
    const address = recordAddress(dimensionsOf(table), 1) + RECORD_TEXTS + 1
    new Uint8Array(table.buffer, address).set(new TextEncoder().encode(labels))
    throws(() => asThread(table, 7).keys(), TypeError, /key 1 is damaged/)
  }
  assert.is(asThread(create(), 7).keys().length, 2)
})

test.run()
