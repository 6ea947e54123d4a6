// `npm run test:prometheus`: a real Prometheus scrapes the counters of a pool whose workers die, and is queried for what
// it saw.
import { checkMetricNames } from './check-metric-names.js'
import { checkResults, MIN_VALUES, type Results, valuesBetween } from './check-results.js'
import { Checklist } from './checklist.js'
import { findPrometheus } from './find-prometheus.js'
import {
  MESSAGE_COUNTERS,
  type MetricsServer,
  SLOTS_COUNTER,
  serveMetrics,
  THREADS_COUNTER,
} from './metrics-server.js'
import { poll } from './poll.js'
import { Prometheus } from './prometheus-server.js'
import { queryCounter, querySum } from './query-counter.js'
import { resultsTable } from './results-table.js'
import { runPool } from './run-pool.js'

const TITLE = 'a real Prometheus counts exactly what a pool did whose workers die'
/** It takes 10 seconds on an idle machine. */
const TIME_LIMIT_SECONDS = 180

const started = performance.now()
const log = (text: string) => console.log(`${((performance.now() - started) / 1000).toFixed(1)} s  ${text}`)
const checklist = new Checklist()

// Prometheus and its folder are removed in the process's 'exit' event, which these signals would skip.
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143))
const timeLimit = setTimeout(() => {
  checklist.fail(TITLE, new Error(`not finished after ${TIME_LIMIT_SECONDS} s`))
  printSummary()
  process.exit()
}, TIME_LIMIT_SECONDS * 1000)

try {
  await run()
} catch (error) {
  checklist.fail(TITLE, error)
}
clearTimeout(timeLimit)
printSummary()

async function run(): Promise<void> {
  const programs = findPrometheus(log)
  await checkMetricNames(checklist, programs.promtool)
  const metrics = await serveMetrics()
  try {
    const prometheus = await Prometheus.start(programs.prometheus, metrics.port)
    try {
      log(`Prometheus ${programs.version} is ready`)
      const results = await measure(prometheus, metrics)
      console.log(`\n${resultsTable(results)}\n`)
      checkResults(checklist, results)
    } finally {
      await prometheus.stop()
    }
  } finally {
    metrics.close()
  }
}

async function measure(prometheus: Prometheus, { receive }: MetricsServer): Promise<Results> {
  const names = [SLOTS_COUNTER, ...MESSAGE_COUNTERS]
  const areScraped = async (times: number, since: number) => {
    const all = await Promise.all(names.map(name => prometheus.samples(name, Date.now())))
    return all.every(samples => samples.filter(({ time }) => time > since).length >= times)
  }
  await poll(() => areScraped(1, 0))
  const startTime = Date.now()
  log('first samples are scraped; starting the pool')
  // A fast machine would finish before Prometheus has seen enough values.
  const isMoreNeeded = async () => {
    const samples = await prometheus.samples(SLOTS_COUNTER, Date.now())
    return valuesBetween(samples, startTime, Number.POSITIVE_INFINITY).length < MIN_VALUES
  }
  const poolRun = await runPool(isMoreNeeded, receive)
  const endTime = Date.now()
  log(`${poolRun.tasks.length} tasks and ${poolRun.workers} workers have ended`)
  await poll(() => areScraped(2, endTime))
  const now = Date.now()
  const slots = await queryCounter(prometheus, SLOTS_COUNTER, now)
  const threads = await querySum(prometheus, THREADS_COUNTER, slots)
  const messages = await Promise.all(MESSAGE_COUNTERS.map(name => queryCounter(prometheus, name, now)))
  return { poolRun, startTime, endTime, slots, threads, messages }
}

function printSummary() {
  console.log(`${checklist.passed} passed, ${checklist.failed} failed`)
  process.exitCode = checklist.failed === 0 && checklist.passed > 0 ? 0 : 1
}
