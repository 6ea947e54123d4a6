// Has `promtool`, which comes with Prometheus, check metrics of every kind.
import { Registry } from 'prom-client'
import { nameThread, threadLocal } from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { collect } from 'threadslots/prometheus'
import * as assert from 'uvu/assert'
import { runSync } from '../../../tools/child-process.js'
import type { Checklist } from './checklist.js'

export async function checkMetricNames(checklist: Checklist, promtool: string): Promise<void> {
  const text = await metricsOfEveryKind()
  checklist.check('promtool accepts names, types and help texts', () => {
    assert.ok(text.split('\n').length > 20, text)
    assert.is(complaintsOf(promtool, text), '')
  })
  checklist.check('promtool rejects a gauge that is named like a counter, in milliseconds', () => {
    const complaints = complaintsOf(promtool, '# HELP a_ms_total A.\n# TYPE a_ms_total gauge\na_ms_total 1\n')
    for (const complaint of [/_total/, /abbreviated/]) assert.match(complaints, complaint)
  })
}

async function metricsOfEveryKind(): Promise<string> {
  const local = threadLocal('every kind', {
    jobs: 'u32',
    openFiles: 'i32',
    inFlight: { type: 'i32', retire: false, help: 'Jobs in flight.' },
    bytes: { type: 'count', unit: 'bytes' },
    made: { type: 'count', unit: 'wid/gets' },
    file: { type: 'text', length: 8 },
    waitedMs: 'f64',
    loadPercent: { type: 'f64', fold: 'max' },
    step: { type: 'i32', fold: 'none' },
    sizes: { type: 'u32', length: 3 },
    latencyUs: histogram({ min: 1, max: 1e6, digits: 1 }),
  })
  Object.assign(local, {
    jobs: 1,
    openFiles: -2,
    inFlight: 2,
    bytes: 2 ** 40,
    made: 1,
    file: 'a.txt',
    waitedMs: 3,
    loadPercent: 4,
    step: 5,
  })
  local.latencyUs.record(6)
  const registry = new Registry()
  const keys = {
    openFiles: { kind: 'gauge' },
    waitedMs: { unit: 'milliseconds' },
    loadPercent: { unit: 'percent' },
    latencyUs: { unit: 'microseconds' },
  } as const
  collect(registry, local, { keys })
  collect(registry, local, { keys, prefix: 'by_thread_', perThread: true })
  nameThread('main "1"')
  collect(registry, local, { keys, prefix: 'by_name_', perThread: true, threadName: true })
  return registry.metrics()
}

/** Returns what promtool prints. It prints nothing if all is well. */
function complaintsOf(promtool: string, metrics: string): string {
  const { problem, output } = runSync(promtool, ['check', 'metrics'], { input: metrics, timeLimitMs: 30_000 })
  return problem === undefined ? output : `${problem}: ${output}`
}
