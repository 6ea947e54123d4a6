// The monitor's page: rates, values and percentiles over time, and which lines a chart has.
import '../../src/histogram.js'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Histogram, internal } from '../../src/index.js'
import { histogram } from '../../src/kinds/histogram.js'
import { History, PERCENTILE_SECONDS, rateOf, SPAN_SECONDS } from '../../src/monitor/page/history.js'
import { groupKeys, kindOf, labelText } from '../../src/monitor/page/key-groups.js'
import {
  barsOf,
  MAX_LINES,
  mostActive,
  placeBars,
  seriesOf,
  sumOfLines,
  totalOf,
  usedKeys,
} from '../../src/monitor/page/series.js'
import type { ReceivedValues, WireKey } from '../../src/monitor/wire.js'
import { readingAt, wireChild, wireKey, wireOverflow } from '../support/wire-keys.js'

const { length, histogram: scale } = histogram({ min: 1, max: 1000, digits: 2 })
const MS = wireKey('jobs.ms', { type: 'u32', length, histogram: scale })

/** A reading of a histogram, into which these values were recorded. */
function recorded(values: readonly number[]): Histogram {
  const counts = new Uint32Array(length)
  const slot = internal.wrap({ type: 'u32', length, histogram: scale }, counts) as Histogram & {
    record(value: number): void
  }
  for (const value of values) slot.record(value)
  return internal.wrap({ type: 'u32', length, histogram: scale }, Float64Array.from(counts)) as Histogram
}

/** A history of readings at these seconds. */
function historyOf(
  keys: readonly WireKey[],
  readings: readonly (readonly [number, ReceivedValues])[],
): History {
  const history = new History()
  for (const [seconds, totals] of readings) history.add(readingAt(seconds, totals), keys)
  return history
}

test('a key is shown as what it means', () => {
  const kinds: [details: Partial<WireKey>, kind: string | undefined][] = [
    [{}, 'rate'],
    [{ type: 'f64' }, 'rate'],
    [{ type: 'i32', retire: false }, 'value'],
    [{ type: 'f64', fold: 'max' }, 'value'],
    [{ type: 'f64', fold: 'min' }, 'value'],
    [{ type: 'u32', length: 4 }, 'bars'],
    [{ type: 'u32', length: 4, histogram: 3 }, 'percentiles'],
    [{ type: 'u32', fold: 'none' }, undefined],
    [{ type: 'text', fold: 'none', length: 4 }, undefined],
    [{ type: 'u8', fold: 'none', length: 4 }, undefined],
  ]
  for (const [details, kind] of kinds) assert.is(kindOf(wireKey('x', details)), kind, JSON.stringify(details))
})

test('keys are grouped by what is before the last dot, and children by their labelled key', () => {
  const keys = [
    wireKey('a.b.c'),
    wireKey('plain'),
    wireOverflow('a.b.requests'),
    wireChild('a.b.requests', 'G.ET'),
    wireKey('a.text', { type: 'text', fold: 'none', length: 8 }),
    wireKey('a.b.d'),
  ]
  const groups = groupKeys(keys).map(({ name, charts }) => [
    name,
    charts.map(({ title, labels, keys }) => [title, labels, keys.map(labelText)]),
  ])
  assert.equal(groups, [
    [
      'a.b',
      [
        ['c', undefined, ['']],
        ['requests', ['method'], ['G.ET', 'other']],
        ['d', undefined, ['']],
      ],
    ],
    ['', [['plain', undefined, ['']]]],
  ])
})

test('a rate is the growth per second between two readings, however far apart they are', () => {
  const key = wireKey('x')
  const history = historyOf(
    [key],
    [
      [10, { x: 100 }],
      [11, { x: 150 }],
      [13, { x: 170 }],
    ],
  )
  assert.equal(history.times, [10, 11, 13])
  assert.equal(history.linesOf(key), [[null, 50, 10]])
  assert.is(history.totalOf(key), 170)
})

test('where a sum fell, its line has a gap; a 32-bit sum that wraps has not fallen, and a bigint keeps all its digits', () => {
  assert.is(rateOf(wireKey('x'), 100, 99, 1), null)
  assert.is(rateOf(wireKey('x'), 100, 100, 1), 0)
  assert.is(rateOf(wireKey('x', { type: 'u32' }), 2 ** 32 - 10, 20, 2), 15)
  assert.is(rateOf(wireKey('x', { type: 'u32', retire: false }), 2 ** 32 - 10, 20, 2), null)
  assert.is(rateOf(wireKey('x', { type: 'u64' }), 2n ** 60n, 2n ** 60n + 3n, 1), 3)
  assert.is(rateOf(wireKey('x', { type: 'f64' }), 0, Infinity, 1), null)
})

test('a key that appears later has gaps until then, and one that has no total has a gap', () => {
  const [old, late] = [wireKey('old', { retire: false }), wireKey('late', { fold: 'max', type: 'f64' })]
  const history = new History()
  history.add(readingAt(1, { old: 1 }), [old])
  history.add(readingAt(2, { old: 2, late: -Infinity }), [old, late])
  history.add(readingAt(3, { late: 7 }), [old, late])
  assert.equal(history.linesOf(old), [[1, 2, null]])
  assert.equal(history.linesOf(late), [[null, null, 7]])
  assert.equal(history.linesOf(wireKey('unknown')), [])
  assert.is(history.totalOf(wireKey('unknown')), undefined)
})

test('ten minutes are kept, to the last second', () => {
  const key = wireKey('x', { retire: false })
  const history = new History()
  for (let second = 1; second <= SPAN_SECONDS + 3; second++)
    history.add(readingAt(second, { x: second }), [key])
  assert.is(history.times.length, SPAN_SECONDS + 1)
  assert.is(history.times[0], 3)
  assert.is(history.linesOf(key)[0]?.length, SPAN_SECONDS + 1)
  assert.is(history.linesOf(key)[0]?.[0], 3)
})

test('lines have a gap where there was no reading for more than five seconds', () => {
  const key = wireKey('x', { retire: false })
  const history = historyOf(
    [key],
    [
      [1, { x: 1 }],
      [6, { x: 2 }],
      [11.5, { x: 3 }],
    ],
  )
  assert.equal(history.times, [1, 6, 8.75, 11.5])
  assert.equal(history.linesOf(key), [[1, 2, null, 3]])
})

test('a reading that is not newer changes nothing, and one of another process is told apart', () => {
  const key = wireKey('x', { retire: false })
  const history = new History()
  assert.not(history.isOfOther(readingAt(1, {})), 'the first reading is of no other process')
  history.add(readingAt(5, { x: 1 }), [key])
  history.add(readingAt(5, { x: 2 }), [key])
  assert.equal(history.linesOf(key), [[1]])
  assert.not(history.isOfOther(readingAt(5, {})))
  assert.ok(history.isOfOther(readingAt(6, {}, { pid: 2 })))
  assert.ok(history.isOfOther(readingAt(4, {})), 'in containers, all processes have the same id')
})

test('percentiles are those of the last five seconds', () => {
  const values: number[] = []
  const history = new History()
  const percentiles = () => history.linesOf(MS).map(line => line.at(-1))
  const add = (seconds: number, ...added: number[]) => {
    values.push(...added)
    history.add(readingAt(seconds, { 'jobs.ms': recorded(values) }), [MS])
  }
  const isNear = (actual: number | null | undefined, expected: number) =>
    assert.ok(Math.abs((actual ?? Number.NaN) - expected) <= expected / 100, `${actual} is not ${expected}`)

  add(0, 900)
  assert.equal(percentiles(), [null, null, null, null], 'nothing is known of the time before')
  add(1, ...Array.from({ length: 98 }, () => 10), 100, 100)
  isNear(percentiles()[0], 10)
  isNear(percentiles()[1], 10)
  isNear(percentiles()[2], 100)
  assert.is(percentiles()[3], 100, 'values recorded per second')
  for (let second = 2; second <= PERCENTILE_SECONDS; second++) add(second)
  isNear(percentiles()[2], 100)
  assert.is(history.recentOf(MS)?.count, 100)
  add(PERCENTILE_SECONDS + 1, 20)
  isNear(percentiles()[2], 20)
  for (let second = 2; second <= PERCENTILE_SECONDS + 1; second++) add(PERCENTILE_SECONDS + second)
  assert.equal(percentiles(), [null, null, null, 0], 'nothing was recorded')
  assert.is(
    totalOf({ name: '', title: '', kind: 'percentiles', keys: [MS], labels: undefined }, history),
    102,
  )
})

test('percentiles begin again after a gap', () => {
  const history = historyOf(
    [MS],
    [
      [1, { 'jobs.ms': recorded([1]) }],
      [2, { 'jobs.ms': recorded([1, 2]) }],
      [20, { 'jobs.ms': recorded([1, 2, 3]) }],
    ],
  )
  assert.equal(
    history.linesOf(MS).map(line => line.at(-1)),
    [null, null, null, null],
  )
  assert.is(history.recentOf(MS), undefined)
  assert.is(history.recentOf(wireKey('unknown')), undefined)
})

const chartOf = (keys: readonly WireKey[]) => {
  const [chart] = groupKeys(keys)[0]?.charts ?? []
  if (!chart) throw new Error('there is no chart')
  return chart
}

test('a plain key has one line without a label; a histogram three; a vector none', () => {
  const keys = [wireKey('x'), MS, wireKey('v', { type: 'u32', length: 2 })]
  const history = historyOf(keys, [
    [1, { x: 1, 'jobs.ms': recorded([]), v: [1, 2] }],
    [2, { x: 3, 'jobs.ms': recorded([5]), v: [1, 2] }],
  ])
  const labels = keys.map(key => seriesOf(chartOf([key]), history).series.map(({ label }) => label))
  assert.equal(labels, [[''], ['p50', 'p90', 'p99'], []])
  assert.equal(seriesOf(chartOf([wireKey('new')]), history).series[0]?.values, [])
  assert.is(totalOf(chartOf([wireKey('v', { type: 'u32', length: 2 })]), history), undefined)
})

/** A family of a number of children, of which the nth counts n per second. */
function family(count: number, details: Partial<WireKey> = {}) {
  const children = Array.from({ length: count }, (_, i) => wireChild('r', `m${i}`, details))
  const totals = (seconds: number) =>
    Object.fromEntries(children.map(({ name }, i) => [name, (i + 1) * seconds] as const))
  return { keys: [wireOverflow('r', details), ...children], totals }
}

test('each child of a labelled key has a line, up to eight', () => {
  const { keys, totals } = family(MAX_LINES)
  const history = historyOf(keys, [
    [1, totals(1)],
    [2, totals(2)],
  ])
  const { series, hidden } = seriesOf(chartOf(keys), history)
  assert.equal(
    series.map(({ label, isRest }) => [label, isRest]),
    Array.from({ length: MAX_LINES }, (_, i) => [`m${i}`, false]),
  )
  assert.is(hidden, 0)
  assert.is(totalOf(chartOf(keys), history), 72)
})

test('with more children, the most active ones have lines, and one line is the sum of the others', () => {
  const { keys, totals } = family(MAX_LINES + 1)
  const history = historyOf(keys, [
    [1, totals(1)],
    [2, totals(2)],
  ])
  const { series } = seriesOf(chartOf(keys), history)
  assert.equal(
    series.map(({ label, values }) => [label, values.at(-1)]),
    [...Array.from({ length: MAX_LINES - 1 }, (_, i) => [`m${i + 2}`, i + 3]), ['2 others', 3]],
  )
  assert.is(series.at(-1)?.isRest, true)
  assert.is(seriesOf(chartOf(keys), new History()).series.length, MAX_LINES, 'also before the first reading')
})

test('maxima and percentiles of other children are not summed', () => {
  const { keys, totals } = family(MAX_LINES + 2, { type: 'f64', fold: 'max' })
  const history = historyOf(keys, [[1, totals(1)]])
  const { series, hidden } = seriesOf(chartOf(keys), history)
  assert.is(series.length, MAX_LINES - 1)
  assert.is(hidden, 3)
  assert.is(totalOf(chartOf(keys), history), undefined)
})

test('a labelled histogram has a line of p99 for each child', () => {
  const keys = ['a', 'b'].map(method => wireChild('t', method, { type: 'u32', length, histogram: scale }))
  const [a, b] = keys as [WireKey, WireKey]
  const history = historyOf(keys, [
    [1, { [a.name]: recorded([]), [b.name]: recorded([]) }],
    [2, { [a.name]: recorded([10]), [b.name]: recorded([100, 100]) }],
  ])
  const { series, hidden } = seriesOf(chartOf(keys), history)
  assert.equal(
    series.map(({ label, values }) => [label, Math.round((values[1] as number) / 10)]),
    [
      ['a', 1],
      ['b', 10],
    ],
  )
  assert.is(hidden, 0)
  assert.is(totalOf(chartOf(keys), history), 3)
  assert.equal(mostActive(keys, history, 1), [b], 'the one with more values')
})

test('the overflow child is shown once it has counted anything, whatever its type', () => {
  const cases: [details: Partial<WireKey>, none: unknown, some: unknown][] = [
    [{}, 0, 1],
    [{ type: 'u64' }, 0n, 1n],
    [{ type: 'f64', fold: 'max' }, -Infinity, 0.5],
    [{ type: 'u32', length: 2 }, Float64Array.of(0, 0), Float64Array.of(0, 3)],
    [{ type: 'u32', length, histogram: scale }, recorded([]), recorded([1])],
    [{}, undefined, 1],
  ]
  for (const [details, none, some] of cases) {
    const keys = [wireOverflow('r', details), wireChild('r', 'a', details)]
    const count = (r: unknown) => usedKeys(keys, historyOf(keys, [[1, { r }]])).length
    assert.equal([count(none), count(some)], [1, 2], JSON.stringify(details))
  }
})

test('totals of bigints are summed as bigints, and a key without a total has none', () => {
  const keys = ['a', 'b'].map(method => wireChild('r', method, { type: 'u64' }))
  const [a, b] = keys as [WireKey, WireKey]
  const history = historyOf(keys, [[1, { [a.name]: 2n ** 60n, [b.name]: 1n }]])
  assert.is(totalOf(chartOf(keys), history), 2n ** 60n + 1n)
  assert.is(totalOf(chartOf([a]), new History()), undefined)
  const plain = [wireKey('x', { type: 'u64' })]
  assert.is(totalOf(chartOf(plain), historyOf(plain, [[1, { x: 5n }]])), 5n)
})

test('a sum of lines has a gap only where all of them have one', () => {
  assert.equal(
    sumOfLines(
      [
        [1, null, null, 4],
        [10, 20, null, 40],
      ],
      4,
    ),
    [11, 20, null, 44],
  )
})

test('bars show all elements, or of several neighbours the one that is furthest from 0', () => {
  assert.equal(barsOf([1, 2, 3], 3), [1, 2, 3])
  assert.equal(barsOf([1, -5, 3, 2], 3), [-5, 3])
  assert.equal(barsOf(BigInt64Array.of(1n, 2n, 3n, 4n, 5n), 2), [3, 5])
  assert.equal(barsOf([Infinity, 2, Number.NaN], 3), [0, 2, 0])
  assert.equal(barsOf([], 3), [])
})

test('bars stand on the line of 0, and negative ones hang from it', () => {
  const places = (bars: readonly number[]) =>
    placeBars(bars).map(({ height, bottom, isNegative }) => [bottom, bottom + height, isNegative])
  assert.equal(places([1, 2]), [
    [0, 0.5, false],
    [0, 1, false],
  ])
  assert.equal(places([3, -1]), [
    [0.25, 1, false],
    [0, 0.25, true],
  ])
  assert.equal(places([0, 0]), [
    [0, 0, false],
    [0, 0, false],
  ])
})

test.run()
