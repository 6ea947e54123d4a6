// `npm run test:prometheus`: a real Prometheus scrapes a pool and an HTTP service, whose workers die, and labels that are hard to
// write down. Then it is queried for what it saw.
import { checkFormats } from './check-formats.js'
import { checkLabels, createLabelsMetrics, LABELS_JOBS } from './check-labels.js'
import { checkResults } from './check-results.js'
import { checkService, createServiceMetrics, SERVICE_JOB } from './check-service.js'
import { Checklist } from './checklist.js'
import { findPrometheus } from './find-prometheus.js'
import { measurePool, POOL_JOBS } from './measure-pool.js'
import { serveMetrics } from './metrics-server.js'
import { createPoolMetrics } from './pool-metrics.js'
import { Prometheus } from './prometheus-server.js'
import { resultsTable } from './results-table.js'

const TITLE = 'a real Prometheus counts exactly what workers did that die'
/** It takes less than a minute on two cores that do nothing else. */
const TIME_LIMIT_SECONDS = 240

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
  await checkFormats(checklist, programs.promtool, log)
  const poolMetrics = createPoolMetrics()
  const server = await serveMetrics({
    ...poolMetrics.sources,
    ...createServiceMetrics(),
    ...createLabelsMetrics(),
  })
  try {
    const prometheus = await Prometheus.start(programs.prometheus, server.port, [
      ...POOL_JOBS,
      SERVICE_JOB,
      ...LABELS_JOBS,
    ])
    try {
      log(`Prometheus ${programs.version} is ready`)
      await checkLabels(checklist, prometheus)
      const results = await measurePool(prometheus, server, poolMetrics, log)
      console.log(`\n${resultsTable(results)}\n`)
      checkResults(checklist, results)
      await checkService(checklist, prometheus, log)
    } finally {
      await prometheus.stop()
    }
  } finally {
    server.close()
  }
}

function printSummary() {
  console.log(`${checklist.passed} passed, ${checklist.failed} failed`)
  process.exitCode = checklist.failed === 0 && checklist.passed > 0 ? 0 : 1
}
