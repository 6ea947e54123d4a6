// Lets parsers check metrics of every kind, from both clients and in both formats: `promtool`, which comes with Prometheus, and
// a parser of OpenMetrics, which `promtool` doesn't read.
import { nameThread, threadLocal } from 'threadslots'
import { histogram } from 'threadslots/histogram'
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
  await checkText(checklist, promtool)
  await checkOpenMetrics(checklist, log)
}

async function checkText(checklist: Checklist, promtool: string) {
  for (const { name, createRegistry } of CLIENTS) {
    const text = await metricsOfEveryKind(createRegistry())
    checklist.check(`promtool accepts names, types, help texts and labels from ${name}`, () => {
      assert.ok(text.split('\n').length > 20, text)
      assert.is(complaintsOf(promtool, text), '')
    })
  }
  checklist.check('promtool rejects a gauge that is named like a counter, in milliseconds', () => {
    const complaints = complaintsOf(promtool, '# HELP a_ms_total A.\n# TYPE a_ms_total gauge\na_ms_total 1\n')
    for (const complaint of [/_total/, /abbreviated/]) assert.match(complaints, complaint)
  })
}

async function checkOpenMetrics(checklist: Checklist, log: (text: string) => void) {
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
  CLIENTS.forEach(({ name }, i) => {
    checklist.check(`a parser of OpenMetrics reads the labels that were counted, from ${name}`, () => {
      assert.equal(hostileSamplesIn(parse(texts[i] as string)), expected)
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
