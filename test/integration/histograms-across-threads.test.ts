// Histograms of several threads, readers without threadslots/histogram, and garbage collection.
import { PerformanceObserver } from 'node:perf_hooks'
import { perThread, threadLocal, totals } from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { skipOn } from '../../tools/testing/skip.js'
import { latency } from '../support/definitions/latency.js'
import { assertNear, exactPercentile, PERCENTILES } from '../support/percentiles.js'
import { inCleanProcess } from '../support/processes.js'
import { randomFrom } from '../support/random.js'
import { endAll, endedAnyhow, message, start } from '../support/workers.js'

const random = randomFrom(7)

test('totals merge the histograms of all threads, dead ones included, and lose nothing of a terminated one', async () => {
  const all: number[] = []
  for (let i = 0; i < 4; i++) {
    // The values span six orders of magnitude.
    const values = Float64Array.from({ length: 5000 }, () => 0.01 * 10 ** (6 * random()))
    all.push(...values)
    const worker = start('record-latencies.js', values)
    const own = await message<{ count: number }>(worker)
    assert.is(own.count, values.length)
    const running = perThread(latency).find(({ threadId }) => threadId === worker.threadId)
    assert.equal(running?.time?.toJSON(), own)
    if (i % 2) continue
    const end = endedAnyhow(worker)
    worker.terminate()
    await end
  }
  const sorted = Float64Array.from(all).sort()
  const { time } = totals(latency)
  assert.is(time.count, all.length)
  assert.is(totals(latency, 'retired').time.count, all.length / 2)
  for (const p of PERCENTILES)
    assertNear(time.percentile(p), exactPercentile(sorted, p), 2, `percentile ${p}`)
  await endAll()
  assert.equal(totals(latency, 'retired').time.toJSON(), time.toJSON())
})

test('a reader that has not loaded threadslots/histogram sees the counts as a vector', async () => {
  const { isVector, sum } = await inCleanProcess(async () => {
    const { SlotTable } = await import('threadslots')
    const { Worker } = await import('node:worker_threads')
    const table = SlotTable.create()
    const recorder = `
      const { workerData } = require('node:worker_threads')
      Promise.all([import('threadslots'), import('threadslots/histogram')]).then(([{ SlotTable }, { histogram }]) => {
        const table = SlotTable.from(workerData)
        const key = table.key('x', histogram({ min: 1, max: 10, digits: 1 }))
        table.attach().slot(key).value.record(5)
      })`
    const worker = new Worker(recorder, { eval: true, workerData: table.buffer })
    await new Promise(resolve => worker.once('exit', resolve))
    const [key] = table.keys()
    const value = key && (table.fold(key) as unknown as Float64Array)
    return { isVector: value instanceof Float64Array, sum: value?.reduce((a, b) => a + b) }
  })
  assert.equal({ isVector, sum }, { isVector: true, sum: 1 })
})

skipOn({
  bun: 'it doesn’t report garbage collections',
  deno: 'it doesn’t report garbage collections',
})('recording allocates no memory', async () => {
  const local = threadLocal('garbage', { time: histogram({ min: 1, max: 1000, digits: 1 }) })
  const values = Float64Array.from({ length: 1024 }, () => 1000 * random())
  const recordAll = (times: number) => {
    for (let i = 0; i < times; i++) local.time.record(values[i & 1023] as number)
  }
  recordAll(1e6)
  let collections = 0
  const observer = new PerformanceObserver(list => {
    collections += list.getEntries().length
  })
  observer.observe({ entryTypes: ['gc'] })
  // If each call allocated 12 bytes, this would be 240 MB, and about ten collections.
  recordAll(2e7)
  await new Promise(resolve => setTimeout(resolve, 50))
  observer.disconnect()
  assert.ok(collections <= 4, `${collections} collections`)
  assert.is(local.time.count, 2.1e7)
})

test.after.each(endAll)
test.run()
