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
import { perThread, threadLocal, totals } from 'threadslots'
import { type CollectOptions, collect } from 'threadslots/prom-client'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { throughDeaths, throughRounding } from '../support/deaths.js'
import { record, setBack, sumOf, withHistogram } from '../support/distribution.js'
import { throws } from '../support/helpers.js'
import { testTerminated } from '../support/skip.js'
import { ask, endAll, message, start } from '../support/workers/run.js'

test.after.each(endAll)

/** The lines of a scrape that are no comments: values by series. */
async function scrape(registry: { metrics(): Promise<string> }): Promise<Map<string, number>> {
  const lines = (await registry.metrics()).split('\n').filter(line => /^[^#]/.test(line))
  return new Map(lines.map(line => [line.replace(/ \S+$/, ''), Number(line.match(/\S+$/)?.[0])]))
}

function openMetrics(): Registry<OpenMetricsContentType> {
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  return registry
}

// What an idle worker counts is seen without its help.
test('a scrape has what all threads have counted by then, whichever thread answers it', async () => {
  const schema = { images: 'u32', bytes: 'f64', largest: { type: 'u32', fold: 'max' } } as const
  const local = threadLocal('thumbnailer', schema)
  const registry = new Registry()
  collect(local, { registry })
  local.images += 2
  const worker = start('obey.js', { name: 'thumbnailer', schema })
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

  test(`text and JSON are those of prom-client's own metrics, as ${type}`, async () => {
    const local = threadLocal('same', {
      jobs: 'u32',
      depth: 'i32',
      sizes: { type: 'u32', length: 2 },
      least: { type: 'f64', fold: 'min' },
    })
    Object.assign(local, { jobs: 3, depth: -2, least: 0.25 })
    local.sizes.set([5, 0])
    const ours = make()
    collect(local, { registry: ours, help: 'a \\ and\na line', keys: { depth: { kind: 'gauge' } } })

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

  test(`a histogram is one of Prometheus', as ${type}`, async () => {
    const local = withHistogram(`histogram ${type}`)
    const ours = make()
    collect(local, { registry: ours, prefix: '', keys: { latency: { unit: 'milliseconds', help: 'Time.' } } })
    const theirs = make()
    const buckets = [0.001, 0.002, 0.004]
    const own = new Histogram({ name: 'latency_seconds', help: 'Time.', buckets, registers: [theirs] })
    own.zero({})
    const textOf = (registry: Pick<Registry, 'getSingleMetricAsString'>) =>
      registry.getSingleMetricAsString('latency_seconds')
    assert.is(await textOf(ours), await textOf(theirs))

    record(local, [0, 3, 1, 2])
    for (const seconds of [0.002, 0.002, 0.002, 0.004]) own.observe(seconds)
    for (const _ of [1, 2]) own.observe(0.008)
    assert.is(
      await textOf(ours),
      (await textOf(theirs)).replace(/(_sum) .*/, `$1 ${sumOf([0, 3, 1, 2]) / 1000}`),
    )
    const [ourJson] = await ours.getMetricsAsJSON()
    const [theirJson] = await theirs.getMetricsAsJSON()
    // The sum is right to the promised digits only.
    const plain = (json: typeof ourJson) =>
      json?.values
        .filter(value => !('metricName' in value && String(value.metricName).endsWith('_sum')))
        .map(value => ({ ...value, exemplar: undefined }))
    assert.equal(plain(ourJson), plain(theirJson))
  })
}

const unlabelled = (series: ReadonlyMap<string, number>, name: string) =>
  new Map([...series].filter(([key]) => key.startsWith(name)))

testTerminated('no thread that dies lowers a counter', () =>
  throughDeaths('dying', local => {
    const registry = new Registry()
    collect(local, { registry })
    return async () => unlabelled(await scrape(registry), 'dying_jobs')
  }),
)

testTerminated(
  'by thread, none lowers or ends a series, and the sum over the label is the total',
  async () => {
    const registry = new Registry()
    await throughDeaths('dying by thread', local => {
      collect(local, { registry, perThread: true })
      return async () => unlabelled(await scrape(registry), 'dying_by_thread_jobs')
    })
    // Main, and two workers at most at a time: ten threads have not made ten series.
    const series = [...(await scrape(registry)).keys()].filter(key => key.includes('jobs'))
    assert.equal(
      series,
      ['0', '1', '2', 'retired'].map(thread => `dying_by_thread_jobs_total{thread="${thread}"}`),
    )
  },
)

test('no rounding, after a death, changes a counter', () =>
  throughRounding('rounding', local => {
    const registry = new Registry()
    collect(local, { registry })
    return async () => (await scrape(registry)).get('rounding_seconds_total') as number
  }))

for (const perThread of [false, true]) {
  test(`a sum that is set back lowers no counter, and counts on${perThread ? ', by thread' : ''}`, async () => {
    const local = threadLocal(`set back ${perThread}`, {
      jobs: 'i32',
      wraps: 'u32',
      broken: 'f64',
      rounded: 'f64',
    })
    const registry = new Registry()
    collect(local, { registry, prefix: '', perThread })
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
    assert.equal(await values(), [15, 2 ** 32 - 1, 1, 0.9])
    local.jobs = 0
    local.wraps++
    local.broken = Infinity
    assert.equal(await values(), [15, 2 ** 32, 1, 0.9])
    local.jobs += 4
    local.broken = 3
    local.rounded += 0.5
    assert.equal(await values(), [19, 2 ** 32, 3, 1.4])
  })
}

test('a histogram that is set back, or whose buckets wrap, lowers no count and no sum, and counts on', async () => {
  const local = withHistogram('histogram set back')
  const registry = new Registry()
  collect(local, { registry, prefix: '', keys: { jobs: false } })
  const expect = async (counts: number[]) => {
    const upTo = counts.map((_, i) => counts.slice(0, i + 1).reduce((a, b) => a + b))
    assert.equal(Object.fromEntries(await scrape(registry)), {
      'latency_bucket{le="1"}': upTo[0],
      'latency_bucket{le="2"}': upTo[1],
      'latency_bucket{le="4"}': upTo[2],
      'latency_bucket{le="+Inf"}': upTo[3],
      latency_sum: sumOf(counts),
      latency_count: upTo[3],
    })
  }
  record(local, [1, 0, 3, 2])
  await expect([1, 0, 3, 2])
  setBack(local)
  await expect([1, 0, 3, 2])
  record(local, [0, 4, 1, 0])
  await expect([1, 4, 4, 2])

  setBack(local, 2 ** 32 - 1)
  const before = await scrape(registry)
  record(local, [1, 0, 0, 0])
  assert.equal(await scrape(registry), before)
  record(local, [1, 0, 0, 0])
  const after = await scrape(registry)
  assert.is(after.get('latency_count'), (before.get('latency_count') ?? 0) + 1)
})

test('gauges are what the threads have: by fold, by thread, and nothing where there is nothing', async () => {
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
  collect(local, { ...options, registry: whole })
  collect(local, { ...options, registry: byThread, perThread: true })
  assert.equal(Object.fromEntries(await scrape(whole)), { depth: 0 })
  assert.equal(Object.fromEntries(await scrape(byThread)), { 'depth{thread="retired"}': 0 })
  for (const name of ['state', 'step']) {
    assert.is(whole.getSingleMetric(name), undefined)
    assert.ok(byThread.getSingleMetric(name))
  }

  Object.assign(local, { depth: -3, most: -7, step: 9 })
  const worker = start('obey.js', { name: 'gauges', schema })
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

test('bigints become numbers, and vectors a series for each element', async () => {
  const local = threadLocal('wide', { bytes: 'u64', sizes: { type: 'i64', length: 3 } })
  const registry = new Registry()
  collect(local, { registry, prefix: 'w_', perThread: true })
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

/** The names under which a schema's keys are exported. */
async function namesOf(
  name: string,
  keys: NonNullable<CollectOptions<Record<string, 'f64'>>['keys']>,
  prefix?: string,
): Promise<string[]> {
  const registry = new Registry()
  const schema = Object.fromEntries(Object.keys(keys).map(key => [key, 'f64' as const]))
  collect(threadLocal(name, schema), { registry, keys, ...(prefix !== undefined && { prefix }) })
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

test('a key may be called as what every object has, and there may be no key', async () => {
  assert.equal(await namesOf('object', { constructor: {} }), ['object_constructor_total'])
  const registry = new Registry()
  collect(threadLocal('object', { constructor: 'f64' }), { registry })
  collect(threadLocal('empty', {}), { registry })
  assert.equal(
    registry.getMetricsAsArray().map(({ name }) => name),
    ['object_constructor_total'],
  )
})

test('values are exported in base units', async () => {
  const local = threadLocal('units', { waitedMs: 'f64', loadPercent: { type: 'f64', fold: 'max' } })
  Object.assign(local, { waitedMs: 1500, loadPercent: 12.5 })
  const registry = new Registry()
  collect(local, {
    registry,
    keys: { waitedMs: { unit: 'milliseconds' }, loadPercent: { unit: 'percent' } },
  })
  assert.equal(Object.fromEntries(await scrape(registry)), {
    units_waited_seconds_total: 1.5,
    units_load_ratio: 0.125,
  })
})

test('what is wrong throws, with the value and the way out, and registers nothing', async () => {
  const local = threadLocal('wrong', { jobs: 'u32', most: { type: 'u32', fold: 'max' }, größe: 'u32' })
  const registry = new Registry()
  const wrong = (options: object, words: RegExp) => {
    const keys = { größe: false, ...(options as { keys?: object }).keys }
    throws(() => collect(local, { registry, ...options, keys } as never), TypeError, words)
    assert.equal(registry.getMetricsAsArray(), [])
  }
  wrong({ keys: { größe: {} } }, /'wrong_größe_total'.*letters.*keys: { 'größe': { name/)
  wrong({ prefix: '2_' }, /'2_jobs_total'.*prefix/)
  wrong({ prefix: 'a b' }, /'a bjobs_total'/)
  wrong({ keys: { job: {} } }, /job; use jobs, most, größe/)
  wrong({ keys: { jobs: { unit: 'hours' } } }, /'jobs' is hours; use seconds, /)
  wrong({ keys: { jobs: { unit: '{}' } } }, /is {}/)
  wrong({ keys: { jobs: { kind: 'summary' } } }, /'jobs' is summary; use counter, gauge/)
  wrong({ keys: { jobs: { type: 'gauge' } } }, /is type; use name, kind, help, unit/)
  wrong({ perthread: true }, /option is perthread; use prefix, help, perThread, keys, registry/)
  wrong({ temporality: 'delta' }, /option is temporality/)
  wrong({ prefix: 5 }, /prefix is 5; use a value of type string/)
  wrong({ help: 5 }, /help is 5; .* string/)
  wrong({ perThread: 'yes' }, /perThread is yes; .* boolean/)
  wrong({ keys: { jobs: 5 } }, /options of key 'jobs' is 5; .* object/)
  wrong({ keys: { jobs: { help: 5 } } }, /help of key 'jobs' is 5; .* string/)
  wrong({ keys: { jobs: { name: null } } }, /name of key 'jobs' is null; .* string/)
  wrong({ keys: { jobs: { unit: 5 } } }, /unit of key 'jobs' is 5/)
  wrong({ keys: { jobs: { name: '-' } } }, /'jobs' has no word.*keys: { 'jobs': { name/)
  wrong({ keys: { jobs: { name: 'jobMs' } } }, /in milliseconds.*keys: { 'jobs': { unit: 'milliseconds' } }/)
  wrong({ keys: { most: { name: 'mostPercent' } } }, /in percent/)
  wrong({ keys: { most: { name: 'waited_s' } } }, /in seconds/)
  for (const end of ['total', 'count', 'sum', 'bucket']) {
    const name = `most_${end}`
    wrong({ keys: { most: { name } } }, new RegExp(`'wrong_${name}' is no name for a gauge.*'most': { name`))
  }
  for (const registry of [{}, 5, null]) wrong({ registry }, /registry is .*; use /)
  for (const keys of [5, null]) {
    throws(() => collect(local, { registry, keys } as never), TypeError, /keys is .*object/)
  }
  for (const options of [5, null]) {
    throws(() => collect(local, options as never), TypeError)
  }
  wrong({ keys: { most: { kind: 'counter' } } }, /'most' has fold max/)
  wrong(
    { keys: { most: { name: 'jobs' }, jobs: { kind: 'gauge' } } },
    /'jobs' and 'most' would both be 'wrong_jobs'/,
  )
  throws(() => collect({} as typeof local, { registry }), TypeError, /threadLocal/)

  const histogram = withHistogram('wrong histogram')
  const kind = { keys: { latency: { kind: 'gauge' } } } as const
  throws(() => collect(histogram, { registry, ...kind }), TypeError, /'latency' is gauge; .*histogram/)
  const total = { keys: { latency: { name: 'latencyTotal' } } } as const
  throws(() => collect(histogram, { registry, ...total }), TypeError, /_total' is no name for a histogram/)
  const other = new Registry()
  new Gauge({ name: 'wrong_histogram_latency_count', help: 'x', registers: [other] })
  throws(() => collect(histogram, { registry: other }), TypeError, /'wrong_histogram_latency_count' exists/)
  assert.equal(registry.getMetricsAsArray(), [])
})

test('a name that is taken throws before anything is registered', () => {
  const local = threadLocal('taken', { first: 'u32', second: 'u32' })
  const registry = new Registry()
  const other = new Gauge({ name: 'taken_second_total', help: 'x', registers: [registry] })
  throws(() => collect(local, { registry }), TypeError, /'taken_second_total' exists.*prefix/)
  assert.equal(registry.getMetricsAsArray(), [other])
  collect(local, { registry, prefix: 'free_' })
  throws(() => collect(local, { registry, prefix: 'free_' }), TypeError, /'free_first_total' exists/)
  assert.is(registry.getMetricsAsArray().length, 3)
})

test('the function that it returns removes its own metrics, and no others', async () => {
  const local = threadLocal('removed', { jobs: 'u32', done: 'u32' })
  const registry = openMetrics()
  const remove = collect(local, { registry })
  // A registry of OpenMetrics renames counters when it is read.
  await registry.metrics()
  remove()
  assert.equal(registry.getMetricsAsArray(), [])
  const removeAgain = collect(local, { registry })
  remove()
  assert.is(registry.getMetricsAsArray().length, 2)
  registry.clear()
  const other = new Gauge({ name: 'removed_jobs_total', help: 'x', registers: [registry] })
  removeAgain()
  removeAgain()
  assert.equal(registry.getMetricsAsArray(), [other])
})

test('without a registry, it is the global one; its resetMetrics lowers nothing', async () => {
  const local = threadLocal('global', { jobs: 'u32' })
  local.jobs = 5
  const remove = collect(local)
  assert.is((await scrape(register)).get('global_jobs_total'), 5)
  register.resetMetrics()
  assert.is((await scrape(register)).get('global_jobs_total'), 5)
  remove()
  assert.is(register.getSingleMetric('global_jobs_total'), undefined)
})

test('all metrics of a scrape come from one reading, and the next scrape has another', async () => {
  const local = threadLocal('at once', { first: 'u32', last: 'u32' })
  for (const perThread of [false, true]) {
    const registry = new Registry()
    collect(local, { registry, prefix: '', perThread })
    const [first, last] = registry.getMetricsAsArray()
    // Between the two the thread counts on.
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

test('an aggregator of a cluster adds up processes, and leaves out what has no meaning across threads', async () => {
  const local = threadLocal('cluster', {
    jobs: 'u32',
    least: { type: 'f64', fold: 'min' },
    most: { type: 'f64', fold: 'max' },
    step: { type: 'i32', fold: 'none' },
  })
  const histogram = withHistogram('cluster histogram')
  record(histogram, [1, 0, 0, 1])
  const registry = new Registry()
  collect(local, { registry, prefix: '', perThread: true })
  collect(histogram, { registry, prefix: '', keys: { jobs: false } })
  const processes: object[] = []
  for (const n of [1, 2]) {
    Object.assign(local, { jobs: 10 * n, least: n, most: n, step: n })
    // As it goes from process to process.
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
    latency_sum: 2 * sumOf([1, 0, 0, 1]),
    latency_count: 4,
  })
})

test('threads that use other thread-locals alone have no place', async () => {
  const local = threadLocal('placed', { jobs: 'u32' })
  local.jobs++
  const schema = { jobs: 'u32' } as const
  for (const name of ['elsewhere', 'placed']) {
    const worker = start('obey.js', { name, schema })
    await message(worker)
    await ask(worker, { set: { jobs: 3 } })
  }
  const registry = new Registry()
  collect(local, { registry, perThread: true })
  assert.is(perThread(local).length, 2)
  const series = Object.fromEntries(await scrape(registry))
  assert.equal(series, {
    'placed_jobs_total{thread="0"}': 1,
    'placed_jobs_total{thread="1"}': 3,
    'placed_jobs_total{thread="retired"}': 0,
  })
})

test('a registry finds the metrics by their names, as its own; each has the help that is nearest', () => {
  const local = threadLocal('found', { jobs: 'u32', most: { type: 'u32', fold: 'max' } })
  const registry = new Registry()
  const shown = (name: string) => {
    const { type, help } = registry.getSingleMetric(name) as Metric & { type: string; help: string }
    return [type, help]
  }
  const remove = collect(local, { registry, help: 'Of all.', keys: { jobs: { help: 'Of its own.' } } })
  assert.equal(shown('found_jobs_total'), ['counter', 'Of its own.'])
  assert.equal(shown('found_most'), ['gauge', 'Of all.'])
  remove()
  collect(local, { registry })
  assert.equal(shown('found_jobs_total'), ['counter', 'found.jobs: sum over all threads'])
  assert.equal(shown('found_most'), ['gauge', 'found.most: greatest of all threads'])
})

test.run()
