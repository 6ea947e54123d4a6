/*
 * `threadslots/prometheus`: thread-locals as metrics of Prometheus.
 */
export { collect, type MetricsRegistry } from './metrics/collect.js'
export type { ExportOptions, KeyOptions } from './metrics/options.js'
