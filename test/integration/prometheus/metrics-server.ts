// The HTTP server that Prometheus scrapes.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AnyRegistry } from './clients.js'

export interface MetricsText {
  readonly contentType: string
  readonly text: string
}

/** What is scraped at each path. */
export type MetricsSources = { readonly [path: string]: () => Promise<MetricsText> }

export const sourceOf = (registry: AnyRegistry) => async (): Promise<MetricsText> => ({
  contentType: registry.contentType,
  text: await registry.metrics(),
})

export interface MetricsServer {
  readonly port: number
  readonly close: () => void
}

export async function serveMetrics(sources: MetricsSources): Promise<MetricsServer> {
  const server = createServer(async ({ url = '' }, response) => {
    try {
      const source = sources[url]
      if (!source) throw new Error(`there are no metrics at ${url}`)
      const { contentType, text } = await source()
      response.setHeader('content-type', contentType).end(text)
    } catch (error) {
      response.writeHead(500).end((error as Error).message)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
