// The pool's metrics, and the HTTP server that Prometheus scrapes.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Counter, Registry } from 'prom-client'
import { collect } from 'threadslots/prometheus'
import { local } from './counters.js'
import { BATCH_SIZES, type BatchMessage } from './tasks.js'

/** The counter that is kept in slots. */
export const SLOTS_COUNTER = 'slots_blocks_total'

/** The same slots, with a series for each thread. */
export const THREADS_COUNTER = 'threads_blocks_total'

/** The counters that are fed by messages, for each of `BATCH_SIZES`. */
export const MESSAGE_COUNTERS: readonly string[] = BATCH_SIZES.map(size =>
  size === Infinity ? 'messages_by_task_blocks_total' : `messages_by_${size}_blocks_total`,
)

export interface MetricsServer {
  readonly port: number
  /** Adds what a worker has sent to its counter. */
  readonly receive: (message: BatchMessage) => void
  readonly close: () => void
}

export async function serveMetrics(): Promise<MetricsServer> {
  const registry = new Registry()
  collect(registry, local, { prefix: 'slots_' })
  collect(registry, local, { prefix: 'threads_', perThread: true })
  const counters = MESSAGE_COUNTERS.map(
    name => new Counter({ name, help: 'Blocks hashed, as reported by messages', registers: [registry] }),
  )
  const server = createServer(async (_, response) => {
    response.setHeader('content-type', registry.contentType).end(await registry.metrics())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    receive: ({ batchIndex, count }) => counters[batchIndex]?.inc(count),
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
