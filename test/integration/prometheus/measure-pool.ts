// Lets the pool work while Prometheus scrapes it, and asks Prometheus what it saw.
import { MIN_VALUES, type Results, type Scrapes, valuesBetween } from './check-results.js'
import type { MetricsServer } from './metrics-server.js'
import { Pool } from './pool.js'
import {
  MESSAGE_COUNTERS,
  POOL_PATH,
  type PoolMetrics,
  SLOTS_COUNTER,
  THREADS_COUNTER,
  WORKER_REGISTRY_PATH,
} from './pool-metrics.js'
import type { Job, Prometheus } from './prometheus-server.js'
import { queryCounter, querySum } from './query-counter.js'
import { scrape } from './scrape.js'
import { WORKER_REGISTRY_COUNTER } from './worker-registry.js'

const POOL: Job = { name: 'pool', path: POOL_PATH }
export const POOL_JOBS: readonly Job[] = [POOL, { name: 'worker_registry', path: WORKER_REGISTRY_PATH }]

export async function measurePool(
  prometheus: Prometheus,
  { port }: MetricsServer,
  { receive }: PoolMetrics,
  log: (text: string) => void,
): Promise<Results> {
  const scrapeBoth = async (): Promise<Scrapes> => ({
    pool: await scrape(port, POOL_PATH),
    workerRegistry: await scrape(port, WORKER_REGISTRY_PATH),
  })
  await prometheus.whenScraped(POOL, 1, 0)
  const startTime = Date.now()
  log('first samples are scraped; starting the pool')
  // A fast machine would finish before Prometheus has seen enough values.
  const isMoreNeeded = async () => {
    const samples = await prometheus.samples(SLOTS_COUNTER, Date.now())
    return valuesBetween(samples, startTime, Number.POSITIVE_INFINITY).length < MIN_VALUES
  }
  // The first request of a process takes longer.
  await scrapeBoth()
  const pool = new Pool(receive)
  // Before any worker dies, because WorkerRegistry reports nothing afterwards.
  const whileBlocked = await pool.whileBlocked(scrapeBoth)
  const afterBlock = await scrapeBoth()
  log('a worker was blocked and released; running tasks that end their workers')
  await pool.runTasks(isMoreNeeded)
  const afterTasks = await scrapeBoth()
  const poolRun = await pool.close()
  const endTime = Date.now()
  log(`${poolRun.tasks.length} tasks and ${poolRun.workers} workers have ended`)
  await prometheus.whenScraped(POOL, 2, endTime)
  const now = Date.now()
  const slots = await queryCounter(prometheus, SLOTS_COUNTER, now)
  return {
    poolRun,
    startTime,
    endTime,
    whileBlocked,
    afterBlock,
    afterTasks,
    slots,
    threads: await querySum(prometheus, THREADS_COUNTER, slots),
    messages: await Promise.all(MESSAGE_COUNTERS.map(name => queryCounter(prometheus, name, now))),
    workerRegistry: await prometheus.values(WORKER_REGISTRY_COUNTER, now),
  }
}
