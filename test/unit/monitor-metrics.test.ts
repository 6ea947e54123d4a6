// What the monitor answers at `/metrics`: in this thread, and over HTTP.
import { Registry } from '@prometheus-io/client'
import { defaultTable, threadLocal } from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { labelled } from 'threadslots/labels'
import { monitor } from 'threadslots/monitor'
import { collect } from 'threadslots/prometheus'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import '../../src/histogram.js'
import { SlotTable } from '../../src/index.js'
import { MetricsText } from '../../src/monitor/metrics.js'
import { Readings } from '../../src/monitor/readings.js'
import { type ThreadStatus, Watcher } from '../../src/monitor/watcher.js'
import { testTermination } from '../../tools/testing/skip.js'
import { checkCounterThroughDeaths, checkSumThroughRowReuse } from '../support/exported-counters.js'
import { randomIntegersFrom } from '../support/random.js'
import { settings } from '../support/settings.js'
import { defineSmallHistogram, overwriteCounts, recordCounts } from '../support/small-histogram.js'
import { endAll } from '../support/workers.js'

test.after.each(endAll)

const OPEN_METRICS = 'application/openmetrics-text'
const FORMATS = ['text/plain', OPEN_METRICS]

const metricsOf = (table: SlotTable): MetricsText =>
  new MetricsText(new Readings(table, new Watcher(table, { blockedMs: 1000, stuckMs: 1000 })))

/** Opens the default table, as the monitor's thread does. */
const openDefaultTable = (): SlotTable => {
  const { buffer, byteOffset } = defaultTable()
  return SlotTable.from(buffer, { byteOffset })
}

const linesOf = (text: string): string[] => text.split('\n').filter(Boolean)

/** The values of a scrape by series, without those of the monitor itself, which come first. */
async function scrape(metrics: MetricsText, accept?: string): Promise<Map<string, number>> {
  const lines = linesOf((await metrics.read(accept)).text)
  const keys = lines.slice(lines.findIndex(line => line.startsWith('threadslots_lost_keys_total ')) + 1)
  const samples = keys.filter(line => !line.startsWith('#'))
  return new Map(samples.map(line => [line.replace(/ \S+$/, ''), Number(line.match(/\S+$/)?.[0])]))
}

const valuesOf = async (metrics: MetricsText, accept?: string) =>
  Object.fromEntries(await scrape(metrics, accept))

test('a thread-local has exactly the lines that collect gives it, in both formats', async () => {
  const local = threadLocal('well.behaved One', {
    HTTPGets: 'u32',
    jobs: { type: 'count', unit: '{job}', help: 'A \\ and a "quote"\nand a line.' },
    openFiles: { type: 'i32', retire: false },
    bytesTotal: { type: 'f64', unit: 'bytes' },
    slowestMs: { type: 'f64', fold: 'max', unit: 'milliseconds' },
    least: { type: 'u8', length: 3 },
    never: { type: 'f64', fold: 'min' },
    ids: { type: 'u64', unit: 'wid/gets' },
    file: { type: 'text', length: 8 },
    step: { type: 'i32', fold: 'none' },
    sizes: { type: 'u32', length: 3 },
    latencyUs: histogram({ min: 1, max: 1e3, digits: 1, unit: 'microseconds' }),
    requests: labelled('count', ['http.method', 'status']),
    unused: labelled('count', ['status']),
    waits: labelled(histogram({ min: 1, max: 4, digits: 1, unit: 'seconds' }), ['route']),
    depths: labelled({ type: 'i32', length: 2, retire: false }, ['queue']),
  })
  Object.assign(local, {
    HTTPGets: 3,
    jobs: 4,
    openFiles: -2,
    bytesTotal: 0.5,
    slowestMs: 1500,
    ids: 5n,
    step: 1,
  })
  local.sizes.set([1, 2, 3])
  local.latencyUs.record(7)
  local.requests.with({ 'http.method': 'GET "\\\n"', status: 200 }).add(6)
  local.waits.with({ route: '/' }).record(3)
  local.depths.with({ queue: 'a' }).value.set([8, 9])
  const metrics = metricsOf(openDefaultTable())
  for (const accept of FORMATS) {
    const registry = new Registry()
    if (accept === OPEN_METRICS) registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
    collect(registry, local)
    const expected = linesOf(await registry.metrics()).filter(line => line !== '# EOF')
    assert.ok(expected.length > 40, `${expected.length} lines`)
    const { type, text } = await metrics.read(accept)
    assert.is(type, registry.contentType)
    assert.equal(
      linesOf(text).filter(line => line.includes('well_behaved_one')),
      expected,
    )
    assert.is(text.endsWith('# EOF\n'), accept === OPEN_METRICS)
  }
})

test('texts, keys without a fold, and the package’s own keys aren’t exported', async () => {
  const table = SlotTable.create({ maxKeys: 8 })
  table.key('a.text', { type: 'text', length: 8 })
  table.key('a.bytes', { type: 'u8', length: 8 })
  table.key('a.step', { type: 'u32', fold: 'none' })
  table.key('threadslots.turns', { type: 'u32', fold: 'none', retire: false })
  table.key('threadslots.runs0', { type: 'f64', length: 8, fold: 'none', retire: false })
  table.key('a.jobs', 'u32')
  table.attach()
  assert.equal(await valuesOf(metricsOf(table)), { a_jobs_total: 0 })
})

testTermination('no death of a thread lowers a counter', () =>
  checkCounterThroughDeaths('monitored', () => {
    const metrics = metricsOf(openDefaultTable())
    return async () => {
      const series = await scrape(metrics)
      return new Map([...series].filter(([name]) => name === 'monitored_jobs_total'))
    }
  }),
)

test('a sum of fractions keeps its value when a row is used again', () =>
  checkSumThroughRowReuse('monitored fractions', () => {
    const metrics = metricsOf(openDefaultTable())
    return async () => (await scrape(metrics)).get('monitored_fractions_seconds_total') as number
  }))

test('counters don’t fall when sums do, and grow when 32 bits wrap; both formats share one history', async () => {
  const table = SlotTable.create({ maxKeys: 8 })
  const jobs = table.key('a.jobs', 'u32')
  const bytes = table.key('a.bytes', 'f64')
  const inFlight = table.key('a.inFlight', { type: 'i32', retire: false })
  const { u32, f64, i32 } = table.attach()
  const metrics = metricsOf(table)
  const set = (values: [number, number, number]) => {
    ;[u32[jobs.index], f64[bytes.index], i32[inFlight.index]] = values
  }
  const steps: { set: [number, number, number]; expected: [number, number, number] }[] = [
    { set: [2 ** 32 - 6, 10, 3], expected: [2 ** 32 - 6, 10, 3] },
    // The u32 wraps; the f64 is set back.
    { set: [5, 4, 1], expected: [2 ** 32 + 5, 10, 1] },
    { set: [7, 5.5, -1], expected: [2 ** 32 + 7, 11.5, -1] },
    { set: [7, Number.NaN, 0], expected: [2 ** 32 + 7, 11.5, 0] },
    { set: [0, 1, 0], expected: [2 ** 32 + 7, 12.5, 0] },
  ]
  for (const [i, { set: values, expected }] of steps.entries()) {
    set(values)
    // Once more in the other format: nothing has happened in between.
    for (const format of [i, i + 1]) {
      const read = await valuesOf(metrics, FORMATS[format % 2] as string)
      assert.equal(Object.values(read), expected, `step ${i}`)
      assert.equal(Object.keys(read), ['a_jobs_total', 'a_bytes_total', 'a_in_flight'])
    }
  }
})

test('no count of a histogram falls', async () => {
  const local = defineSmallHistogram('monitored histogram')
  const metrics = metricsOf(openDefaultTable())
  const read = async () => {
    const values = [...(await scrape(metrics))]
    return values
      .filter(([name]) => /^monitored_histogram_latency_(bucket|count)/.test(name))
      .map(([, n]) => n)
  }
  recordCounts(local, [1, 2, 3, 4])
  assert.equal(await read(), [1, 3, 6, 10, 10])
  overwriteCounts(local)
  recordCounts(local, [1, 0, 0, 0])
  assert.equal(await read(), [1, 3, 6, 10, 10])
  recordCounts(local, [1, 0, 0, 1])
  assert.equal(await read(), [2, 4, 7, 12, 12])
})

test('keys and children that appear later join the others, whose counters go on', async () => {
  const local = threadLocal('growing', { first: 'u32', by: labelled('u32', ['name']) })
  const metrics = metricsOf(openDefaultTable())
  const read = async () => {
    const series = await scrape(metrics)
    return Object.fromEntries([...series].filter(([name]) => name.startsWith('growing_')))
  }
  local.first = 5
  assert.equal(await read(), { growing_first_total: 5 })
  local.first = 2
  local.by.with({ name: 'a' }).add(3)
  const before = { growing_first_total: 5, 'growing_by_total{name="a"}': 3 }
  assert.equal(await read(), before)
  const more = threadLocal('growing', { second: { type: 'f64', fold: 'max' }, on: labelled('u32', ['day']) })
  more.second = 4
  more.on.with({ day: 1 }).add(1)
  local.by.with({ name: 'a' }).value = 0
  local.by.with({ name: 'b' }).add(9)
  const after = {
    ...before,
    'growing_by_total{name="b"}': 9,
    growing_second: 4,
    'growing_on_total{day="1"}': 1,
  }
  assert.equal(await read(), after)
  local.first = 3
  assert.equal(await read(), { ...after, growing_first_total: 6 })
})

test('keys that appear between two scrapes of the same moment are in the second', async () => {
  const table = SlotTable.create({ maxKeys: 8 })
  const metrics = metricsOf(table)
  const first = metrics.read()
  table.key('a.late', 'u32')
  const second = metrics.read()
  assert.not.match((await first).text, /a_late/)
  assert.match((await second).text, /^a_late_total 0$/m)
})

/** Keys that `collect` wouldn't accept, or that clash, and the series that they get in this order. */
const HOSTILE: readonly (readonly [string, Parameters<SlotTable['key']>[1], string])[] = [
  ['2xx', 'u32', '_2xx_total'],
  ['日本', 'u32', '__total'],
  ['日本.語', { type: 'u32', fold: 'max' }, '___'],
  ['_', 'u32', 'total_total'],
  ['__', 'u32', '_2_total'],
  ['.', { type: 'i32', retire: false }, '_3'],
  ['.total', 'u32', 'value_total'],
  ['a b{c="d"} 1', 'u32', 'a_b_c_d__1_total'],
  ['line\nbreak', 'u32', 'line_break_total'],
  ['__proto__', 'u32', 'proto_total'],
  ['constructor', 'u32', 'constructor_total'],
  ['x.jobs', 'u32', 'x_jobs_total'],
  ['x.Jobs', 'u32', 'x_jobs_2_total'],
  ['x_jobs', 'u32', 'x_jobs_3_total'],
  ['x.jobsTotal', 'u32', 'x_jobs_4_total'],
  ['x.jobsTotalTotal', 'u32', 'x_jobs_total_2_total'],
  // OpenMetrics would call this what it calls the counter.
  ['x.jobs.', { type: 'u32', retire: false }, 'x_jobs_'],
  ['x-jobs', { type: 'u32', retire: false }, 'x_jobs_5'],
  ['x.jobs_created', { type: 'u32', retire: false }, 'x_jobs_created_2'],
  ['x.openTotal', { type: 'u32', retire: false }, 'x_open_total_value'],
  ['x.openCount', { type: 'u32', retire: false }, 'x_open_count_value'],
  ['x.openSum', { type: 'u32', retire: false }, 'x_open_sum_value'],
  ['x.openBucket', { type: 'u32', retire: false }, 'x_open_bucket_value'],
  ['x.open', { type: 'u32', retire: false }, 'x_open'],
  // No unit: nobody knows that these are milliseconds.
  ['x.slowestMs', { type: 'f64', fold: 'max', init: 1 }, 'x_slowest_ms'],
  ['x.itemS', 'u32', 'x_item_s_total'],
  ['x.slowestMs2', { type: 'f64', fold: 'max', unit: 'total', init: 1 }, 'x_slowest_ms2'],
  ['x.fuel', { type: 'u32', unit: '升 "\n' }, 'x_fuel_total'],
  ['threadslots.threads', { type: 'u32', retire: false }, 'threadslots_threads_2'],
  ['threadslots.lost_keys', 'u32', 'threadslots_lost_keys_2_total'],
]

test('a key that collect would reject gets a safe name, and none gets the name of another', async () => {
  const table = SlotTable.create()
  for (const [name, spec] of HOSTILE) table.key(name, spec)
  table.attach()
  const expected = HOSTILE.map(([, , series]) => series)
  const metrics = metricsOf(table)
  for (const accept of [...FORMATS, ...FORMATS])
    assert.equal([...(await scrape(metrics, accept)).keys()], expected)
})

test('a histogram’s lines share no name with another metric', async () => {
  const table = SlotTable.create()
  table.key('x.waitCount', 'u32')
  table.key('x.wait_count', { type: 'u32', fold: 'max', unit: 'things' })
  table.key('x.wait', histogram({ min: 1, max: 2, digits: 1 }))
  table.key('x.Wait', 'u32')
  table.attach()
  const names = new Set([...(await scrape(metricsOf(table))).keys()].map(name => name.replace(/{.*/, '')))
  assert.equal(
    [...names],
    [
      'x_wait_count_total',
      'x_wait_count_things',
      'x_wait_2_bucket',
      'x_wait_2_sum',
      'x_wait_2_count',
      'x_wait_total',
    ],
  )
})

const seed = Number(settings.SEED ?? Date.now() % 2 ** 31)

test('whatever keys are called, names are valid and stay, whether or not the monitor saw the keys appear', async () => {
  const below = randomIntegersFrom(seed)
  const pick = <T>(list: readonly T[]) => list[below(list.length)] as T
  const parts = [
    'a',
    'B',
    '.',
    '_',
    '-',
    ' ',
    '1',
    'total',
    'Total',
    'count',
    'Ms',
    'sum',
    'ü',
    '"',
    '\n',
    'created',
  ]
  const specs = [
    'u32',
    { type: 'f64', fold: 'min', init: 1 },
    { type: 'i32', retire: false, unit: 'bytes' },
    { type: 'count', unit: 'milliseconds' },
    histogram({ min: 1, max: 2, digits: 1 }),
  ] as const
  const table = SlotTable.create({ maxKeys: 400, rowBytes: 65_536 })
  table.attach()
  const early = metricsOf(table)
  const keys = new Set<string>()
  const typesIn = (text: string) => linesOf(text).filter(line => line.startsWith('# TYPE '))
  let before: string[] = []
  while (keys.size < 300) {
    const name = Array.from({ length: 1 + below(4) }, () => pick(parts)).join('')
    if (keys.has(name)) continue
    keys.add(name)
    table.key(name, pick(specs))
    if (below(30) > 0) continue
    const now = typesIn((await early.read()).text)
    assert.equal(now.slice(0, before.length), before, `SEED=${seed}`)
    before = now
  }
  for (const accept of FORMATS) {
    const { text } = await early.read(accept)
    assert.is((await metricsOf(table).read(accept)).text, text, `SEED=${seed}`)
    const types = typesIn(text)
    const families = types.map(line => line.split(' ')[2] as string)
    assert.is(new Set(families).size, types.length, `SEED=${seed}`)
    const series = linesOf(text)
      .filter(line => !line.startsWith('#'))
      .map(line => line.replace(/ \S+$/, ''))
    assert.is(new Set(series).size, series.length, `SEED=${seed}`)
    for (const name of [...families, ...series])
      assert.match(name, /^[a-zA-Z_]\w*({\w+="[^"]*"})?$/, `SEED=${seed}`)
    // Each line belongs to one metric: no other metric has that name.
    for (const line of series) {
      const name = line.replace(/{.*/, '')
      const owners = families.filter(family =>
        ['', '_total', '_created', '_bucket', '_sum', '_count'].some(
          suffix => family + suffix === name && isLineOf(types, family, suffix),
        ),
      )
      assert.is(owners.length, 1, `${line} belongs to ${owners}; SEED=${seed}`)
    }
  }
})

/** Whether a metric of its type has lines with such a suffix. */
function isLineOf(types: readonly string[], family: string, suffix: string): boolean {
  const type = types.find(line => line.startsWith(`# TYPE ${family} `))?.split(' ')[3]
  if (suffix === '') return true
  return type === 'histogram'
    ? ['_bucket', '_sum', '_count'].includes(suffix)
    : type === 'counter' && suffix === '_total'
}

test('labels that clash with others get safe names, and all of their values arrive', async () => {
  const local = threadLocal('labels', {
    sizes: labelled({ type: 'u32', length: 1 }, ['index', 'index_2', 'a.b', 'a_b']),
    waits: labelled(histogram({ min: 1, max: 2, digits: 1 }), ['le', 'index']),
  })
  local.sizes.with({ index: '"', index_2: '\\', 'a.b': '\n', a_b: '🚀' }).value[0] = 1
  local.waits.with({ le: '+Inf', index: '' }).record(1)
  const names = [...(await scrape(metricsOf(openDefaultTable()))).keys()]
  assert.equal(
    names.filter(name => name.startsWith('labels_')),
    [
      'labels_sizes_total{index_2="\\"",index_2_2="\\\\",a_b="\\n",a_b_2="🚀",index="0"}',
      'labels_waits_bucket{le_2="+Inf",index="",le="1"}',
      'labels_waits_bucket{le_2="+Inf",index="",le="2"}',
      'labels_waits_bucket{le_2="+Inf",index="",le="+Inf"}',
      'labels_waits_sum{le_2="+Inf",index=""}',
      'labels_waits_count{le_2="+Inf",index=""}',
    ],
  )
})

test('help texts are escaped, and keep one line', async () => {
  const table = SlotTable.create()
  table.key('a.b', { type: 'u32', help: 'A \\ "B"\nb_total 5\n# EOF' })
  table.attach()
  for (const accept of FORMATS) {
    const lines = linesOf((await metricsOf(table).read(accept)).text)
    assert.ok(lines.some(line => line.endsWith('A \\\\ "B"\\nb_total 5\\n# EOF')))
    assert.not.ok(lines.includes('b_total 5'))
  }
})

test('a histogram whose scale makes no buckets is exported as the vector that it is', async () => {
  const table = SlotTable.create()
  const row = table.attach()
  const add = (name: string, spec: object) => table.key(name, { type: 'u32', length: 2, ...spec } as never)
  const scale = (1000 << 3) | 1
  // No scale has 7 digits, no float is as large as the buckets of `huge`, and the others aren't vectors of at least two u32.
  const keys = [
    add('unknown', { histogram: 7 }),
    add('huge', { histogram: 0x7ffffff9 }),
    add('single', { histogram: scale, length: 1 }),
    add('scalar', { histogram: scale, length: undefined }),
    add('floats', { histogram: scale, type: 'f64', fold: 'max' }),
  ]
  for (const { type, index } of keys) row[type as 'u32'][index] = 3
  const expected: { [series: string]: number } = {}
  for (const name of ['unknown', 'huge']) {
    expected[`${name}_total{index="0"}`] = 3
    expected[`${name}_total{index="1"}`] = 0
  }
  expected['single_total{index="0"}'] = 3
  expected.scalar_total = 3
  expected['floats{index="0"}'] = 3
  assert.equal(await valuesOf(metricsOf(table)), expected)
})

test('the monitor’s own metrics: threads by state, blocked event loops by place, rows, keys, deaths and what is lost', async () => {
  const table = SlotTable.create({ maxThreads: 3, maxKeys: 7 })
  table.key('a.b', 'u32')
  const watcher = {
    statuses: [] as Omit<ThreadStatus, 'unchangedMs'>[],
    usage: { owned: 2, ended: 5 },
  }
  const metrics = new MetricsText(new Readings(table, watcher as never))
  const read = async () => {
    const lines = linesOf((await metrics.read()).text).filter(line => line.startsWith('threadslots_'))
    return lines.filter(line => !/^threadslots_threads\S+ 0$/.test(line))
  }
  watcher.statuses = [
    { threadId: 0, state: 'running', blockedMs: 50 },
    { threadId: 3, threadName: 'a "b"', state: 'blocked', blockedMs: 6250 },
    { threadId: 4, state: 'stuck' },
    { threadId: 7, state: 'stuck' },
  ]
  const rest = [
    'threadslots_rows 2',
    'threadslots_rows_limit 3',
    'threadslots_keys 1',
    'threadslots_keys_limit 7',
    'threadslots_lost_threads_total 0',
    'threadslots_lost_keys_total 0',
  ]
  assert.equal(await read(), [
    'threadslots_threads{state="stuck"} 2',
    'threadslots_threads{state="blocked"} 1',
    'threadslots_threads{state="running"} 1',
    'threadslots_thread_deaths_total 5',
    'threadslots_event_loop_blocked_seconds{thread="0"} 0.05',
    'threadslots_event_loop_blocked_seconds{thread="1",thread_name="a \\"b\\""} 6.25',
    ...rest,
  ])
  // Thread 3 is gone, and two others are watched: one has a name as well, and gets its place.
  watcher.statuses = [
    { threadId: 0, state: 'idle', blockedMs: 0 },
    { threadId: 8, state: 'busy', blockedMs: 1000 },
    { threadId: 9, threadName: 'a "b"', state: 'busy', blockedMs: 2000 },
  ]
  watcher.usage.ended = 4
  assert.equal(await read(), [
    'threadslots_threads{state="busy"} 2',
    'threadslots_threads{state="idle"} 1',
    'threadslots_thread_deaths_total 5',
    'threadslots_event_loop_blocked_seconds{thread="0"} 0',
    'threadslots_event_loop_blocked_seconds{thread="1",thread_name="a \\"b\\""} 2',
    'threadslots_event_loop_blocked_seconds{thread="2"} 1',
    ...rest,
  ])
  // The one with a name is gone, and leaves its place empty.
  watcher.statuses = [
    { threadId: 0, state: 'idle', blockedMs: 0 },
    { threadId: 8, state: 'busy', blockedMs: 1000 },
  ]
  assert.equal(await read(), [
    'threadslots_threads{state="busy"} 1',
    'threadslots_threads{state="idle"} 1',
    'threadslots_thread_deaths_total 5',
    'threadslots_event_loop_blocked_seconds{thread="0"} 0',
    'threadslots_event_loop_blocked_seconds{thread="2"} 1',
    ...rest,
  ])
})

for (const [accept, isOpenMetrics] of [
  [undefined, false],
  ['', false],
  ['*/*', false],
  ['text/html,application/xhtml+xml,*/*;q=0.8', false],
  ['application/openmetrics-text', true],
  ['Application/OpenMetrics-Text; Version=1.0.0; charset=utf-8', true],
  ['application/openmetrics-text; version=2.0.0', false],
  ['application/openmetrics-text;q=0', false],
  ['application/openmetrics-text;q=x, */*', false],
  ['application/openmetrics-text;q=0.2, text/plain;q=0.3', false],
  ['application/openmetrics-text;q=0.2, text/*;q=0.3', false],
  // What Prometheus 2 and 3 send.
  [
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    true,
  ],
  [
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
    true,
  ],
] as const) {
  test(`the format for Accept: ${accept} is ${isOpenMetrics ? 'OpenMetrics' : 'the text format'}`, async () => {
    const { type, text } = await metricsOf(SlotTable.create()).read(accept)
    assert.is(
      type,
      isOpenMetrics
        ? 'application/openmetrics-text; version=1.0.0; charset=utf-8'
        : 'text/plain; version=0.0.4; charset=utf-8',
    )
    assert.is(text.includes('# EOF'), isOpenMetrics)
  })
}

test('over HTTP, the metrics come compressed, in the format that is accepted', async () => {
  const local = threadLocal('served', { jobs: 'count' })
  local.jobs = 2
  const { url, stop } = await monitor({ port: 0 })
  try {
    for (const accept of FORMATS) {
      const response = await fetch(`${url}metrics`, { headers: { accept, 'accept-encoding': 'gzip' } })
      assert.is(response.status, 200)
      assert.is(response.headers.get('content-encoding'), 'gzip')
      assert.ok(response.headers.get('content-type')?.startsWith(accept))
      assert.match(await response.text(), /^served_jobs_total 2$/m)
    }
  } finally {
    await stop()
  }
})

test.run()
