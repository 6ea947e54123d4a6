/*
 * `threadslots/prom-client`: thread-locals as metrics of prom-client.
 */
export { type CollectOptions, collect } from './metrics/collect.js'
export type { ExportOptions, KeyOptions } from './metrics/options.js'
