import {
  AggregatorRegistry,
  Counter,
  Gauge,
  Histogram,
  type Metric,
  type OpenMetricsContentType,
  Registry,
  register,
} from 'prom-client'
import {
  definitionOf,
  type Field,
  perThread,
  SlotTable,
  type ThreadLocal,
  threadLocal,
  totals,
} from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { collect, type ExportOptions } from 'threadslots/prometheus'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { testTermination } from '../../tools/testing/skip.js'
import { throws } from '../support/assertions.js'
import { checkCounterThroughDeaths, checkSumThroughRowReuse } from '../support/exported-counters.js'
import {
  defineSmallHistogram,
  expectedSum,
  overwriteCounts,
  recordCounts,
} from '../support/small-histogram.js'
import { ask, endAll, message, start } from '../support/workers.js'

test.after.each(endAll)

/** Values by series: the lines of a scrape without its comments. */
async function scrape(registry: { metrics(): Promise<string> }): Promise<Map<string, number>> {
  const lines = (await registry.metrics()).split('\n').filter(line => /^[^#]/.test(line))
  return new Map(lines.map(line => [line.replace(/ \S+$/, ''), Number(line.match(/\S+$/)?.[0])]))
}

function openMetrics(): Registry<OpenMetricsContentType> {
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  return registry
}

// The worker is idle while the main thread reads its slots.
test('a scrape shows what all threads have counted so far, whichever thread answers it', async () => {
  const schema = { images: 'u32', bytes: 'f64', largest: { type: 'u32', fold: 'max' } } as const
  const local = threadLocal('thumbnailer', schema)
  const registry = new Registry()
  collect(registry, local)
  local.images += 2
  const worker = start('follow-orders.js', { name: 'thumbnailer', schema })
  await message(worker)
  await ask(worker, { set: { images: 40, bytes: 0.5, largest: 7 } })
  const expected = { thumbnailer_images_total: 42, thumbnailer_bytes_total: 0.5, thumbnailer_largest: 7 }
  assert.equal(Object.fromEntries(await scrape(registry)), expected)
  await worker.terminate()
  local.images++
  assert.equal(Object.fromEntries(await scrape(registry)), { ...expected, thumbnailer_images_total: 43 })
})

for (const make of [() => new Registry(), openMetrics]) {
  const type = make().contentType.split(';')[0]

  test(`text and JSON equal those of prom-client's own metrics, as ${type}`, async () => {
    const local = threadLocal('same', {
      jobs: 'u32',
      depth: 'i32',
      sizes: { type: 'u32', length: 2 },
      least: { type: 'f64', fold: 'min' },
    })
    Object.assign(local, { jobs: 3, depth: -2, least: 0.25 })
    local.sizes.set([5, 0])
    const ours = make()
    collect(ours, local, { help: 'a \\ and\na line', keys: { depth: { kind: 'gauge' } } })

    const theirs = make()
    const registers = [theirs]
    const help = 'a \\ and\na line'
    new Counter({ name: 'same_jobs_total', help, registers }).inc(3)
    new Gauge({ name: 'same_depth', help, registers }).set(-2)
    const sizes = new Counter({ name: 'same_sizes_total', help, registers, labelNames: ['index'] })
    sizes.inc({ index: 0 }, 5)
    sizes.inc({ index: 1 }, 0)
    new Gauge({ name: 'same_least', help, registers, aggregator: 'min' }).set(0.25)

    for (let scrapes = 0; scrapes < 2; scrapes++) {
      assert.is(await ours.metrics(), await theirs.metrics())
      assert.equal(await ours.getMetricsAsJSON(), await theirs.getMetricsAsJSON())
    }
    for (const registry of [ours, theirs]) registry.setDefaultLabels({ app: 'a', index: 'overridden' })
    assert.is(await ours.metrics(), await theirs.metrics())
    assert.equal(await ours.getMetricsAsJSON(), await theirs.getMetricsAsJSON())
    assert.is(
      await ours.getSingleMetricAsString('same_depth'),
      await theirs.getSingleMetricAsString('same_depth'),
    )
  })

  test(`a histogram equals prom-client's own, as ${type}`, async () => {
    const local = defineSmallHistogram(`histogram ${type}`)
    const ours = make()
    collect(ours, local, { prefix: '', keys: { latency: { unit: 'milliseconds', help: 'Time.' } } })
    const theirs = make()
    const buckets = [0.001, 0.002, 0.004]
    const own = new Histogram({ name: 'latency_seconds', help: 'Time.', buckets, registers: [theirs] })
    own.zero({})
    const textOf = (registry: Pick<Registry, 'getSingleMetricAsString'>) =>
      registry.getSingleMetricAsString('latency_seconds')
    assert.is(await textOf(ours), await textOf(theirs))

    recordCounts(local, [0, 3, 1, 2])
    for (const seconds of [0.002, 0.002, 0.002, 0.004]) own.observe(seconds)
    for (const _ of [1, 2]) own.observe(0.008)
    assert.is(
      await textOf(ours),
      (await textOf(theirs)).replace(/(_sum) .*/, `$1 ${expectedSum([0, 3, 1, 2]) / 1000}`),
    )
    const [ourJson] = await ours.getMetricsAsJSON()
    const [theirJson] = await theirs.getMetricsAsJSON()
    // The sums differ, because ours is correct only to the promised digits.
    const plain = (json: typeof ourJson) =>
      json?.values
        .filter(value => !('metricName' in value && String(value.metricName).endsWith('_sum')))
        .map(value => ({ ...value, exemplar: undefined }))
    assert.equal(plain(ourJson), plain(theirJson))
  })
}

/** The series whose names start with a text. */
const startingWith = (series: ReadonlyMap<string, number>, start: string) =>
  new Map([...series].filter(([name]) => name.startsWith(start)))

testTermination('no death of a thread lowers a counter', () =>
  checkCounterThroughDeaths('dying', local => {
    const registry = new Registry()
    collect(registry, local)
    return async () => startingWith(await scrape(registry), 'dying_jobs')
  }),
)

testTermination(
  'by thread, no death lowers or ends a series, and the sum over the label is the total',
  async () => {
    const registry = new Registry()
    await checkCounterThroughDeaths('dying by thread', local => {
      collect(registry, local, { perThread: true })
      return async () => startingWith(await scrape(registry), 'dying_by_thread_jobs')
    })
    // The main thread, and at most two workers at a time: ten threads need no more than three places.
    const series = [...(await scrape(registry)).keys()].filter(key => key.includes('jobs'))
    assert.equal(
      series,
      ['0', '1', '2', 'retired'].map(thread => `dying_by_thread_jobs_total{thread="${thread}"}`),
    )
  },
)

test("rounding changes no counter when a dead thread's row is reused", () =>
  checkSumThroughRowReuse('rounding', local => {
    const registry = new Registry()
    collect(registry, local)
    return async () => (await scrape(registry)).get('rounding_seconds_total') as number
  }))

for (const perThread of [false, true]) {
  test(`a sum that falls lowers no counter, which grows again with it${perThread ? ', by thread' : ''}`, async () => {
    const local = threadLocal(`set back ${perThread}`, {
      jobs: 'i32',
      wraps: 'u32',
      broken: 'f64',
      rounded: 'f64',
    })
    const registry = new Registry()
    collect(registry, local, { prefix: '', perThread })
    const values = async () =>
      [...(await scrape(registry))]
        .filter(([series]) => !series.includes('retired'))
        .map(([, value]) => value)
    Object.assign(local, { jobs: -5, wraps: 2 ** 32 - 1, broken: 1, rounded: 0.9 })
    assert.equal(await values(), [0, 2 ** 32 - 1, 1, 0.9])
    local.jobs += 15
    local.wraps += 3
    local.broken = Number.NaN
    // 0.2 + (0.9 - 0.2) is less than 0.9.
    local.rounded = 0.2
    assert.equal(await values(), [15, 2 ** 32 + 2, 1, 0.9])
    local.jobs = 0
    local.wraps++
    local.broken = Infinity
    assert.equal(await values(), [15, 2 ** 32 + 3, 1, 0.9])
    local.jobs += 4
    local.broken = 3
    local.rounded += 0.5
    assert.equal(await values(), [19, 2 ** 32 + 3, 4, 1.4])
  })
}

test('a histogram whose counts fall lowers no exported count or sum; if they wrap, both go on rising', async () => {
  const local = defineSmallHistogram('histogram set back')
  const registry = new Registry()
  collect(registry, local, { prefix: '', keys: { jobs: false } })
  const expect = async (counts: number[]) => {
    const upTo = counts.map((_, i) => counts.slice(0, i + 1).reduce((a, b) => a + b))
    assert.equal(Object.fromEntries(await scrape(registry)), {
      'latency_bucket{le="1"}': upTo[0],
      'latency_bucket{le="2"}': upTo[1],
      'latency_bucket{le="4"}': upTo[2],
      'latency_bucket{le="+Inf"}': upTo[3],
      latency_sum: expectedSum(counts),
      latency_count: upTo[3],
    })
  }
  recordCounts(local, [1, 0, 3, 2])
  await expect([1, 0, 3, 2])
  overwriteCounts(local)
  await expect([1, 0, 3, 2])
  recordCounts(local, [0, 4, 1, 0])
  await expect([1, 4, 4, 2])

  overwriteCounts(local, 2 ** 32 - 1)
  const before = await scrape(registry)
  for (const added of [1, 2]) {
    recordCounts(local, [1, 0, 0, 0])
    const after = await scrape(registry)
    assert.is(after.get('latency_count'), (before.get('latency_count') ?? 0) + added)
  }
})

test('gauges show current values, folded or by thread, and are left out while there is no value', async () => {
  const schema = {
    depth: 'i32',
    most: { type: 'i32', fold: 'max' },
    least: { type: 'u64', fold: 'min' },
    longest: { type: 'f64', fold: 'max' },
    state: { type: 'u8', length: 2 },
    step: { type: 'i32', fold: 'none' },
  } as const
  const local = threadLocal('gauges', schema)
  const options = { prefix: '', keys: { depth: { kind: 'gauge' } } } as const
  const [whole, byThread] = [new Registry(), new Registry()]
  collect(whole, local, options)
  collect(byThread, local, { ...options, perThread: true })
  assert.equal(Object.fromEntries(await scrape(whole)), { depth: 0 })
  assert.equal(Object.fromEntries(await scrape(byThread)), { 'depth{thread="retired"}': 0 })
  for (const name of ['state', 'step']) {
    assert.is(whole.getSingleMetric(name), undefined)
    assert.ok(byThread.getSingleMetric(name))
  }

  Object.assign(local, { depth: -3, most: -7, step: 9 })
  const worker = start('follow-orders.js', { name: 'gauges', schema })
  await message(worker)
  await ask(worker, { set: { depth: 5, least: 2n ** 60n, longest: 0.5, state: [1, 255] } })
  const folded = { depth: 2, most: -7, least: 2 ** 60, longest: 0.5 }
  assert.equal(Object.fromEntries(await scrape(whole)), folded)
  const mine = { 'depth{thread="0"}': -3, 'most{thread="0"}': -7, 'step{thread="0"}': 9 }
  assert.equal(Object.fromEntries(await scrape(byThread)), {
    ...mine,
    'depth{thread="1"}': 5,
    'depth{thread="retired"}': 0,
    'least{thread="1"}': 2 ** 60,
    'longest{thread="1"}': 0.5,
    'state{thread="1",index="0"}': 1,
    'state{thread="1",index="1"}': 255,
  })

  await worker.terminate()
  assert.equal(Object.fromEntries(await scrape(whole)), folded)
  assert.equal(Object.fromEntries(await scrape(byThread)), {
    ...mine,
    'depth{thread="1"}': 0,
    'depth{thread="retired"}': 5,
    'least{thread="retired"}': 2 ** 60,
    'longest{thread="retired"}': 0.5,
  })
})

/**
 * Minima and maxima of each type: what is exported while no thread has a value, and the value nearest to that (as a double,
 * for 64-bit integers).
 */
const EXTREMES = {
  'min i32': [undefined, 2 ** 31 - 2],
  'min u32': [undefined, 2 ** 32 - 2],
  'min f32': [undefined, (2 - 2 ** -23) * 2 ** 127],
  'min f64': [undefined, Number.MAX_VALUE],
  'min i64': [undefined, 2n ** 63n - 1024n],
  'min u64': [undefined, 2n ** 64n - 2048n],
  'min count': [undefined, 2 ** 53 - 2],
  'max i32': [undefined, -(2 ** 31) + 1],
  // 0 is where maxima of unsigned integers start, but it is also a valid maximum.
  'max u32': [0, 1],
  'max f32': [undefined, -(2 - 2 ** -23) * 2 ** 127],
  'max f64': [undefined, -Number.MAX_VALUE],
  'max i64': [undefined, -(2n ** 63n) + 1024n],
  'max u64': [0, 1n],
  'max count': [0, 1],
} as const

for (const [foldAndType, [empty, nearest]] of Object.entries(EXTREMES)) {
  test(`${foldAndType}: it is ${empty ?? 'left out'} while no thread has a value`, async () => {
    const [fold, type] = foldAndType.split(' ')
    const schema = { x: { type, fold } } as { x: { type: 'f64'; fold: 'max' } }
    const local: { x: number | bigint } = threadLocal(`extreme ${foldAndType}`, schema)
    const [whole, byThread] = [new Registry(), new Registry()]
    collect(whole, local as ThreadLocal<typeof schema>, { prefix: '' })
    collect(byThread, local as ThreadLocal<typeof schema>, { prefix: '', perThread: true })
    const expect = async (total: number | undefined, place: number | undefined) => {
      assert.equal(Object.fromEntries(await scrape(whole)), total === undefined ? {} : { x: total })
      assert.equal(Object.fromEntries(await scrape(byThread)), {
        ...(place !== undefined && { 'x{thread="0"}': place }),
        ...(empty !== undefined && { 'x{thread="retired"}': empty }),
      })
    }
    const initial = local.x
    await expect(empty, undefined)
    local.x = nearest
    await expect(Number(nearest), Number(nearest))
    local.x = initial
    await expect(empty, empty)
  })
}

test('bigints become numbers, and vectors become one series per element', async () => {
  const local = threadLocal('wide', { bytes: 'u64', sizes: { type: 'i64', length: 3 } })
  const registry = new Registry()
  collect(registry, local, { prefix: 'w_', perThread: true })
  local.bytes = 2n ** 53n
  local.sizes.set([1n, 0n, 5n])
  const series = await scrape(registry)
  assert.is(series.get('w_bytes_total{thread="0"}'), 2 ** 53)
  assert.equal(
    [0, 1, 2].map(index => series.get(`w_sizes_total{thread="0",index="${index}"}`)),
    [1, 0, 5],
  )
  assert.is(series.get('w_sizes_total{thread="retired",index="2"}'), 0)
})

/** The names of the metrics of a thread-local whose keys are all `f64`. */
async function namesOf(
  name: string,
  keys: NonNullable<ExportOptions<Record<string, 'f64'>>['keys']>,
  prefix?: string,
): Promise<string[]> {
  const registry = new Registry()
  const schema = Object.fromEntries(Object.keys(keys).map(key => [key, 'f64' as const]))
  collect(registry, threadLocal(name, schema), { keys, ...(prefix !== undefined && { prefix }) })
  return registry.getMetricsAsArray().map(metric => metric.name)
}

test("names follow Prometheus' conventions: snake case, base units, _total", async () => {
  const names = await namesOf('My app.HTTPServer', {
    requestsServed: {},
    slowestMs: { unit: 'milliseconds', kind: 'gauge' },
    waitedMicroseconds: { unit: 'microseconds' },
    cpu: { unit: 'nanoseconds' },
    bytes: { unit: 'bytes' },
    bytesSentTotal: { unit: 'bytes' },
    loadPercent: { unit: 'percent', kind: 'gauge' },
    '2xx-answers': { unit: '{answer}' },
    p99: { name: 'latencyP99', kind: 'gauge', unit: 'seconds' },
    left: false,
  })
  assert.equal(
    names,
    [
      'requests_served_total',
      'slowest_seconds',
      'waited_seconds_total',
      'cpu_seconds_total',
      'bytes_total',
      'bytes_sent_bytes_total',
      'load_ratio',
      '2xx_answers_total',
      'latency_p99_seconds',
    ].map(name => `my_app_http_server_${name}`),
  )
  assert.equal(await namesOf('prefixed', { jobs: {}, total: {} }, 'App_'), ['App_jobs_total', 'App_total'])
})

test('a key may be named like a property of every object, and a schema may be empty', async () => {
  assert.equal(await namesOf('object', { constructor: {} }), ['object_constructor_total'])
  const registry = new Registry()
  collect(registry, threadLocal('object', { constructor: 'f64' }))
  collect(registry, threadLocal('empty', {}))
  assert.equal(
    registry.getMetricsAsArray().map(({ name }) => name),
    ['object_constructor_total'],
  )
})

/** Per unit: the base unit, and how many of the unit make one of it. */
const BASE_UNITS = {
  seconds: ['seconds', 1],
  milliseconds: ['seconds', 1000],
  microseconds: ['seconds', 1_000_000],
  nanoseconds: ['seconds', 1_000_000_000],
  bytes: ['bytes', 1],
  ratio: ['ratio', 1],
  percent: ['ratio', 100],
  celsius: ['celsius', 1],
  meters: ['meters', 1],
  volts: ['volts', 1],
  amperes: ['amperes', 1],
  joules: ['joules', 1],
  grams: ['grams', 1],
} as const

for (const [unit, [base, scale]] of Object.entries(BASE_UNITS)) {
  test(`values in ${unit} are exported in ${base}`, async () => {
    const local = threadLocal(`in ${unit}`, {
      used: 'f64',
      [`most_${unit}`]: { type: 'f64', fold: 'max' },
      left: { type: 'i64', fold: 'min' },
    })
    Object.assign(local, { used: 1.5 * scale, [`most_${unit}`]: 0.25 * scale, left: BigInt(3 * scale) })
    const registry = new Registry()
    const options = { unit: unit as keyof typeof BASE_UNITS }
    collect(registry, local, {
      prefix: '',
      keys: { used: options, [`most_${unit}`]: options, left: options },
    })
    assert.equal(Object.fromEntries(await scrape(registry)), {
      [`used_${base}_total`]: 1.5,
      [`most_${base}`]: 0.25,
      [`left_${base}`]: 3,
    })
  })
}

test('wrong arguments throw, with the value and what to use instead, and register nothing', async () => {
  const local = threadLocal('wrong', { jobs: 'u32', most: { type: 'u32', fold: 'max' }, größe: 'u32' })
  const registry = new Registry()
  const wrong = (options: object, words: RegExp) => {
    const keys = { größe: false, ...(options as { keys?: object }).keys }
    throws(() => collect(registry, local, { ...options, keys } as never), TypeError, words)
    assert.equal(registry.getMetricsAsArray(), [])
  }
  wrong({ keys: { größe: {} } }, /'wrong_größe_total'.*letters.*keys: { 'größe': { name/)
  wrong({ prefix: '2_' }, /'2_jobs_total'.*prefix/)
  wrong({ prefix: 'a b' }, /'a bjobs_total'/)
  wrong({ keys: { job: {} } }, /a name in keys is 'job'; use jobs, most, größe/)
  wrong({ keys: { jobs: { unit: 'hours' } } }, /the unit of 'jobs' is 'hours'; use seconds, .*{things}/)
  wrong({ keys: { jobs: { unit: '{}' } } }, /the unit of 'jobs' is '{}'/)
  wrong({ keys: { jobs: { kind: 'summary' } } }, /the kind of 'jobs' is 'summary'; use counter, gauge/)
  wrong({ keys: { jobs: { type: 'gauge' } } }, /an option of 'jobs' is 'type'; use name, kind, help, unit/)
  wrong({ perthread: true }, /an option is 'perthread'; use prefix, help, perThread, threadName, keys/)
  wrong({ temporality: 'delta' }, /an option is 'temporality'/)
  wrong({ prefix: 5 }, /the option prefix is 5; use a string/)
  wrong({ help: 5 }, /the option help is 5; use a string/)
  wrong({ perThread: 'yes' }, /the option perThread is 'yes'; use a boolean/)
  wrong({ keys: { jobs: 5 } }, /the options object of 'jobs' is 5; use an object with name, kind, help, unit/)
  wrong({ keys: { jobs: { help: 5 } } }, /the option help of 'jobs' is 5; use a string/)
  wrong({ keys: { jobs: { name: null } } }, /the option name of 'jobs' is null; use a string/)
  wrong({ keys: { jobs: { unit: 5 } } }, /the option unit of 'jobs' is 5; use a string/)
  wrong(
    { keys: { jobs: { name: '-' } } },
    /the name of 'jobs' is '-'; use a name with a letter.*keys: { 'jobs': { name/,
  )
  wrong(
    { keys: { jobs: { name: 'jobMs' } } },
    /is undefined; use unit: 'milliseconds' in the definition, or keys: { 'jobs': { unit.*ends in 'ms'/,
  )
  wrong({ keys: { most: { name: 'mostPercent' } } }, /'most': { unit: 'percent' }/)
  wrong({ keys: { most: { name: 'waited_s' } } }, /'most': { unit: 'seconds' }/)
  for (const end of ['total', 'count', 'sum', 'bucket']) {
    const name = `most_${end}`
    wrong(
      { keys: { most: { name } } },
      new RegExp(`is 'wrong_${name}'; use .*_total.* at the end of a gauge.*'most': { name`),
    )
  }
  for (const wrongRegistry of [{}, 5, null, local]) {
    throws(
      () => collect(wrongRegistry as never, local),
      TypeError,
      /^the registry is .*; use a registry, as in collect\(register, local\)/,
    )
  }
  for (const keys of [5, null]) {
    throws(
      () => collect(registry, local, { keys } as never),
      TypeError,
      /the option keys is .*; use an object/,
    )
  }
  for (const options of [5, null]) {
    throws(
      () => collect(registry, local, options as never),
      TypeError,
      /the options object is .*; use an object with/,
    )
  }
  wrong({ threadName: 1 }, /the option threadName is 1; use a boolean/)
  wrong({ threadName: true }, /the option threadName is true; use perThread: true with it/)
  wrong(
    { keys: { most: { kind: 'counter' } } },
    /the kind of 'most' is 'counter'; use gauge, .* has fold max/,
  )
  wrong(
    { keys: { most: { name: 'jobs' }, jobs: { kind: 'gauge' } } },
    /the metric name of 'most' is 'wrong_jobs'; use another name than that of 'jobs'/,
  )
  throws(() => collect(registry, {} as typeof local), TypeError, /threadLocal/)

  const histogram = defineSmallHistogram('wrong histogram')
  const kind = { keys: { latency: { kind: 'gauge' } } } as const
  throws(
    () => collect(registry, histogram, kind),
    TypeError,
    /the kind of 'latency' is 'gauge'; use no kind, .*histogram/,
  )
  const total = { keys: { latency: { name: 'latencyTotal' } } } as const
  throws(
    () => collect(registry, histogram, total),
    TypeError,
    /_total'; use .*_total.* at the end of a gauge or histogram/,
  )
  const other = new Registry()
  new Gauge({ name: 'wrong_histogram_latency_count', help: 'x', registers: [other] })
  throws(() => collect(other, histogram), TypeError, /already has a metric 'wrong_histogram_latency_count'/)
  assert.equal(registry.getMetricsAsArray(), [])
})

test('a name that the registry already has throws before anything is registered', () => {
  const local = threadLocal('taken', { first: 'u32', second: 'u32' })
  const registry = new Registry()
  const other = new Gauge({ name: 'taken_second_total', help: 'x', registers: [registry] })
  throws(
    () => collect(registry, local),
    TypeError,
    /already has a metric 'taken_second_total'; use another prefix/,
  )
  assert.equal(registry.getMetricsAsArray(), [other])
  collect(registry, local, { prefix: 'free_' })
  throws(
    () => collect(registry, local, { prefix: 'free_' }),
    TypeError,
    /already has a metric 'free_first_total'/,
  )
  assert.is(registry.getMetricsAsArray().length, 3)
})

test('the returned function removes its own metrics, and no others', async () => {
  const local = threadLocal('removed', { jobs: 'u32', done: 'u32' })
  const registry = openMetrics()
  const remove = collect(registry, local)
  // A registry of OpenMetrics renames counters when it is read. They must be removed all the same.
  await registry.metrics()
  remove()
  assert.equal(registry.getMetricsAsArray(), [])
  const removeAgain = collect(registry, local)
  remove()
  assert.is(registry.getMetricsAsArray().length, 2)
  registry.clear()
  const other = new Gauge({ name: 'removed_jobs_total', help: 'x', registers: [registry] })
  removeAgain()
  removeAgain()
  assert.equal(registry.getMetricsAsArray(), [other])
})

test('resetMetrics lowers nothing', async () => {
  const local = threadLocal('global', { jobs: 'u32' })
  local.jobs = 5
  const remove = collect(register, local)
  assert.is((await scrape(register)).get('global_jobs_total'), 5)
  register.resetMetrics()
  assert.is((await scrape(register)).get('global_jobs_total'), 5)
  remove()
  assert.is(register.getSingleMetric('global_jobs_total'), undefined)
})

test('all metrics of a scrape come from one reading, and the next scrape reads again', async () => {
  const local = threadLocal('at once', { first: 'u32', last: 'u32' })
  for (const perThread of [false, true]) {
    const registry = new Registry()
    collect(registry, local, { prefix: '', perThread })
    const [first, last] = registry.getMetricsAsArray()
    // The thread counts on between the two metrics.
    const get = async () => {
      local.first++
      local.last++
      return {}
    }
    const between = { ...first, name: 'between', get }
    registry.getMetricsAsArray = () => [first, between, last] as ReturnType<Registry['getMetricsAsArray']>
    for (let scrapes = 0; scrapes < 3; scrapes++) {
      const { first: now } = totals(local)
      const [one, , two] = await registry.getMetricsAsJSON()
      const values = [one, two].map(metric => metric?.values[0]?.value)
      assert.equal(values, [now, now])
      assert.is(totals(local).first, now + 1)
    }
  }
})

test("a cluster's aggregator combines processes by fold, and leaves out keys that have none", async () => {
  const local = threadLocal('cluster', {
    jobs: 'u32',
    least: { type: 'f64', fold: 'min' },
    most: { type: 'f64', fold: 'max' },
    step: { type: 'i32', fold: 'none' },
  })
  const histogram = defineSmallHistogram('cluster histogram')
  recordCounts(histogram, [1, 0, 0, 1])
  const registry = new Registry()
  collect(registry, local, { prefix: '', perThread: true })
  collect(registry, histogram, { prefix: '', keys: { jobs: false } })
  const processes: object[] = []
  for (const n of [1, 2]) {
    Object.assign(local, { jobs: 10 * n, least: n, most: n, step: n })
    // Processes send their metrics to each other as JSON.
    processes.push(JSON.parse(JSON.stringify(await registry.getMetricsAsJSON())))
  }
  const series = await scrape(AggregatorRegistry.aggregate(processes))
  assert.equal(Object.fromEntries(series), {
    'jobs_total{thread="0"}': 30,
    'jobs_total{thread="retired"}': 0,
    'least{thread="0"}': 1,
    'most{thread="0"}': 2,
    'latency_bucket{le="1"}': 2,
    'latency_bucket{le="2"}': 2,
    'latency_bucket{le="4"}': 2,
    'latency_bucket{le="+Inf"}': 4,
    latency_sum: 2 * expectedSum([1, 0, 0, 1]),
    latency_count: 4,
  })
})

test('a thread that uses only other thread-locals has no place', async () => {
  const local = threadLocal('placed', { jobs: 'u32' })
  local.jobs++
  const schema = { jobs: 'u32' } as const
  for (const name of ['elsewhere', 'placed']) {
    const worker = start('follow-orders.js', { name, schema })
    await message(worker)
    await ask(worker, { set: { jobs: 3 } })
  }
  const registry = new Registry()
  collect(registry, local, { perThread: true })
  assert.is(perThread(local).length, 2)
  const series = Object.fromEntries(await scrape(registry))
  assert.equal(series, {
    'placed_jobs_total{thread="0"}': 1,
    'placed_jobs_total{thread="1"}': 3,
    'placed_jobs_total{thread="retired"}': 0,
  })
})

test('a new thread takes the lowest free place', async () => {
  const local = threadLocal('lowest place', { jobs: 'u32' })
  local.jobs++
  const { table, fields } = definitionOf(local)
  const [[, key]] = fields as [Field]
  const count = (threadId: number, jobs: number) => {
    const thread = SlotTable.from(table.buffer, { threadId })
    thread.attach().u32[thread.key(key.name, 'u32').index] = jobs
  }
  const registry = new Registry()
  collect(registry, local, { prefix: '', perThread: true })
  const byPlace = async () => [...(await scrape(registry)).values()]

  for (const [threadId, jobs] of [
    [1001, 10],
    [1002, 20],
    [1003, 30],
    [1004, 40],
  ] as const) {
    count(threadId, jobs)
  }
  assert.equal(await byPlace(), [1, 10, 20, 30, 40, 0])
  // Free places 2 and 3, and then 1.
  table.release(1003)
  table.release(1002)
  await byPlace()
  table.release(1001)
  count(1005, 500)
  assert.equal(await byPlace(), [1, 510, 20, 30, 40, 0])
  count(1006, 600)
  assert.equal(await byPlace(), [1, 510, 620, 30, 40, 0])
  // One place is left, so the second of these needs a new one.
  count(1007, 700)
  count(1008, 800)
  assert.equal(await byPlace(), [1, 510, 620, 730, 40, 800, 0])
  for (const threadId of [1004, 1005, 1006, 1007, 1008]) table.release(threadId)
  assert.equal(await byPlace(), [1, 510, 620, 730, 40, 800, 0])
})

test("a registry finds the metrics by their names; a key's own help comes before that for all, and that before the default", () => {
  const local = threadLocal('found', { jobs: 'u32', most: { type: 'u32', fold: 'max' } })
  const registry = new Registry()
  const shown = (name: string) => {
    const { type, help } = registry.getSingleMetric(name) as Metric & { type: string; help: string }
    return [type, help]
  }
  const remove = collect(registry, local, { help: 'For all.', keys: { jobs: { help: 'Its own.' } } })
  assert.equal(shown('found_jobs_total'), ['counter', 'Its own.'])
  assert.equal(shown('found_most'), ['gauge', 'For all.'])
  remove()
  collect(registry, local)
  assert.equal(shown('found_jobs_total'), ['counter', 'found.jobs: sum over all threads'])
  assert.equal(shown('found_most'), ['gauge', 'found.most: maximum over all threads'])
})

/** Values of one metric, in the order of its series. */
const valuesOf = async (registry: Registry, name: string) =>
  [...startingWith(await scrape(registry), name)].map(([, value]) => value)

for (const perThread of [false, true]) {
  const how = perThread ? ', by thread' : ''

  test(`9e9 counted bytes are 9e9, as a count and through the wraps of 32 bits${how}`, async () => {
    const schema = {
      counted: 'count',
      unsigned: 'u32',
      signed: 'i32',
      elements: { type: 'u32', length: 2 },
    } as const
    const local = threadLocal(`wraps ${perThread}`, schema)
    const registry = new Registry()
    collect(registry, local, { prefix: '', perThread })
    for (let billions = 1; billions <= 9; billions++) {
      local.counted += 1e9
      local.unsigned += 1e9
      local.signed += 1e9
      ;(local.elements[0] as number) += 1e9
      ;(local.elements[1] as number) += 1
      const series = await scrape(registry)
      const sumOf = (name: string) => [...startingWith(series, name).values()].reduce((a, b) => a + b)
      for (const name of ['counted', 'unsigned', 'signed']) assert.is(sumOf(name), billions * 1e9, name)
      assert.is(sumOf('elements'), billions * 1e9 + billions)
    }
    assert.is(totals(local).counted, 9e9)
  })

  testTermination(
    `wraps of several threads between two scrapes are growth, even of one that dies${how}`,
    async () => {
      const schema = { jobs: 'u32' } as const
      const local = threadLocal(`several wraps ${perThread}`, schema)
      const registry = new Registry()
      collect(registry, local, { prefix: '', perThread })
      const sum = async () => (await valuesOf(registry, 'jobs')).reduce((a, b) => a + b)
      const workers = []
      for (let threads = 0; threads < 3; threads++) {
        const worker = start('follow-orders.js', { name: `several wraps ${perThread}`, schema })
        await message(worker)
        await ask(worker, { set: { jobs: 2 ** 32 - 10 } })
        workers.push(worker)
      }
      assert.is(await sum(), 3 * (2 ** 32 - 10))
      for (const worker of workers) await ask(worker, { set: { jobs: 5 } })
      await workers[0]?.terminate()
      assert.is(await sum(), 3 * (2 ** 32 + 5))
      await endAll()
      local.jobs = 1
      assert.is(await sum(), 3 * (2 ** 32 + 5) + 1)
    },
  )

  test(`one NaN doesn't freeze a counter${how}`, async () => {
    const schema = { bytes: 'f64', sizes: { type: 'f64', length: 1 } } as const
    const local = threadLocal(`not a number ${perThread}`, schema)
    const registry = new Registry()
    collect(registry, local, { prefix: '', perThread })
    const sums = async () => {
      const series = await scrape(registry)
      const sumOf = (name: string) => [...startingWith(series, name).values()].reduce((a, b) => a + b)
      return [sumOf('bytes'), sumOf('sizes')]
    }
    local.bytes = local.sizes[0] = 100
    const worker = start('follow-orders.js', { name: `not a number ${perThread}`, schema })
    await message(worker)
    await ask(worker, { set: { bytes: 10, sizes: [10] } })
    assert.equal(await sums(), [110, 110])
    // What `bytes += undefined` stores.
    await ask(worker, { set: { bytes: Number.NaN, sizes: [Number.NaN] } })
    assert.equal(await sums(), [110, 110])
    await worker.terminate()
    assert.equal(await sums(), [110, 110])
    local.bytes += 5
    local.sizes[0] += 5
    assert.equal(await sums(), [115, 115])
  })
}

test('a fall of 2^31 or less is a reset, and a fall by more is a wrap', async () => {
  const local = threadLocal('falls', { reset: 'u32', wrapped: 'u32' })
  const registry = new Registry()
  collect(registry, local, { prefix: '' })
  Object.assign(local, { reset: 2 ** 31, wrapped: 2 ** 31 + 1 })
  await scrape(registry)
  Object.assign(local, { reset: 0, wrapped: 0 })
  assert.equal(Object.fromEntries(await scrape(registry)), { reset_total: 2 ** 31, wrapped_total: 2 ** 32 })
})

test('sums with retire: false are gauges of running threads, with no series for ended ones', async () => {
  const schema = {
    inFlight: { type: 'i32', retire: false },
    // So large that its fall could be taken for a wrap.
    large: { type: 'u32', retire: false },
    busiest: { type: 'u32', fold: 'max', retire: false },
    perQueue: { type: 'count', retire: false },
  } as const
  const local = threadLocal('running', schema)
  const [whole, byThread] = [new Registry(), new Registry()]
  collect(whole, local, { prefix: '' })
  collect(byThread, local, { prefix: '', perThread: true })
  assert.equal(
    whole.getMetricsAsArray().map(({ type, help }) => [type, help]),
    [
      ['gauge', 'running.inFlight: sum over running threads'],
      ['gauge', 'running.large: sum over running threads'],
      ['gauge', 'running.busiest: maximum over running threads'],
      ['gauge', 'running.perQueue: sum over running threads'],
    ],
  )
  Object.assign(local, { inFlight: 1, large: 1, busiest: 1, perQueue: 1 })
  const worker = start('follow-orders.js', { name: 'running', schema })
  await message(worker)
  await ask(worker, { set: { inFlight: 3, large: 2 ** 32 - 1, busiest: 3, perQueue: 3 } })
  assert.equal([...(await scrape(whole)).values()], [4, 2 ** 32, 3, 4])
  await scrape(byThread)
  await worker.terminate()
  assert.equal([...(await scrape(whole)).values()], [1, 1, 1, 1])
  assert.equal(Object.fromEntries(await scrape(byThread)), {
    'in_flight{thread="0"}': 1,
    'in_flight{thread="1"}': 0,
    'large{thread="0"}': 1,
    'large{thread="1"}': 0,
    'busiest{thread="0"}': 1,
    'per_queue{thread="0"}': 1,
    'per_queue{thread="1"}': 0,
  })
  throws(
    () => collect(new Registry(), local, { keys: { inFlight: { kind: 'counter' } } }),
    TypeError,
    /the kind of 'inFlight' is 'counter'; use gauge, because the key has retire: false/,
  )
})

test('units and help come from the definition, and an option can only add to them', async () => {
  const local = threadLocal('described', {
    slowestMs: { type: 'f64', fold: 'max', unit: 'milliseconds', help: 'The slowest request.' },
    bytes: { type: 'count', unit: 'bytes' },
    waited: { type: 'f64', unit: 'ms' },
    requests: { type: 'count', unit: '{request}' },
    latency: histogram({ min: 1, max: 4, digits: 1, unit: 'milliseconds', help: 'Time per request.' }),
  })
  local.slowestMs = 1500
  local.waited = 500
  local.latency.record(4)
  const registry = new Registry()
  const keys = { slowestMs: { unit: 'milliseconds' }, bytes: { help: 'Read from disk.' } } as const
  collect(registry, local, { prefix: '', help: 'For all.', keys })
  const series = await scrape(registry)
  assert.is(series.get('slowest_seconds'), 1.5)
  assert.is(series.get('waited_seconds_total'), 0.5)
  assert.is(series.get('latency_seconds_bucket{le="0.004"}'), 1)
  assert.equal(
    registry.getMetricsAsArray().map(({ name, help }) => [name, help]),
    [
      ['slowest_seconds', 'The slowest request.'],
      ['bytes_total', 'Read from disk.'],
      ['waited_seconds_total', 'For all.'],
      ['requests_total', 'For all.'],
      ['latency_seconds', 'Time per request.'],
    ],
  )
  throws(
    () => collect(new Registry(), local, { keys: { bytes: { unit: 'seconds' } } }),
    TypeError,
    /the unit of 'bytes' is 'seconds'; use 'bytes', as the key's definition does/,
  )
})

test('a unit that nobody knows is exported as it is, and an option can say what it means', async () => {
  const units = ['widgets', 'MiB/s', '漢字', 'total', 'constructor', '__proto__', '%']
  const schema = Object.fromEntries(units.map((unit, i) => [`x${i}`, { type: 'f64', unit }] as const))
  const registry = new Registry()
  const local = threadLocal('strange units', schema)
  collect(registry, local, { prefix: '' })
  collect(registry, local, { prefix: 'known_', keys: { x6: { unit: 'percent' } } })
  assert.equal(
    registry
      .getMetricsAsArray()
      .map(({ name }) => name)
      .filter(name => !/known_x[0-5]/.test(name)),
    [
      'x0_widgets_total',
      'x1_mi_b_s_total',
      'x2_total',
      'x3_total',
      'x4_constructor_total',
      'x5_proto_total',
      'x6_total',
      'known_x6_ratio_total',
    ],
  )
})

test('texts are never exported', async () => {
  const local = threadLocal('with text', { file: { type: 'text', length: 20 }, jobs: 'count' })
  local.file = 'a.txt'
  for (const perThread of [false, true]) {
    const registry = new Registry()
    collect(registry, local, { perThread })
    assert.equal(
      registry.getMetricsAsArray().map(({ name }) => name),
      ['with_text_jobs_total'],
    )
  }
})

test('slots may be named like properties of every object', async () => {
  const names = ['__proto__', 'constructor', 'toString'] as const
  const schema = Object.fromEntries(names.map(name => [name, 'count'] as const))
  const local: { [name: string]: number } = threadLocal('inherited names', schema)
  for (const name of names) local[name] = 3
  const registry = new Registry()
  const keys = Object.fromEntries(names.map(name => [name, { help: `The ${name}.` }]))
  for (const perThread of [false, true])
    collect(registry, local as ThreadLocal<typeof schema>, { prefix: `${perThread}_`, perThread, keys })
  const series = Object.fromEntries(await scrape(registry))
  assert.equal(series, {
    false_proto_total: 3,
    false_constructor_total: 3,
    false_to_string_total: 3,
    ...Object.fromEntries(
      ['proto', 'constructor', 'to_string'].flatMap(name => [
        [`true_${name}_total{thread="0"}`, 3],
        [`true_${name}_total{thread="retired"}`, 0],
      ]),
    ),
  })
})

test("with threadName, a place keeps its threads' name, and no counter falls or counts twice", async () => {
  const schema = { jobs: 'u32', step: { type: 'u32', fold: 'none' } } as const
  const local = threadLocal('named threads', schema)
  const { table, fields } = definitionOf(local)
  const [[, key]] = fields as [Field]
  const registry = new Registry()
  collect(registry, local, { prefix: '', perThread: true, threadName: true, keys: { step: false } })
  const place = (thread: string, name = '') =>
    `jobs_total{thread="${thread}"${name && `,thread_name="${name}"`}}`
  const expect = async (expected: { [series: string]: number }) =>
    assert.equal(Object.fromEntries(await scrape(registry)), expected)
  /** Counts in a worker of that name. */
  const begin = async (name: string, jobs: number) => {
    const worker = start('follow-orders.js', { name: 'named threads', schema })
    await message(worker)
    await ask(worker, { threadName: name, set: { jobs } })
    return worker
  }

  local.jobs = 1
  const decoder = await begin('decoder', 10)
  const encoder = await begin('encoder', 20)
  await expect({
    [place('0')]: 1,
    [place('1', 'decoder')]: 10,
    [place('2', 'encoder')]: 20,
    [place('retired')]: 0,
  })
  await ask(decoder, { set: { jobs: 12 } })
  await decoder.terminate()
  // The place of a decoder is free, but not for a thread of another name.
  const resizer = await begin('resizer', 30)
  await expect({
    [place('0')]: 1,
    [place('1', 'decoder')]: 10,
    [place('2', 'encoder')]: 20,
    [place('3', 'resizer')]: 30,
    [place('retired')]: 2,
  })
  const next = await begin('decoder', 100)
  // A thread that changes its name goes on counting in another place.
  await ask(encoder, { threadName: 'resizer', set: { jobs: 25 } })
  await expect({
    [place('0')]: 1,
    [place('1', 'decoder')]: 110,
    [place('2', 'encoder')]: 20,
    [place('3', 'resizer')]: 30,
    [place('4', 'resizer')]: 5,
    [place('retired')]: 2,
  })
  await ask(encoder, { set: { jobs: 26 } })
  await encoder.terminate()
  await ask(resizer, { threadName: 'encoder' })
  await expect({
    [place('0')]: 1,
    [place('1', 'decoder')]: 110,
    [place('2', 'encoder')]: 20,
    [place('3', 'resizer')]: 30,
    [place('4', 'resizer')]: 5,
    [place('retired')]: 3,
  })
  await ask(resizer, { set: { jobs: 37 } })
  await next.terminate()
  await resizer.terminate()
  const series = await scrape(registry)
  assert.is(
    [...series.values()].reduce((a, b) => a + b),
    table.fold(key),
  )
  assert.is(series.get(place('2', 'encoder')), 20)
  assert.is(table.fold(key), 1 + 12 + 26 + 37 + 100)
})

test.run()
