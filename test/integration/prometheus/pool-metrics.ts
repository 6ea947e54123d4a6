// The pool's metrics: the same count, kept in three ways.
import { Counter, Registry } from 'prom-client'
import { collect } from 'threadslots/prometheus'
import { local } from './counters.js'
import { type MetricsSources, sourceOf } from './metrics-server.js'
import { BATCH_SIZES, type BatchMessage } from './tasks.js'
import { workerRegistry } from './worker-registry.js'

/** The counter that is kept in slots. */
export const SLOTS_COUNTER = 'slots_blocks_total'

/** The same slots, with a series for each thread. */
export const THREADS_COUNTER = 'threads_blocks_total'

/** The counters that are fed by messages, for each of `BATCH_SIZES`. */
export const MESSAGE_COUNTERS: readonly string[] = BATCH_SIZES.map(size =>
  size === Infinity ? 'messages_by_task_blocks_total' : `messages_by_${size}_blocks_total`,
)

/** Where the counters in slots and of messages are scraped. */
export const POOL_PATH = '/pool'

/** Where the workers' own counters are scraped, through their `WorkerRegistry`. */
export const WORKER_REGISTRY_PATH = '/worker-registry'

export interface PoolMetrics {
  readonly sources: MetricsSources
  /** Adds what a worker has sent to its counter. */
  readonly receive: (message: BatchMessage) => void
}

export function createPoolMetrics(): PoolMetrics {
  const registry = new Registry()
  collect(registry, local, { prefix: 'slots_' })
  collect(registry, local, { prefix: 'threads_', perThread: true })
  const counters = MESSAGE_COUNTERS.map(
    name => new Counter({ name, help: 'Blocks hashed, as reported by messages', registers: [registry] }),
  )
  return {
    sources: {
      [POOL_PATH]: sourceOf(registry),
      [WORKER_REGISTRY_PATH]: async () => ({
        contentType: workerRegistry.contentType,
        text: await workerRegistry.workerMetrics(),
      }),
    },
    receive: ({ batchIndex, count }) => counters[batchIndex]?.inc(count),
  }
}
