/*
 * For comparison, blocks are also counted in the way that Prometheus's own client offers for worker threads: each worker counts
 * in an ordinary Counter, and a `WorkerRegistry` in the main thread asks all workers for their counts when it is scraped.
 *
 * It waits for the answers of all workers that have ever announced themselves, for 5 seconds, and then fails. It can't tell that
 * a worker has died (https://github.com/prometheus/client_js/issues/803). A worker that ends in an orderly way can hand over its
 * counts with `shutdown()`; one that is terminated or crashes can't call it.
 */
import { Counter, type PrometheusContentType, WorkerRegistry } from '@prometheus-io/client'

export const WORKER_REGISTRY_COUNTER = 'worker_registry_blocks_total'

/** How long a scrape waits for the workers. */
export const WORKER_REGISTRY_TIMEOUT_MS = 5000

/** The main thread and each worker need one. In the main thread, it collects from the workers. */
export const workerRegistry: WorkerRegistry<PrometheusContentType> = new WorkerRegistry()

/** This thread's counter. */
export const blocksCounter: Counter = new Counter({
  name: WORKER_REGISTRY_COUNTER,
  help: 'Blocks hashed, as workers answer',
})
