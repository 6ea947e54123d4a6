/*
 * `threadslots/opentelemetry`: thread-locals as metrics of OpenTelemetry.
 */
export {
  type HistogramData,
  type HistogramProducer,
  type HrTime,
  histogramProducer,
  type ProducerOptions,
} from './metrics/histogram-producer.js'
export { observe } from './metrics/observe.js'
export type { ExportOptions, KeyOptions } from './metrics/options.js'
