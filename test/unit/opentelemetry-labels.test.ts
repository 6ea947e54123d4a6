import type { MetricData, MetricReaderOptions } from '@opentelemetry/sdk-metrics'
import { threadLocal } from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { labelled } from 'threadslots/labels'
import { histogramProducer, observe } from 'threadslots/opentelemetry'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { throws } from '../support/assertions.js'
import { DELTA, meterAndCollector, pointsOf } from '../support/opentelemetry.js'
import { ask, endAll, message, start } from '../support/workers.js'

test.after.each(endAll)

const points = (metric: MetricData | undefined) => Object.fromEntries(pointsOf(metric))

for (const [temporality, options] of [
  ['cumulative', {}],
  ['delta', DELTA],
] as [string, MetricReaderOptions][]) {
  test(`labels become attributes, with ${temporality} temporality, also of threads that end`, async () => {
    const name = `labels ${temporality}`
    const requests = { type: 'count', unit: '{request}', help: 'Requests.' } as const
    const schema = { requests: labelled(requests, ['http.method', 'path'], { maxChildren: 3 }) }
    const local = threadLocal(name, schema)
    const { meter, collect } = meterAndCollector(options)
    observe(meter, local, { prefix: '' })
    const expect = async (values: { [attributes: string]: number }) => {
      const metric = (await collect()).get('requests') as MetricData
      assert.equal([metric.descriptor.unit, metric.descriptor.description], ['{request}', 'Requests.'])
      // With deltas, the SDK reports 0 for what hasn't grown.
      const shown = Object.entries(points(metric)).filter(([, value]) => value !== 0)
      assert.equal(Object.fromEntries(shown.sort()), Object.fromEntries(Object.entries(values).sort()))
    }
    const [a, b, c, other] = ['/a', '/"b"\n', '', undefined].map(path =>
      JSON.stringify(
        path === undefined ? { 'http.method': 'other', path: 'other' } : { 'http.method': 'GET', path },
      ),
    ) as [string, string, string, string]

    local.requests.with({ 'http.method': 'GET', path: '/a' }).add(1)
    await expect({ [a]: 1 })
    const worker = start('count-by-labels.js', { name, schema })
    await message(worker)
    await ask(worker, [
      ['requests', { 'http.method': 'GET', path: '/a' }, 10],
      ['requests', { 'http.method': 'GET', path: '/"b"\n' }, 20],
      ['requests', { 'http.method': 'GET', path: '' }, 30],
      ['requests', { 'http.method': 'GET', path: '/too many' }, 40],
    ])
    await worker.terminate()
    const isDelta = temporality === 'delta'
    await expect({ [a]: isDelta ? 10 : 11, [b]: 20, [c]: 30, [other]: 40 })
    local.requests.with({ 'http.method': 'GET', path: '' }).add(5)
    await expect(isDelta ? { [c]: 5 } : { [a]: 11, [b]: 20, [c]: 35, [other]: 40 })
  })

  test(`a labelled histogram has a data point per child, with ${temporality} temporality`, async () => {
    const spec = histogram({ min: 1, max: 3, digits: 1, unit: 'milliseconds' })
    const local = threadLocal(`buckets ${temporality}`, { latency: labelled(spec, ['method']) })
    const isDelta = temporality === 'delta'
    const producer = histogramProducer(local, { prefix: '', temporality: isDelta ? 'delta' : 'cumulative' })
    const { collect } = meterAndCollector({ metricProducers: [producer] })
    const counts = async () => {
      const metric = (await collect()).get('latency')
      return metric?.dataPoints.map(({ attributes, value }) => [
        attributes.method,
        (value as { buckets: { counts: number[] } }).buckets.counts,
      ])
    }
    assert.equal(await counts(), [])
    for (const value of [1, 2]) local.latency.with({ method: 'GET' }).record(value)
    assert.equal(await counts(), [['GET', [1, 1, 0, 0]]])
    local.latency.with({ method: 'GET' }).record(9)
    local.latency.with({ method: 'POST' }).record(2)
    assert.equal(await counts(), [
      ['GET', isDelta ? [0, 0, 0, 1] : [1, 1, 0, 1]],
      ['POST', [0, 1, 0, 0]],
    ])
  })
}

test('a label with the name of an attribute that is added is an error', () => {
  const { meter } = meterAndCollector()
  const wrong = (local: object, options: object, words: RegExp) =>
    throws(() => observe(meter, local as never, options), TypeError, words)
  const vector = threadLocal('index attribute', { n: labelled({ type: 'u32', length: 2 }, ['index']) })
  wrong(vector, {}, /^a label of 'n' is 'index'; use a name other than index$/)
  const place = threadLocal('place attribute', { n: labelled('u32', ['thread.place']) })
  wrong(place, { perThread: true }, /'thread.place'; use a name other than thread.place$/)
  observe(meter, place)
})

test.run()
