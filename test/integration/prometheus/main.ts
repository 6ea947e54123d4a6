// `npm run test:prometheus`: a real Prometheus scrapes a pool and an HTTP service, whose workers die, labels that are hard to write
// down, a program that is blocked, and a cluster. Then it is queried for what it saw.
import { blockedTable, checkBlocked } from './check-blocked.js'
import { checkCluster, clusterTable } from './check-cluster.js'
import { checkConfigs } from './check-configs.js'
import { checkFormats } from './check-formats.js'
import { checkLabels, createLabelsMetrics, LABELS_JOBS } from './check-labels.js'
import { checkResults } from './check-results.js'
import { checkService, createServiceMetrics, SERVICE_JOB } from './check-service.js'
import { Checklist } from './checklist.js'
import { findPrometheus } from './find-prometheus.js'
import { BlockedProgram } from './measure-blocked.js'
import { Cluster } from './measure-cluster.js'
import { measurePool, POOL_JOBS } from './measure-pool.js'
import { serveMetrics } from './metrics-server.js'
import { createPoolMetrics } from './pool-metrics.js'
import { Prometheus } from './prometheus-server.js'
import { resultsTable } from './results-table.js'

const TITLE = 'a real Prometheus counts exactly what workers did that die'
/** It takes about a minute on two cores that do nothing else. */
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
  checkConfigs(checklist, programs.promtool)
  const blockedProgram = await BlockedProgram.start()
  const poolMetrics = createPoolMetrics()
  const server = await serveMetrics({
    ...poolMetrics.sources,
    ...createServiceMetrics(),
    ...createLabelsMetrics(),
  })
  const cluster = new Cluster()
  try {
    const prometheus = await Prometheus.start(programs.prometheus, server.port, [
      ...POOL_JOBS,
      SERVICE_JOB,
      ...LABELS_JOBS,
      ...blockedProgram.jobs,
      cluster.job,
    ])
    try {
      log(`Prometheus ${programs.version} is ready`)
      // Early, because Prometheus takes some seconds to start on new targets.
      await cluster.start()
      await checkLabels(checklist, prometheus)
      const results = await measurePool(prometheus, server, poolMetrics, log)
      console.log(`\n${resultsTable(results)}\n`)
      checkResults(checklist, results)
      await checkService(checklist, prometheus, log)
      await checkMonitors(prometheus, blockedProgram, cluster)
    } finally {
      await prometheus.stop()
    }
  } finally {
    blockedProgram.stop()
    cluster.stop()
    server.close()
  }
}

/** Both take their time, mostly to wait for scrapes. */
async function checkMonitors(prometheus: Prometheus, blockedProgram: BlockedProgram, cluster: Cluster) {
  const [blocked, clustered] = await Promise.all([
    blockedProgram.measure(prometheus),
    cluster.measure(prometheus),
  ])
  log('a main thread was blocked and released, and processes of a cluster were killed')
  console.log(`\n${blockedTable(blocked)}\n\n${clusterTable(clustered)}\n`)
  checkBlocked(checklist, blocked)
  checkCluster(checklist, clustered)
}

function printSummary() {
  console.log(`${checklist.passed} passed, ${checklist.failed} failed`)
  process.exitCode = checklist.failed === 0 && checklist.passed > 0 ? 0 : 1
}
