// Lets parsers check metrics of every kind, from both clients and from the monitor, in both formats: `promtool`, which comes with
// Prometheus, and a parser of OpenMetrics, which `promtool` doesn't read.
import { defaultTable, nameThread, type SlotSpec, threadLocal } from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { monitor } from 'threadslots/monitor'
import { collect } from 'threadslots/prometheus'
import * as assert from 'uvu/assert'
import { runSync } from '../../../tools/child-process.js'
import type { Checklist } from './checklist.js'
import { type AnyRegistry, CLIENTS } from './clients.js'
import {
  collectHostileLabels,
  collectHostileLabelsByThread,
  HOSTILE_SAMPLES,
  hostileSamplesIn,
} from './hostile-labels.js'
import { findOpenMetricsParser } from './open-metrics-parser.js'

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

/** Keys that clash with others, or that `collect` rejects. The monitor exports them nevertheless. */
const UNRULY_KEYS: { readonly [name: string]: SlotSpec } = {
  '2xx "日本"': 'u32',
  'every kind.Jobs': 'u32',
  'every-kind.jobs': { type: 'u32', fold: 'max' },
  'every kind.jobsTotalTotal': 'u32',
  'every kind.jobs_created': { type: 'u32', retire: false },
  'every kind.sizesCount': { type: 'u32', fold: 'max' },
  'every kind.waited': histogram({ min: 1, max: 2, digits: 1 }),
  'every kind.waitedSum': { type: 'u32', retire: false },
  'threadslots.threads': { type: 'u32', retire: false },
}

/** Names of keys whose unit stands in `collect`'s options alone, so the monitor can't convert their values. */
const WITHOUT_UNIT = /\bevery_kind_(waited_ms|load_percent|latency_us)/

export async function checkFormats(
  checklist: Checklist,
  promtool: string,
  log: (text: string) => void,
): Promise<void> {
  nameThread('main "1"')
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
  for (const [name, spec] of Object.entries(UNRULY_KEYS)) defaultTable().key(name, spec)
  const { url, stop } = await monitor({ port: 0 })
  const monitored = async (accept: string) => (await fetch(`${url}metrics`, { headers: { accept } })).text()
  try {
    await checkText(checklist, promtool, await monitored('text/plain'))
    await checkOpenMetrics(checklist, await monitored('application/openmetrics-text'), log)
  } finally {
    await stop()
  }
}

async function checkText(checklist: Checklist, promtool: string, monitored: string) {
  for (const { name, createRegistry } of CLIENTS) {
    const text = await metricsOfEveryKind(createRegistry())
    checklist.check(`promtool accepts names, types, help texts and labels from ${name}`, () => {
      assert.ok(text.split('\n').length > 20, text)
      assert.is(complaintsOf(promtool, text), '')
    })
  }
  checklist.check(
    'promtool accepts what the monitor exports, but for units that no definition states',
    () => {
      assert.ok(monitored.split('\n').length > 100, monitored)
      const complaints = complaintsOf(promtool, monitored).split('\n').filter(Boolean)
      const [known, others] = [true, false].map(isKnown =>
        complaints.filter(complaint => WITHOUT_UNIT.test(complaint) === isKnown),
      )
      assert.equal(others, [])
      assert.ok(known?.length)
    },
  )
  checklist.check('promtool rejects a gauge that is named like a counter, in milliseconds', () => {
    const complaints = complaintsOf(promtool, '# HELP a_ms_total A.\n# TYPE a_ms_total gauge\na_ms_total 1\n')
    for (const complaint of [/_total/, /abbreviated/]) assert.match(complaints, complaint)
  })
}

async function checkOpenMetrics(checklist: Checklist, monitored: string, log: (text: string) => void) {
  const expected = hostileSamplesIn(HOSTILE_SAMPLES)
  const texts = await Promise.all(
    CLIENTS.map(client => metricsOfEveryKind(client.createOpenMetricsRegistry())),
  )
  let parse: ReturnType<typeof findOpenMetricsParser>
  try {
    parse = findOpenMetricsParser(log)
  } catch (error) {
    checklist.skip('a parser of OpenMetrics', (error as Error).message)
    return
  }
  const sources = [...CLIENTS.map(({ name }) => name), 'the monitor']
  sources.forEach((name, i) => {
    checklist.check(`a parser of OpenMetrics reads the labels that were counted, from ${name}`, () => {
      assert.equal(hostileSamplesIn(parse(texts[i] ?? monitored)), expected)
    })
  })
  checklist.check('the parser of OpenMetrics rejects a text without an end', () => {
    assert.throws(() => parse('# TYPE a gauge\na 1\n'), /EOF/)
  })
}

function metricsOfEveryKind(registry: AnyRegistry): Promise<string> {
  const keys = {
    openFiles: { kind: 'gauge' },
    waitedMs: { unit: 'milliseconds' },
    loadPercent: { unit: 'percent' },
    latencyUs: { unit: 'microseconds' },
  } as const
  collect(registry, local, { keys })
  collect(registry, local, { keys, prefix: 'by_thread_', perThread: true })
  collect(registry, local, { keys, prefix: 'by_name_', perThread: true, threadName: true })
  collectHostileLabels(registry)
  collectHostileLabelsByThread(registry)
  return registry.metrics()
}

/** Returns what promtool prints. It prints nothing if all is well. */
function complaintsOf(promtool: string, metrics: string): string {
  const { problem, output } = runSync(promtool, ['check', 'metrics'], { input: metrics, timeLimitMs: 30_000 })
  return problem === undefined ? output : `${problem}: ${output}`
}
