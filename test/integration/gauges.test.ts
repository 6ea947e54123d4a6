// Exported gauges of a real pool whose threads are terminated in the middle of their jobs.
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { Piscina } from 'piscina'
import { Registry } from 'prom-client'
import { perThread, totals } from 'threadslots'
import { observe } from 'threadslots/opentelemetry'
import { collect } from 'threadslots/prometheus'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { testTermination } from '../../tools/testing/skip.js'
import { until } from '../../tools/testing/until.js'
import { jobs } from './gauges/values.js'

const filename = new URL('gauges/task.js', import.meta.url).href

testTermination(
  'jobs in flight are 0 and the heaps of dead threads are gone after three aborted jobs',
  async () => {
    const registry = new Registry()
    collect(registry, jobs)
    const byThread = new Registry()
    collect(byThread, jobs, { perThread: true })
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e9 })
    const provider = new MeterProvider({ readers: [reader] })
    observe(provider.getMeter('test'), jobs)

    const pool = new Piscina<boolean>({ filename, minThreads: 1, maxThreads: 1 })
    const linesOf = async (registry: Registry, metric: string) =>
      (await registry.getSingleMetricAsString(metric)).split('\n').filter(line => line.startsWith(metric))
    for (let started = 1; started <= 3; started++) {
      const controller = new AbortController()
      const answer = pool.run(true, { signal: controller.signal })
      await until(() => totals(jobs).started === started, 'the job has started')
      assert.equal(await linesOf(registry, 'jobs_in_flight'), ['jobs_in_flight 1'])
      await byThread.metrics()
      controller.abort()
      await answer.then(
        () => assert.unreachable(),
        () => {},
      )
    }
    await pool.run(false)
    await until(() => totals(jobs).inFlight === 0, 'no job is in flight')

    assert.equal(await linesOf(registry, 'jobs_started_total'), ['jobs_started_total 4'])
    assert.equal(await linesOf(registry, 'jobs_in_flight'), ['jobs_in_flight 0'])
    const inFlight = await linesOf(byThread, 'jobs_in_flight')
    assert.ok(inFlight.length > 0)
    for (const line of inFlight) assert.match(line, /^jobs_in_flight{thread="\d+"} 0$/)
    const [{ heap = 0, ...thread } = { threadId: -1 }, ...others] = perThread(jobs)
    assert.equal(others, [])
    assert.ok(heap > 0, `${thread.threadId}`)
    assert.equal(await linesOf(registry, 'jobs_heap_bytes'), [`jobs_heap_bytes ${heap}`])

    await provider.shutdown()
    const metrics = exporter.getMetrics().at(-1)?.scopeMetrics[0]?.metrics ?? []
    assert.equal(
      metrics.map(({ descriptor: { name, unit }, dataPoints: [point] }) => [name, unit, point?.value]),
      [
        ['jobs.started', '', 4],
        ['jobs.in_flight', '', 0],
        ['jobs.heap', 'By', heap],
      ],
    )
    await pool.destroy()
    await until(() => perThread(jobs).length === 0, 'no thread is left')
    assert.equal(totals(jobs), { started: 4, inFlight: 0, heap: 0 })
  },
)

test.run()
