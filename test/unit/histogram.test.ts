// Compares what histograms say with the recorded values themselves, and with hdr-histogram-js.
import { build } from 'hdr-histogram-js'
import {
  type HistogramOptions,
  type HistogramSlot,
  SlotTable,
  sampler,
  threadLocal,
  totals,
} from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { asThread } from '../support/as-thread.js'
import { throws } from '../support/assertions.js'
import { assertNear, exactPercentile, PERCENTILES, rankOf } from '../support/percentiles.js'
import { randomFrom, randomIntegersFrom } from '../support/random.js'

/**
 * A thread's histogram in a table of its own. The table is no larger than these digits may need, because the
 * memory of unused tables is freed late.
 */
function histogramOf(options: HistogramOptions): HistogramSlot {
  const rowBytes = options.digits > 3 ? 2 ** 24 : 2 ** 19
  const table = SlotTable.create({ maxThreads: 2, maxKeys: 8, rowBytes })
  return table.attach().slot(table.key('values', histogram(options))).value
}

const random = randomFrom(7)
/** Distributions of values from 0.01 to 10,000. */
const DISTRIBUTIONS: { readonly [name: string]: () => number } = {
  uniform: () => 0.01 + random() * 9999,
  exponential: () => Math.min(10_000, 0.01 - 20 * Math.log(1 - random())),
  'many orders of magnitude': () => 0.01 * 10 ** (6 * random()),
  'two humps': () => (random() < 0.9 ? 3 + random() : 2000 + 500 * random()),
  'whole numbers': () => 1 + Math.floor(random() * 300),
  constant: () => 7,
}

for (const [name, draw] of Object.entries(DISTRIBUTIONS)) {
  test(`percentiles, mean and extremes have the promised digits: ${name}`, () => {
    for (const digits of [1, 2, 3, 4, 5]) {
      const histogram = histogramOf({ min: 0.01, max: 10_000, digits })
      const values = Float64Array.from({ length: 20_000 }, draw)
      for (const value of values) histogram.record(value)
      const sorted = values.toSorted()
      for (const p of PERCENTILES)
        assertNear(histogram.percentile(p), exactPercentile(sorted, p), digits, `percentile ${p} of ${name}`)
      assertNear(histogram.min, exactPercentile(sorted, 0), digits, `min of ${name}`)
      assertNear(histogram.max, exactPercentile(sorted, 100), digits, `max of ${name}`)
      const sum = values.reduce((sum, value) => sum + value)
      assertNear(histogram.mean, sum / values.length, digits, `mean of ${name}`)
      assertNear(histogram.sum, sum, digits, `sum of ${name}`)
      assert.is(histogram.count, values.length)
    }
  })
}

test('the figures agree with those of hdr-histogram-js', () => {
  for (const digits of [1, 2, 3] as const) {
    const ours = histogramOf({ min: 1, max: 3_600_000, digits })
    const theirs = build({
      lowestDiscernibleValue: 1,
      highestTrackableValue: 3_600_000,
      numberOfSignificantValueDigits: digits,
    })
    for (let i = 0; i < 100_000; i++) {
      const value = 1 + Math.floor(10 ** (6.5 * random()))
      ours.record(value)
      theirs.recordValue(value)
    }
    assert.is(ours.count, theirs.totalCount)
    for (const p of PERCENTILES) {
      // Each has an error of at most 10^−digits, so they differ by at most twice that.
      const [a, b] = [ours.percentile(p), theirs.getValueAtPercentile(p)]
      assert.ok(Math.abs(a - b) <= 2 * 10 ** -digits * b, `percentile ${p}: ${a}, hdr-histogram-js ${b}`)
    }
    assertNear(ours.mean, theirs.mean, digits, 'mean')
  }
})

test('a single value has the promised digits, also at the edges of buckets', () => {
  for (const digits of [1, 2, 3]) {
    for (const { upTo } of histogramOf({ min: 0.3, max: 70, digits }).cumulative(4).slice(0, -1)) {
      for (const value of [upTo, upTo * (1 + 2 ** -23), upTo * (1 - 2 ** -23)]) {
        if (value < 0.3 || value > 70) continue
        const histogram = histogramOf({ min: 0.3, max: 70, digits })
        histogram.record(value)
        assertNear(histogram.percentile(50), value, digits, 'the only value')
      }
    }
  }
})

test('cumulative counts are exact, and their bounds follow from the definition alone', () => {
  const options = { min: 0.1, max: 1000, digits: 2 }
  const histogram = histogramOf(options)
  const bounds = histogram.cumulative(8).map(({ upTo }) => upTo)
  // Some values are equal to bounds, which must include them.
  const values = [...bounds.slice(0, -1), ...Array.from({ length: 5000 }, () => 2000 * random()), 0, -3]
  for (const value of values) histogram.record(value)
  for (const perDoubling of [1, 2, 8]) {
    const steps = histogram.cumulative(perDoubling)
    for (const { upTo, count } of steps)
      assert.is(count, values.filter(value => value <= upTo).length, `values up to ${upTo}`)
    assert.is(steps.at(-1)?.upTo, Infinity)
    assert.equal(
      steps.map(({ upTo }) => upTo),
      histogramOf(options)
        .cumulative(perDoubling)
        .map(({ upTo }) => upTo),
    )
  }
  assert.equal(
    histogramOf({ min: 1, max: 8, digits: 1 }).cumulative(),
    [1, 2, 4, 8, Infinity].map(upTo => ({ upTo, count: 0 })),
  )
  for (const perDoubling of [0, 3, -2, 1.5, 128, Number.NaN])
    throws(() => histogram.cumulative(perDoubling), RangeError, /power of 2 up to 64/)
})

test('the last finite bound is at max, even if max is between two doublings', () => {
  const bounds = (min: number, max: number, perDoubling = 1) =>
    histogramOf({ min, max, digits: 1 })
      .cumulative(perDoubling)
      .map(({ upTo }) => upTo)
  assert.equal(bounds(1, 5), [1, 2, 4, 5, Infinity])
  assert.equal(bounds(1, 5, 2), [1, 1.5, 2, 3, 4, 5, Infinity])
  assert.equal(bounds(1, 7.5), [1, 2, 4, 7.5, Infinity])
  assert.equal(bounds(3, 20), [4, 8, 16, 20, Infinity])
  assert.equal(bounds(1, 1.5), [1, 1.5, Infinity])
  assert.equal(bounds(5, 5), [5, Infinity])
  assert.equal(bounds(8, 8), [8, Infinity])
  // A max inside a bucket is bounded by the bucket's upper edge.
  assert.equal(bounds(1, 5.1), [1, 2, 4, 5.5, Infinity])

  const histogram = histogramOf({ min: 1, max: 5, digits: 1 })
  for (const value of [0.5, 4, 4.1, 5, 5.0001, 6, 7.9, 8]) histogram.record(value)
  assert.equal(
    histogram.cumulative().map(({ count }) => count),
    [1, 1, 2, 4, 8],
  )
})

test('a value below min counts as min, and one above max as max', () => {
  const histogram = histogramOf({ min: 1, max: 100, digits: 2 })
  for (const value of [0, -0, -5, -Infinity, 0.999, 1e-50]) histogram.record(value)
  for (const value of [101, 1e9, 1e300, Infinity]) histogram.record(value)
  assert.is(histogram.count, 10)
  assertNear(histogram.min, 1, 2, 'min')
  assertNear(histogram.percentile(60), 1, 2, 'the last value below min')
  assertNear(histogram.percentile(61), 100, 2, 'the first value above max')
  assertNear(histogram.max, 100, 2, 'max')
  assert.is(histogram.cumulative().at(-2)?.count, 6)
})

test('mean, extremes and percentiles of a histogram without values are NaN', () => {
  const histogram = histogramOf({ min: 1, max: 100, digits: 2 })
  const nothing = { count: 0, mean: NaN, min: NaN, max: NaN, p50: NaN, p90: NaN, p99: NaN }
  assert.equal(histogram.toJSON(), nothing)
  assert.is(histogram.sum, 0)
})

test('record refuses whatever is not a number, and counts nothing', () => {
  const histogram = histogramOf({ min: 1, max: 100, digits: 2 })
  // NaN has many bit patterns, of both signs. Which of them an operation returns is up to the engine.
  const [positive, negative] = new Float64Array(
    new BigUint64Array([0x7ff8_0000_0000_0000n, 0xfff8_0000_0000_0000n]).buffer,
  )
  const zero = histogram.count
  for (const value of [positive, negative, zero / zero, Math.sqrt(-1 - zero), undefined, 'five', {}])
    throws(() => histogram.record(value as number), TypeError, /use a number other than NaN/)
  throws(() => histogram.record(5n as unknown as number), TypeError)
  assert.is(histogram.count, 0)
})

test('percentile refuses numbers that are not from 0 to 100', () => {
  const histogram = histogramOf({ min: 1, max: 100, digits: 2 })
  for (const p of [-1, 101, Number.NaN]) throws(() => histogram.percentile(p), RangeError, /from 0 to 100/)
})

test('a percentile is the value of exactly the right rank, despite rounding', () => {
  const hundred = histogramOf({ min: 1, max: 200, digits: 3 })
  for (let value = 1; value <= 100; value++) hundred.record(value)
  for (const p of [7, 14, 28, 55, 56, 57]) assertNear(hundred.percentile(p), p, 3, `percentile ${p}`)

  const table = SlotTable.create({ maxKeys: 1 })
  const key = table.key('values', histogram({ min: 1, max: 2, digits: 1 }))
  const row = table.attach()
  const { value: distribution } = row.slot(key)
  const counts = row.u32.subarray(key.index, key.index + (key.length ?? 0))
  const [low, high] = [1, counts.length - 1]
  const isLow = (p: number, lowCount: number, count: number) => {
    counts[low] = lowCount
    counts[high] = count - lowCount
    return distribution.percentile(p) < 2
  }
  const few = Array.from({ length: 300 }, (_, i) => i + 1)
  const many = [999, 1000, 1001, 3000, 1e6, 1e9, 2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32]
  for (const count of [...few, ...many]) {
    for (let tenths = 0; tenths <= 1000; tenths++) {
      const p = tenths / 10
      const rank = rankOf(p, count)
      // More than a slot can hold.
      if (rank === 2 ** 32) continue
      assert.ok(isLow(p, rank, count), `percentile ${p} of ${count} is value ${rank}`)
      assert.not(isLow(p, rank - 1, count), `percentile ${p} of ${count} is value ${rank}`)
    }
  }
})

test('since refuses anything but an earlier reading of the same histogram', () => {
  const table = SlotTable.create()
  const reading = (max: number, digits = 2) =>
    table.fold(table.key(`to ${max}, ${digits}`, histogram({ min: 1, max, digits })))
  const now = reading(100)
  assert.is(now.since(reading(100)).count, 0)
  for (const other of [reading(100, 1), reading(200), undefined, null, 5, {}, [], { counts: [] }]) {
    throws(
      () => now.since(other as never),
      TypeError,
      /the earlier reading is .*; use a histogram that was read from the same key/,
    )
  }
})

test('a bad definition is refused with its value, the limit and what to use instead, and creates no key', () => {
  const table = SlotTable.create()
  const good = { min: 1, max: 10, digits: 2 }
  const refused = (options: unknown, Kind: typeof TypeError | typeof RangeError, words: RegExp) =>
    throws(() => table.key('bad', histogram(options as never)), Kind, words)
  refused({ ...good, min: 0 }, RangeError, /a histogram's min is 0; use a number from/)
  refused({ ...good, min: -1 }, RangeError, /min .*-1/)
  refused({ ...good, max: 0.5 }, RangeError, /max .* 0.5; use a number from 1 to/)
  refused({ ...good, max: Infinity }, RangeError, /max .*Infinity/)
  refused({ ...good, max: '10' }, TypeError, /max is '10'; use a number/)
  refused({ ...good, digits: 6 }, RangeError, /digits is 6; use a whole number from 1 to 5/)
  refused({ ...good, digits: 1.5 }, RangeError, /digits .* 1.5; use a whole number/)
  refused({ min: 1, max: 10 }, TypeError, /digits .* undefined/)
  refused(undefined, TypeError, /the options of a histogram is undefined; use { min, max, digits/)
  throws(() => table.key('bad', { histogram: good } as never), TypeError, /the type of 'bad' is undefined/)
  throws(
    () => table.key('large', histogram({ min: 1e-3, max: 1e6, digits: 3 })),
    RangeError,
    /these keys need \d+ bytes in each thread's row, but only 8192 are left/,
  )
  assert.equal(table.keys(), [])
})

test('a name can’t be defined again as another histogram, a vector or a scalar', () => {
  const table = SlotTable.create()
  const key = table.key('x', histogram({ min: 1, max: 10, digits: 2 }))
  assert.is(table.key('x', histogram({ min: 1, max: 10, digits: 2 })), key)
  const clash = (spec: object) =>
    throws(() => table.key('x', spec as never), TypeError, /'x' is already defined as u32.*another name/)
  clash({ type: 'u32', length: key.length })
  clash('u32' as never)
  clash(histogram({ min: 1, max: 20, digits: 2 }))
  // As many buckets, but of other values.
  clash(histogram({ min: 2, max: 20, digits: 2 }))
})

test('slots and readings of a histogram’s key are histograms, however they are obtained', () => {
  const table = SlotTable.create({ threadId: 1 })
  const key = table.key('time', histogram({ min: 1, max: 100, digits: 2 }))
  const row = table.attach()
  row.locals({ time: histogram({ min: 1, max: 100, digits: 2 }) }).time.record(50)
  row.slot(key).value.record(50)
  const reader = asThread(table, 2)
  const [own] = reader.keys()
  assert.ok(own)
  for (const reading of [
    row.slot(key).value,
    reader.fold(key),
    reader.fold(key, 'live'),
    reader.fold(own) as HistogramSlot,
    reader.perThread(key)[0]?.value,
    reader.snapshot().totals.time as HistogramSlot,
    reader.snapshot().threads[0]?.values.time as HistogramSlot,
  ]) {
    assert.is(reading?.count, 2)
    assertNear(reading?.percentile(50) ?? 0, 50, 2, 'the median')
  }
  assert.is(reader.fold(key, 'retired').count, 0)
  row.slot(key).reset()
  assert.is(reader.fold(key).count, 0)
})

test('a sample has the histogram of its interval and the number of values per second', () => {
  const local = threadLocal('sampled', { time: histogram({ min: 1, max: 100, digits: 2 }) })
  for (let i = 0; i < 100; i++) local.time.record(90)
  const sample = sampler(local)
  for (let i = 0; i < 10; i++) local.time.record(5)
  const { seconds, deltas, rates } = sample()
  assert.is(deltas.time.count, 10)
  assertNear(deltas.time.max, 5, 2, 'the greatest value since the previous sample')
  // If the clock hasn't advanced, the rate is 0.
  assert.is(rates.time, 10 / (seconds || Infinity))
  assert.is(totals(local).time.count, 110)
})

test('JSON.stringify shows a histogram’s figures', () => {
  const local = threadLocal('shown', { time: histogram({ min: 1, max: 100, digits: 1 }) })
  local.time.record(4)
  const figures = { count: 1, mean: 3.875, min: 3.875, max: 3.875, p50: 3.875, p90: 3.875, p99: 3.875 }
  assert.equal(JSON.parse(JSON.stringify(local)), { time: figures })
})

test('a histogram with any code in a damaged table can be read and recorded to', () => {
  const table = SlotTable.create({ maxKeys: 2 })
  const randomBelow = randomIntegersFrom(11)
  const key = table.key('x', histogram({ min: 1, max: 10, digits: 1 }))
  // The word of the key's record that has the histogram's code.
  const words = new Int32Array(table.buffer)
  const word = words.indexOf(key.histogram)
  assert.ok(word > 0)
  let histograms = 0
  for (let i = 0; i < 3000; i++) {
    words[word] = randomBelow(2 ** 32) >> randomBelow(32)
    const reader = asThread(table, 10 + i)
    const [key] = reader.keys()
    assert.ok(key)
    const histogram = reader.fold(key) as HistogramSlot
    // If the code means nothing, the value is the plain vector.
    if (ArrayBuffer.isView(histogram)) continue
    histograms++
    for (const value of [histogram.count, histogram.sum, histogram.percentile(50)])
      assert.type(value, 'number')
    const other = reader.fold(key) as HistogramSlot
    other.record(5)
    assert.is(other.count, 1)
    assert.is(other.cumulative(1).at(-1)?.count, 1)
  }
  assert.ok(histograms > 1000, `${histograms} histograms`)
})

test('the smallest value has its digits, wherever it lies in its bucket', () => {
  // A bucket of one digit spans 12.5 %. Without a bucket below it, the first one would be shown as its upper bound.
  for (const min of [1.0001, 1.06, 1.124]) {
    const values = histogramOf({ min, max: 4, digits: 1 })
    values.record(min)
    assert.ok(Math.abs(values.percentile(50) / min - 1) <= 0.1, `${values.percentile(50)} for ${min}`)
  }
})

test.run()
