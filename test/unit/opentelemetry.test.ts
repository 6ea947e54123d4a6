import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { threadLocal } from 'threadslots'
import { histogramProducer, observe } from 'threadslots/opentelemetry'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { testTermination } from '../../tools/testing/skip.js'
import { throws } from '../support/assertions.js'
import { checkCounterThroughDeaths, checkSumThroughRowReuse } from '../support/exported-counters.js'
import { DELTA, meterAndCollector, pointsOf, Reader } from '../support/opentelemetry.js'
import {
  defineSmallHistogram,
  expectedSum,
  overwriteCounts,
  recordCounts,
} from '../support/small-histogram.js'
import { ask, endAll, message, start } from '../support/workers.js'

test.after.each(endAll)

const soleValue = (metric: MetricData | undefined): number | undefined => pointsOf(metric).get('{}')

test('a collection shows what all threads have counted so far, in the instruments that fit', async () => {
  const schema = {
    images: 'u32',
    waitedMs: 'f64',
    queueDepth: 'i32',
    largest: { type: 'u32', fold: 'max' },
    longest: { type: 'f64', fold: 'max' },
    bytes: 'u64',
    step: { type: 'i32', fold: 'none' },
  } as const
  const local = threadLocal('my app.Thumbnailer', schema)
  const { meter, collect } = meterAndCollector()
  observe(meter, local, {
    keys: {
      images: { unit: '{image}', help: 'Images that were made.' },
      waitedMs: { unit: 'milliseconds' },
      queueDepth: { kind: 'gauge' },
      bytes: { unit: 'bytes' },
    },
  })
  Object.assign(local, { images: 2, queueDepth: -1 })
  const worker = start('follow-orders.js', { name: 'my app.Thumbnailer', schema })
  await message(worker)
  await ask(worker, { set: { images: 40, waitedMs: 1500, largest: 7, bytes: 2n ** 40n, step: 1 } })

  const metrics = [...(await collect()).values()]
  const shown = metrics.map(metric => ({
    name: metric.descriptor.name.replace('my_app.thumbnailer.', ''),
    unit: metric.descriptor.unit,
    value: soleValue(metric),
    kind:
      metric.dataPointType === DataPointType.SUM ? metric.isMonotonic : DataPointType[metric.dataPointType],
    type: ['INT', 'DOUBLE'][metric.descriptor.valueType],
  }))
  assert.equal(shown, [
    { name: 'images', unit: '{image}', value: 42, kind: true, type: 'INT' },
    { name: 'waited', unit: 's', value: 1.5, kind: true, type: 'DOUBLE' },
    { name: 'queue_depth', unit: '', value: -1, kind: false, type: 'INT' },
    { name: 'largest', unit: '', value: 7, kind: 'GAUGE', type: 'INT' },
    { name: 'bytes', unit: 'By', value: 2 ** 40, kind: true, type: 'INT' },
  ])
  assert.is(metrics[0]?.descriptor.description, 'Images that were made.')
  assert.is(metrics[3]?.descriptor.description, 'my app.Thumbnailer.largest: maximum over all threads')
  await worker.terminate()
  local.images++
  assert.is(soleValue((await collect()).get('my_app.thumbnailer.images')), 43)
})

/** Per unit: the base unit in UCUM, and how many of the unit make one of it. */
const BASE_UNITS = {
  seconds: ['s', 1],
  milliseconds: ['s', 1000],
  microseconds: ['s', 1_000_000],
  nanoseconds: ['s', 1_000_000_000],
  bytes: ['By', 1],
  ratio: ['1', 1],
  percent: ['1', 100],
  celsius: ['Cel', 1],
  meters: ['m', 1],
  volts: ['V', 1],
  amperes: ['A', 1],
  joules: ['J', 1],
  grams: ['g', 1],
  '{request}': ['{request}', 1],
} as const

for (const [unit, [base, scale]] of Object.entries(BASE_UNITS)) {
  test(`values in ${unit} are exported in ${base}, as integers only if they are not scaled`, async () => {
    const local = threadLocal(`in ${unit}`, {
      whole: 'u32',
      wide: 'i64',
      counted: 'count',
      signed: { type: 'i32', fold: 'min' },
      fraction: 'f64',
      single: { type: 'f32', fold: 'max' },
    })
    Object.assign(local, {
      whole: 3 * scale,
      wide: BigInt(3 * scale),
      counted: 3 * scale,
      signed: 3,
      fraction: 3 * scale,
      single: 3,
    })
    const { meter, collect } = meterAndCollector()
    const options = { unit: unit as keyof typeof BASE_UNITS }
    const names = ['whole', 'wide', 'counted', 'signed', 'fraction', 'single']
    const keys = Object.fromEntries(names.map(name => [name, options]))
    observe(meter, local, { prefix: '', keys })
    const metrics = [...(await collect()).values()]
    const whole = scale === 1 ? 'INT' : 'DOUBLE'
    assert.equal(
      metrics.map(({ descriptor: { name, unit, valueType } }) => [name, unit, ['INT', 'DOUBLE'][valueType]]),
      [
        ['whole', base, whole],
        ['wide', base, whole],
        ['counted', base, whole],
        ['signed', base, whole],
        ['fraction', base, 'DOUBLE'],
        ['single', base, 'DOUBLE'],
      ],
    )
    assert.equal(metrics.map(soleValue), [3, 3, 3, 3 / scale, 3, 3 / scale])
  })
}

for (const perThread of [false, true]) {
  const how = perThread ? ', by thread' : ''

  testTermination(`cumulative: no death of a thread lowers a counter${how}`, () =>
    checkCounterThroughDeaths(`cumulative${perThread}`, local => {
      const { meter, collect } = meterAndCollector()
      observe(meter, local, { prefix: '', perThread })
      return async () => pointsOf((await collect()).get('jobs'))
    }),
  )

  testTermination(`delta: the sum of all deltas is what the threads counted, dead ones included${how}`, () =>
    checkCounterThroughDeaths(`delta${perThread}`, local => {
      const { meter, collect } = meterAndCollector(DELTA)
      observe(meter, local, { prefix: '', perThread })
      const sums = new Map<string, number>()
      return async () => {
        for (const [attributes, delta] of pointsOf((await collect()).get('jobs'))) {
          assert.ok(delta >= 0, `${attributes}: ${delta}`)
          sums.set(attributes, (sums.get(attributes) ?? 0) + delta)
        }
        return sums
      }
    }),
  )
}

test("rounding changes no counter when a dead thread's row is reused", () =>
  checkSumThroughRowReuse('rounding', local => {
    const { meter, collect } = meterAndCollector()
    observe(meter, local, { prefix: '' })
    return async () => soleValue((await collect()).get('seconds')) as number
  }))

test('several readers of a meter get the same values, each in its own temporality', async () => {
  const local = threadLocal('readers', { jobs: 'u32' })
  const readers = [new Reader(), new Reader(DELTA)]
  observe(new MeterProvider({ readers }).getMeter('test'), local, { perThread: true })
  const collect = () =>
    Promise.all(
      readers.map(async reader => {
        const { resourceMetrics } = await reader.collect()
        return pointsOf(resourceMetrics.scopeMetrics[0]?.metrics[0]).get('{"thread.place":"0"}')
      }),
    )
  local.jobs = 5
  assert.equal(await collect(), [5, 5])
  local.jobs += 2
  assert.equal(await collect(), [7, 2])
})

test('by thread, keys without a fold are exported too, and the gauge of an ended thread moves to the series retired', async () => {
  const schema = { open: 'i32', step: { type: 'u8', length: 2 } } as const
  const local = threadLocal('by thread', schema)
  const { meter, collect } = meterAndCollector()
  observe(meter, local, { prefix: '', perThread: true, keys: { open: { kind: 'gauge' } } })
  local.open = -1
  const worker = start('follow-orders.js', { name: 'by thread', schema })
  await message(worker)
  await ask(worker, { set: { open: 5, step: [8, 9] } })
  const open = async () => Object.fromEntries(pointsOf((await collect()).get('open')))
  const [main, other, retired] = ['0', '1', 'retired'].map(place => `{"thread.place":"${place}"}`) as [
    string,
    string,
    string,
  ]
  assert.equal(await open(), { [main]: -1, [other]: 5, [retired]: 0 })
  assert.equal(Object.fromEntries(pointsOf((await collect()).get('step'))), {
    '{"thread.place":"1","index":0}': 8,
    '{"thread.place":"1","index":1}': 9,
  })
  await worker.terminate()
  assert.equal(await open(), { [main]: -1, [other]: 0, [retired]: 5 })
})

test('units and help come from the definition; a unit that nobody knows becomes an annotation', async () => {
  const local = threadLocal('described', {
    slowestMs: { type: 'f64', fold: 'max', unit: 'milliseconds', help: 'The slowest request.' },
    bytes: { type: 'count', unit: 'bytes' },
    made: { type: 'count', unit: 'widgets' },
    strange: { type: 'count', unit: '{ü ß' },
    file: { type: 'text', length: 20 },
  })
  Object.assign(local, { slowestMs: 1500, bytes: 2 ** 53 - 1, made: 3, strange: 4, file: 'a.txt' })
  const { meter, collect } = meterAndCollector()
  observe(meter, local, { prefix: '', perThread: false })
  const metrics = [...(await collect()).values()]
  assert.equal(
    metrics.map(({ descriptor: { name, unit, description } }) => [name, unit, description]),
    [
      ['slowest', 's', 'The slowest request.'],
      ['bytes', 'By', 'described.bytes: sum over all threads'],
      ['made', '{widgets}', 'described.made: sum over all threads'],
      ['strange', '{_}', 'described.strange: sum over all threads'],
    ],
  )
  assert.equal(metrics.map(soleValue), [1.5, 2 ** 53 - 1, 3, 4])
  throws(
    () => observe(meter, local, { keys: { bytes: { unit: 'seconds' } } }),
    TypeError,
    /the unit of 'bytes' is 'seconds'; use 'bytes', as the key's definition does/,
  )
})

testTermination('a sum with retire: false is an UpDownCounter of running threads', async () => {
  for (const perThread of [false, true]) {
    const name = `in flight ${perThread}`
    const schema = { inFlight: { type: 'i32', retire: false } } as const
    const local = threadLocal(name, schema)
    const { meter, collect } = meterAndCollector()
    observe(meter, local, { prefix: '', perThread })
    const values = async () => {
      const metric = (await collect()).get('in_flight')
      assert.is(metric?.dataPointType === DataPointType.SUM && metric.isMonotonic, false)
      return [...pointsOf(metric)]
    }
    local.inFlight = 1
    const worker = start('follow-orders.js', { name, schema })
    await message(worker)
    await ask(worker, { set: { inFlight: 3 } })
    const places = (first: number, second: number) => [
      ['{"thread.place":"0"}', first],
      ['{"thread.place":"1"}', second],
    ]
    assert.equal(await values(), perThread ? places(1, 3) : [['{}', 4]])
    await worker.terminate()
    assert.equal(await values(), perThread ? places(1, 0) : [['{}', 1]])
  }
})

test('with threadName, the attribute thread.name is the name of the thread', async () => {
  const schema = { jobs: 'count' } as const
  const local = threadLocal('named', schema)
  const { meter, collect } = meterAndCollector()
  observe(meter, local, { prefix: '', perThread: true, threadName: true })
  local.jobs = 1
  const worker = start('follow-orders.js', { name: 'named', schema })
  await message(worker)
  await ask(worker, { threadName: 'decoder 2', set: { jobs: 5 } })
  assert.equal(Object.fromEntries(pointsOf((await collect()).get('jobs'))), {
    '{"thread.place":"0"}': 1,
    '{"thread.place":"1","thread.name":"decoder 2"}': 5,
    '{"thread.place":"retired"}': 0,
  })
})

test('names leave out the unit and total, unless they have no other word', async () => {
  const local = threadLocal('names', {
    total: 'u32',
    bytes: 'u32',
    'bytes-sent': 'u32',
    waitedS: 'f64',
    HTTPGets: 'u32',
  })
  const { meter, collect } = meterAndCollector()
  const bytes = { unit: 'bytes' } as const
  observe(meter, local, {
    keys: { bytes, 'bytes-sent': bytes, waitedS: { unit: 'seconds', name: 'waitedSeconds' } },
  })
  const names = ['total', 'bytes', 'bytes_sent', 'waited', 'http_gets'].map(name => `names.${name}`)
  assert.equal([...(await collect()).keys()], names)
})

test('the returned function ends the observation', async () => {
  const local = threadLocal('ended', { jobs: 'u32' })
  const { meter, collect } = meterAndCollector(DELTA)
  const end = observe(meter, local)
  assert.is((await collect()).size, 1)
  end()
  end()
  assert.is((await collect()).size, 0)
})

test('histograms are left to a producer, and wrong arguments throw before an instrument is created', async () => {
  const local = defineSmallHistogram('both')
  const { meter, collect } = meterAndCollector()
  const wrong = (prefix: string, words: RegExp) =>
    throws(() => observe(meter, local, { prefix }), TypeError, words)
  wrong('größe.', /the metric name of 'jobs' is 'größe\.jobs'; use a letter, then .*: set prefix/)
  wrong('1', /'1jobs'/)
  wrong('a'.repeat(252), /at most 255/)
  throws(
    () => observe(meter, local, { keys: { job: {} } } as never),
    TypeError,
    /a name in keys is 'job'; use latency, jobs/,
  )
  assert.is((await collect()).size, 0)

  const plain = threadLocal('plain', { jobs: 'u32' })
  throws(() => histogramProducer(plain), TypeError, /'plain' has no histogram; use observe/)
  throws(
    () => histogramProducer(local, { temporality: 'both' as never }),
    TypeError,
    /the option temporality is 'both'; use cumulative, delta/,
  )
  const misspelt = { temporalty: 'delta' } as object
  throws(() => histogramProducer(local, misspelt), TypeError, /an option is 'temporalty'; use .*temporality/)
  throws(
    () => observe(meter, local, { temporality: 'delta' } as object),
    TypeError,
    /an option is 'temporality'/,
  )
  observe(meter, local, { prefix: 'a'.repeat(251) })
  assert.equal([...(await collect()).keys()], [`${'a'.repeat(251)}jobs`])
  // With nothing to observe, neither call does anything.
  observe(meter, local, { keys: { jobs: false } })()
})

test('a periodic reader exports instruments and histograms together', async () => {
  const local = defineSmallHistogram('exported')
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const latency = { unit: 'milliseconds', help: 'Time.' } as const
  const keys = { latency, jobs: { unit: '{job}' } } as const
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: 1e9,
    metricProducers: [histogramProducer(local, { keys })],
  })
  const provider = new MeterProvider({ readers: [reader] })
  observe(provider.getMeter('test'), local, { keys })
  local.jobs = 6
  await reader.forceFlush()
  recordCounts(local, [0, 3, 1, 2])
  await reader.forceFlush()
  await provider.shutdown()

  const [empty, full] = exporter.getMetrics().map(({ scopeMetrics }) => scopeMetrics)
  assert.equal(
    full?.map(({ scope: { name } }) => name),
    ['test', 'threadslots'],
  )
  const metrics = full?.flatMap(({ metrics }) => metrics) ?? []
  assert.equal(
    metrics.map(({ descriptor }) => descriptor.name),
    ['exported.jobs', 'exported.latency'],
  )
  assert.is(soleValue(metrics[0]), 6)
  const histogram = metrics[1] as MetricData
  assert.is(histogram.dataPointType, DataPointType.HISTOGRAM)
  assert.is(histogram.aggregationTemporality, AggregationTemporality.CUMULATIVE)
  assert.equal(histogram.descriptor, {
    name: 'exported.latency',
    description: 'Time.',
    unit: 's',
    valueType: 1,
  })
  const [{ startTime, endTime, value }] = histogram.dataPoints as [MetricData['dataPoints'][0]]
  assert.equal(value, {
    buckets: { boundaries: [0.001, 0.002, 0.004], counts: [0, 3, 1, 2] },
    count: 6,
    sum: expectedSum([0, 3, 1, 2]) / 1000,
    min: 0.0019375,
    max: 0.004,
  })
  const [first] = empty?.[1]?.metrics[0]?.dataPoints ?? []
  assert.equal(first?.value, {
    buckets: { boundaries: [0.001, 0.002, 0.004], counts: [0, 0, 0, 0] },
    count: 0,
    sum: 0,
  })
  assert.equal(first?.startTime, startTime)
  const milliseconds = ([seconds, nanoseconds]: readonly [number, number]) =>
    1e3 * seconds + nanoseconds / 1e6
  assert.ok(Math.abs(milliseconds(startTime) - performance.timeOrigin) < 0.01)
  assert.ok(milliseconds(endTime) >= milliseconds(first?.endTime ?? [Infinity, 0]))
})

test("a producer's resource is replaced by any other", async () => {
  const { resource } = (await histogramProducer(defineSmallHistogram('resource')).collect()).resourceMetrics
  assert.equal(resource.getRawAttributes(), [])
  assert.is(resource.merge(null), resource)
  const other = { attributes: { a: 1 } }
  assert.is(resource.merge(other), other)
})

test('a delta producer shows the values since its last collection', async () => {
  const local = defineSmallHistogram('differences')
  const producer = histogramProducer(local, { temporality: 'delta', prefix: '' })
  const { collect } = meterAndCollector({ metricProducers: [producer] })
  const next = async () => {
    const metric = (await collect()).get('latency') as MetricData
    assert.is(metric.aggregationTemporality, AggregationTemporality.DELTA)
    return metric.dataPoints[0] as MetricData['dataPoints'][0]
  }
  const value = (counts: number[]) => ({
    buckets: { boundaries: [1, 2, 4], counts },
    count: counts.reduce((a, b) => a + b),
    sum: expectedSum(counts),
  })
  recordCounts(local, [1, 0, 2, 0])
  const first = await next()
  assert.equal(first.value, value([1, 0, 2, 0]))
  recordCounts(local, [0, 5, 0, 1])
  const second = await next()
  assert.equal(second.value, value([0, 5, 0, 1]))
  assert.equal(second.startTime, first.endTime)
  assert.equal((await next()).value, value([0, 0, 0, 0]))
})

for (const temporality of ['cumulative', 'delta'] as const) {
  test(`${temporality}: a histogram whose counts fall lowers no exported count, and they grow again with it`, async () => {
    const local = defineSmallHistogram(`set back ${temporality}`)
    const producer = histogramProducer(local, { temporality, prefix: '' })
    const { collect } = meterAndCollector({ metricProducers: [producer] })
    const expect = async (whole: number[], added: number[]) => {
      const counts = temporality === 'delta' ? added : whole
      const value = (await collect()).get('latency')?.dataPoints[0]?.value
      assert.equal(value, {
        buckets: { boundaries: [1, 2, 4], counts },
        count: counts.reduce((a, b) => a + b),
        sum: expectedSum(counts),
        // Of all values, including those that the thread has set back.
        ...(temporality === 'cumulative' && { min: 0.96875, max: 4 }),
      })
    }
    recordCounts(local, [1, 0, 2, 3])
    await expect([1, 0, 2, 3], [1, 0, 2, 3])
    overwriteCounts(local)
    await expect([1, 0, 2, 3], [0, 0, 0, 0])
    recordCounts(local, [0, 5, 1, 0])
    await expect([1, 5, 3, 3], [0, 5, 1, 0])
  })
}

test('a sum that falls lowers no counter, which grows again with it, in both temporalities', async () => {
  const local = threadLocal('set back', { jobs: 'u32' })
  const all = [meterAndCollector(), meterAndCollector(DELTA)]
  for (const { meter } of all) observe(meter, local, { prefix: '' })
  const jobs = () => Promise.all(all.map(async ({ collect }) => soleValue((await collect()).get('jobs'))))
  local.jobs = 5
  assert.equal(await jobs(), [5, 5])
  local.jobs = 0
  assert.equal(await jobs(), [5, 0])
  local.jobs += 2
  assert.equal(await jobs(), [7, 2])
})

test.run()
