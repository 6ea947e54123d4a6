// The clients of Prometheus that threadslots exports to, and the formats that they write.
import * as nextClient from '@prometheus-io/client'
import * as promClient from 'prom-client'
import type { MetricsRegistry } from 'threadslots/prometheus'

/** What the registries of both clients have in common. */
export interface AnyRegistry extends MetricsRegistry {
  readonly contentType: string
  metrics(): Promise<string>
}

export interface Client {
  readonly name: string
  /** Writes Prometheus's text format. */
  readonly createRegistry: () => AnyRegistry
  /** Writes OpenMetrics. */
  readonly createOpenMetricsRegistry: () => AnyRegistry
}

export const CLIENTS: readonly Client[] = [
  {
    name: 'prom-client',
    createRegistry: () => new promClient.Registry(),
    createOpenMetricsRegistry: () => {
      const registry = new promClient.Registry<promClient.OpenMetricsContentType>()
      registry.setContentType(promClient.openMetricsContentType)
      return registry
    },
  },
  {
    name: '@prometheus-io/client',
    createRegistry: () => new nextClient.Registry(),
    createOpenMetricsRegistry: () => new nextClient.Registry(nextClient.openMetricsContentType),
  },
]
