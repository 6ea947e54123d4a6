/*
 * Thread-locals in a registry of a Prometheus client: prom-client, or its successor @prometheus-io/client. They are read
 * whenever Prometheus scrapes, in the thread that answers.
 *
 * The metrics are our own objects, with the properties that a registry needs. The clients' classes can't set a counter or the
 * buckets of a histogram to values that were counted elsewhere.
 */
import { definitionOf, internal, type Schema, type ThreadLocal } from '../index.js'
import { type Instrument, instrumentsOf, type Kind } from './instruments.js'
import { type AddedLabels, type LabelNames, labelNamesOf, renameLabels } from './label-names.js'
import { checkNames, snakeCase } from './names.js'
import type { ExportOptions } from './options.js'
import { createReader, type DataPoint, type HistogramReading, type InstrumentReading } from './readings.js'

/** What `collect` needs of a registry: one of prom-client 15, or of @prometheus-io/client 0.16, has it. */
export interface MetricsRegistry {
  // Written as a method, whose parameter may be narrower: the clients' types allow only their own metrics.
  registerMetric(metric: never): void
  getSingleMetric(name: string): unknown
  removeSingleMetric(name: string): void
}

/** One line of the text that Prometheus reads. */
interface Sample {
  readonly labels: { readonly [label: string]: string | number }
  readonly value: number
  readonly metricName?: string
}

const ADDED_LABELS: AddedLabels = {
  index: 'index',
  thread: 'thread',
  threadName: 'thread_name',
  histogram: ['le'],
}

/** How a cluster combines its processes, by fold. Values without a total over threads have none over processes either. */
const AGGREGATORS = { sum: 'sum', min: 'min', max: 'max', none: 'omit' }

/**
 * Registers metrics for the keys of a thread-local. Each scrape reads the values of all threads, all keys in one reading. It
 * doesn't disturb the threads, and they send nothing. Counters keep what ended threads counted.
 *
 * ```js
 * const local = threadLocal('thumbnailer', { slowestMs: { type: 'f64', fold: 'max', unit: 'milliseconds' } })
 * collect(register, local)
 * ```
 *
 * - A sum is a counter, or a gauge with `retire: false`, and a histogram is a histogram. Any other key is a gauge, which is left
 *   out while no thread has a value.
 * - Names are in snake case and end in the unit, and in `_total` for counters: `slowestMs` becomes
 *   `thumbnailer_slowest_seconds`.
 * - Labels become labels; dots in their names become underscores. A vector has one series per element, with the label `index`.
 * - With `perThread`, the label `thread` is the place, and with `threadName` the label `thread_name` is its threads' name. Keys
 *   of fold `none` are exported only then. Histograms always cover all threads. Texts are never exported.
 * - Units and help come from the keys' definitions. A unit that isn't one of `Unit` is exported as it is.
 * - 64-bit integers become numbers, rounded above 2⁵³.
 * - `resetMetrics()` has no effect.
 * @param registry of `prom-client` or `@prometheus-io/client`, such as the global `register`. It may be one of OpenMetrics.
 * @returns a function that removes the metrics from the registry.
 * @throws {TypeError} if the object was not made by `threadLocal`, or an option is wrong: a key that the schema doesn't have,
 * an unknown option, kind or unit, a name that ends in a unit which `unit` doesn't state, or a name that Prometheus doesn't
 * accept or the registry already has. In that case nothing is registered.
 */
export function collect<S extends Schema>(
  registry: MetricsRegistry,
  local: ThreadLocal<S>,
  options: ExportOptions<S> = {},
): () => void {
  if (typeof registry?.registerMetric !== 'function') {
    const use =
      "a registry, as in collect(register, local), where prom-client or @prometheus-io/client exports 'register'"
    throw internal.wrongType('the registry', registry, use)
  }
  const instruments = instrumentsOf(local, options)
  const { prefix = `${snakeCase(definitionOf(local).name).replaceAll('.', '_')}_` } = options
  const names = instruments.map(instrument => prefix + metricName(instrument))
  checkNames(
    instruments.map(({ kind, property }, i) => {
      const name = names[i] as string
      return { name, property, isValid: isName(name, kind) }
    }),
    'letters, digits and _, no digit at the start, and no _total, _count, _sum or _bucket at the end of a gauge or histogram',
  )
  checkUnused(registry, instruments, names)
  const labelNames = instruments.map(instrument =>
    labelNamesOf(instrument, options, ADDED_LABELS, label => label.replaceAll('.', '_')),
  )

  const read = createReader(local, instruments, options)
  let reading: InstrumentReading[] | undefined
  /** One reading for all metrics of a scrape. A registry asks all of them before it first waits. */
  const readOncePerScrape = () => {
    if (!reading) {
      reading = read()
      queueMicrotask(() => {
        reading = undefined
      })
    }
    return reading
  }

  const metrics = instruments.map(({ help, key, kind }, i) => {
    const metric = {
      // A registry of OpenMetrics changes the names of counters, so get reads the name from here.
      name: names[i] as string,
      help,
      type: kind,
      aggregator: AGGREGATORS[key.fold],
      get: async () => {
        const reading = readOncePerScrape()[i] as InstrumentReading
        const values = samplesOf(metric.name, reading, labelNames[i] as LabelNames)
        return { name: metric.name, help, type: kind, values, aggregator: metric.aggregator }
      },
      reset: () => {},
    }
    return metric
  })
  for (const metric of metrics) registry.registerMetric(metric as never)
  return () => {
    metrics.forEach((metric, i) => {
      const name = names[i] as string
      if (registry.getSingleMetric(name) === metric) registry.removeSingleMetric(name)
    })
  }
}

const metricName = ({ kind, unit, baseName }: Instrument): string =>
  [baseName, unit.suffix, kind === 'counter' ? 'total' : ''].filter(Boolean).join('_')

/** A gauge or histogram with such an ending would be taken for a counter, or for a line of a histogram. */
const isName = (name: string, kind: Kind): boolean =>
  /^[a-zA-Z_]\w*$/.test(name) && (kind === 'counter' || !/_(total|count|sum|bucket)$/.test(name))

/** What the names of a histogram's lines add to its own name. */
const HISTOGRAM_SUFFIXES = ['_bucket', '_sum', '_count']

/** @throws {TypeError} if a metric of the registry has the name of one of ours, or of a line of a histogram. */
function checkUnused(
  registry: MetricsRegistry,
  instruments: readonly Instrument[],
  names: readonly string[],
): void {
  names.forEach((name, i) => {
    const suffixes = instruments[i]?.kind === 'histogram' ? HISTOGRAM_SUFFIXES : []
    const used = [name, ...suffixes.map(suffix => name + suffix)].find(line => registry.getSingleMetric(line))
    if (used !== undefined) {
      throw new TypeError(
        `the registry already has a metric '${used}'; use another prefix or registry, or remove that metric first`,
      )
    }
  })
}

const samplesOf = (
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
