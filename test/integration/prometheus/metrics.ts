// The metrics of the pool, and the HTTP server that Prometheus scrapes.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Counter, Registry } from 'prom-client'
import { collect } from 'threadslots/prom-client'
import { local } from './counters.js'
import { BATCHES, type Message } from './orders.js'

/** What the slots' counter is called. */
export const SLOTS = 'slots_blocks_total'

/** The same slots, with a series for each thread. */
export const BY_THREAD = 'threads_blocks_total'

/** What counters are called that are fed by messages, for each of `BATCHES`. */
export const MESSAGES: readonly string[] = BATCHES.map(limit =>
  limit === Infinity ? 'messages_by_task_blocks_total' : `messages_by_${limit}_blocks_total`,
)

export interface Metrics {
  readonly port: number
  /** Adds what a worker sent. */
  readonly receive: (message: Message) => void
  readonly close: () => void
}

export async function serveMetrics(): Promise<Metrics> {
  const registry = new Registry()
  collect(local, { registry, prefix: 'slots_' })
  collect(local, { registry, prefix: 'threads_', perThread: true })
  const counters = MESSAGES.map(
    name => new Counter({ name, help: 'Blocks hashed, as told by messages', registers: [registry] }),
  )
  const server = createServer(async (_, response) => {
    response.setHeader('content-type', registry.contentType).end(await registry.metrics())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    receive: ({ batch, count }) => counters[batch]?.inc(count),
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
