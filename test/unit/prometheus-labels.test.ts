import * as next from '@prometheus-io/client'
import * as promClient from 'prom-client'
import { threadLocal, totals } from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { labelled } from 'threadslots/labels'
import { collect, type MetricsRegistry } from 'threadslots/prometheus'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { throws } from '../support/assertions.js'
import { ask, endAll, message, start } from '../support/workers.js'

test.after.each(endAll)

/** What the tests use of both clients, whose types don't match. */
interface Client {
  makeRegistry(): MetricsRegistry & { metrics(): Promise<string>; getMetricsAsJSON(): Promise<unknown> }
  makeOpenMetricsRegistry(): ReturnType<Client['makeRegistry']>
  /** A labelled counter of the client's own. */
  makeCounter(
    registry: MetricsRegistry,
    name: string,
    labelNames: string[],
  ): { inc(labels: object, amount: number): void }
}

function clientOf({ Registry, Counter }: typeof promClient | typeof next): Client {
  return {
    makeRegistry: () => new Registry(),
    makeOpenMetricsRegistry() {
      const registry = new Registry()
      registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never)
      return registry
    },
    makeCounter: (registry, name, labelNames) =>
      new (Counter as typeof promClient.Counter)({
        name,
        help: 'Help.',
        labelNames,
        registers: [registry as never],
      }),
  }
}

/** The lines of a scrape without its comments. */
async function scrape(registry: { metrics(): Promise<string> }): Promise<string[]> {
  return (await registry.metrics()).split('\n').filter(line => /^[^#]/.test(line))
}

const HOSTILE = ['', 'a"b', 'a\\b', 'a\nb', '{x="y"}', '🚀 é', 'x'.repeat(250), '__proto__', ' ']

for (const [clientName, client] of [
  ['prom-client', clientOf(promClient)],
  ['@prometheus-io/client', clientOf(next)],
] as const) {
  const { makeRegistry, makeOpenMetricsRegistry, makeCounter } = client

  for (const make of [makeRegistry, makeOpenMetricsRegistry]) {
    const form = make === makeRegistry ? 'Prometheus text' : 'OpenMetrics'

    test(`${clientName}: labels equal those of the client's own counter, whatever the strings: ${form}`, async () => {
      const spec = { type: 'count', help: 'Help.' } as const
      const local = threadLocal(`hostile ${clientName} ${form}`, { n: labelled(spec, ['path', 'status']) })
      const [ours, theirs] = [make(), make()]
      collect(ours, local, { prefix: 'x_' })
      const counter = makeCounter(theirs, 'x_n_total', ['path', 'status'])
      HOSTILE.forEach((path, i) => {
        local.n.with({ path, status: 200 + i }).add(i + 1)
        counter.inc({ path, status: String(200 + i) }, i + 1)
      })
      const lines = await scrape(ours)
      assert.is(lines.length, HOSTILE.length)
      assert.equal(lines, await scrape(theirs))
      assert.equal(
        (await ours.metrics()).split('\n').slice(0, 2),
        (await theirs.metrics()).split('\n').slice(0, 2),
      )
    })
  }

  test(`${clientName}: kinds, units, gauges, histograms and vectors with labels`, async () => {
    const name = `kinds ${clientName}`
    const local = threadLocal(name, {
      bytes: labelled({ type: 'count', unit: 'bytes' }, ['http.method']),
      inFlight: labelled({ type: 'i32', retire: false }, ['route']),
      slowestMs: labelled({ type: 'f64', fold: 'max', unit: 'milliseconds' }, ['route']),
      sizes: labelled({ type: 'u32', length: 2 }, ['route']),
      latency: labelled(histogram({ min: 1, max: 3, digits: 1, unit: 'milliseconds' }), ['method']),
      current: labelled({ type: 'text', length: 8 }, ['route']),
    })
    local.bytes.with({ 'http.method': 'GET' }).add(512)
    local.inFlight.with({ route: '/a' }).add(2)
    local.inFlight.with({ route: '/b' }).add(-1)
    local.slowestMs.with({ route: '/a' }).max(1500)
    local.sizes.with({ route: '/a' }).value[1] = 7
    for (const value of [1, 2, 9]) local.latency.with({ method: 'GET' }).record(value)
    local.latency.with({ method: 'POST' })
    local.current.with({ route: '/a' }).value = 'busy'
    const registry = makeRegistry()
    collect(registry, local, { prefix: '' })
    const text = await registry.metrics()
    assert.match(text, '# TYPE in_flight gauge')
    assert.match(text, '# TYPE latency_seconds histogram')
    const lines = await scrape(registry)
    assert.equal(
      lines.filter(line => !line.startsWith('latency')),
      [
        'bytes_total{http_method="GET"} 512',
        'in_flight{route="/a"} 2',
        'in_flight{route="/b"} -1',
        'slowest_seconds{route="/a"} 1.5',
        'sizes_total{route="/a",index="0"} 0',
        'sizes_total{route="/a",index="1"} 7',
      ],
    )
    const sumOfGets = totals(local).latency.get({ method: 'GET' })?.sum as number
    const latency = lines.filter(line => line.startsWith('latency_seconds'))
    assert.equal(
      latency.filter(line => line.includes('GET')),
      [
        'latency_seconds_bucket{method="GET",le="0.001"} 1',
        'latency_seconds_bucket{method="GET",le="0.002"} 2',
        'latency_seconds_bucket{method="GET",le="0.003"} 2',
        'latency_seconds_bucket{method="GET",le="+Inf"} 3',
        `latency_seconds_sum{method="GET"} ${sumOfGets / 1000}`,
        'latency_seconds_count{method="GET"} 3',
      ],
    )
    assert.is(latency.filter(line => line.includes('POST')).length, 6)
  })
}

test('children appear when they are created, the overflow child when it counts, and none of them falls', async () => {
  const schema = { n: labelled('u32', ['route'], { maxChildren: 2 }) }
  const local = threadLocal('later children', schema)
  const registry = new promClient.Registry()
  collect(registry, local, { prefix: '' })
  assert.equal(await scrape(registry), [])
  local.n.with({ route: '/a' }).add(5)
  assert.equal(await scrape(registry), ['n_total{route="/a"} 5'])
  local.n.with({ route: '/a' }).value = 1
  local.n.with({ route: '/b' }).add(1)
  local.n.with({ route: '/c' }).add(3)
  const expected = ['n_total{route="other"} 3', 'n_total{route="/a"} 5', 'n_total{route="/b"} 1']
  assert.equal(await scrape(registry), expected)
  local.n.with({ route: '/c' }).value = 0
  assert.equal(await scrape(registry), expected)
  local.n.with({ route: '/a' }).add(1)
  assert.is((await scrape(registry))[1], 'n_total{route="/a"} 6')
})

test('by thread and by name, each count is in one series, and those of dead threads are kept', async () => {
  const schema = {
    n: labelled('count', ['route']),
    gauge: labelled({ type: 'i32', retire: false }, ['route']),
  }
  const local = threadLocal('by thread', schema)
  const registry = new next.Registry()
  collect(registry, local, { prefix: '', perThread: true, threadName: true })
  local.n.with({ route: '/a' }).add(1)
  const worker = start('count-by-labels.js', { name: 'by thread', schema, threadName: 'decoder' })
  await message(worker)
  await ask(worker, [
    ['n', { route: '/a' }, 2],
    ['n', { route: '/b' }, 3],
    ['gauge', { route: '/b' }, 4],
  ])
  const named = (thread: number) => `route="/b",thread="${thread}",thread_name="decoder"`
  const mine = 'n_total{route="/a",thread="0"} 1'
  const theirs = ['n_total{route="/a",thread="1",thread_name="decoder"} 2', `n_total{${named(1)}} 3`]
  const before = (await scrape(registry)).filter(line => !line.endsWith(' 0'))
  assert.equal(before.sort(), [`gauge{${named(1)}} 4`, mine, ...theirs].sort())
  await worker.terminate()
  const after = (await scrape(registry)).filter(line => !line.endsWith(' 0'))
  assert.equal(after.sort(), [mine, ...theirs].sort())
})

test('a label whose name has a meaning already is an error, and registers nothing', () => {
  const registry = new promClient.Registry()
  const wrong = (local: object, options: object, words: RegExp) => {
    throws(() => collect(registry, local as never, options), TypeError, words)
    assert.equal(registry.getMetricsAsArray(), [])
  }
  const buckets = histogram({ min: 1, max: 3, digits: 1 })
  wrong(
    threadLocal('le', { fine: 'count', latency: labelled(buckets, ['le']) }),
    {},
    /^a label of 'latency' is 'le'; use a name other than le$/,
  )
  wrong(
    threadLocal('index', { n: labelled({ type: 'u32', length: 2 }, ['index']) }),
    {},
    /'index'; use a name/,
  )
  wrong(threadLocal('twice', { n: labelled('u32', ['a.b', 'a_b']) }), {}, /'a_b'; use a name other than a_b/)
  const thread = threadLocal('thread', { n: labelled('u32', ['thread', 'thread_name']) })
  wrong(thread, { perThread: true }, /'thread'; use a name other than thread$/)
  const name = threadLocal('thread name', { n: labelled('u32', ['thread_name']) })
  wrong(
    name,
    { perThread: true, threadName: true },
    /'thread_name'; use a name other than thread, thread_name$/,
  )
  collect(registry, thread)
  collect(registry, name, { perThread: true })
})

test.run()
