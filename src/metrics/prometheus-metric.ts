/*
 * Metrics as a registry of a Prometheus client takes them: prom-client, or its successor @prometheus-io/client.
 *
 * They are our own objects, with the properties that a registry needs. The clients' classes can't set a counter or the buckets
 * of a histogram to values that were counted elsewhere.
 */
import type { Fold } from '../index.js'
import type { Kind } from './instruments.js'
import { type LabelNames, renameLabels } from './label-names.js'
import type { DataPoint, HistogramReading, InstrumentReading } from './readings.js'

/** One line of the text that Prometheus reads. */
export interface Sample {
  readonly labels: { readonly [label: string]: string | number }
  readonly value: number
  readonly metricName?: string
}

/** What a registry holds, and asks at each scrape. */
export interface Metric {
  name: string
  readonly help: string
  readonly type: Kind
  readonly aggregator: string
  get(): Promise<object>
  reset(): void
}

/** How a cluster combines its processes, by fold. Values without a total over threads have none over processes either. */
const AGGREGATORS = { sum: 'sum', min: 'min', max: 'max', none: 'omit' }

/**
 * A metric for one registry.
 * @param readSamples is called for each scrape, with the metric's name, before the registry first waits.
 */
export function createMetric(
  { name, help, type, fold }: { name: string; help: string; type: Kind; fold: Fold },
  readSamples: (name: string) => readonly Sample[],
): Metric {
  const metric: Metric = {
    // A registry of OpenMetrics changes the names of counters, so get reads the name from here.
    name,
    help,
    type,
    aggregator: AGGREGATORS[fold],
    get: async () => ({
      name: metric.name,
      help,
      type,
      values: readSamples(metric.name),
      aggregator: metric.aggregator,
    }),
    reset: () => {},
  }
  return metric
}

/** The lines of one instrument. */
export const samplesOf = (
  name: string,
  { points, histograms }: InstrumentReading,
  labelNames: LabelNames,
): Sample[] => [
  ...points.map(point => pointSample(point, labelNames)),
  ...histograms.flatMap(histogram => histogramSamples(name, histogram, labelNames)),
]

function pointSample({ labels, value, thread, threadName, index }: DataPoint, names: LabelNames): Sample {
  return {
    labels: {
      ...renameLabels(labels, names),
      ...(thread !== undefined && { thread }),
      ...(threadName !== undefined && { thread_name: threadName }),
      ...(index !== undefined && { index }),
    },
    value,
  }
}

function histogramSamples(
  name: string,
  { labels, count, sum, cumulative }: HistogramReading,
  names: LabelNames,
): Sample[] {
  const ownLabels = renameLabels(labels, names)
  return [
    ...cumulative().map(({ upTo, count }) => ({
      labels: { ...ownLabels, le: upTo === Infinity ? '+Inf' : upTo },
      value: count,
      metricName: `${name}_bucket`,
    })),
    { labels: ownLabels, value: sum, metricName: `${name}_sum` },
    { labels: ownLabels, value: count, metricName: `${name}_count` },
  ]
}
