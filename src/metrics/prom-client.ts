/*
 * Thread-locals in a registry of prom-client: read when Prometheus asks, in the thread that answers it.
 *
 * The metrics are objects with what a registry asks of one: its own have no way to set a counter, nor a
 * histogram's buckets, to what was counted elsewhere.
 */
import { type Metric, type OpenMetricsContentType, type Registry, register } from 'prom-client'
import type { Schema, ThreadLocal } from '../index.js'
import { checkNames, type ExportOptions, type Instrument, instrumentsOf, snakeCase } from './instruments.js'
import { localName } from './local-name.js'
import { type HistogramReading, type Measured, type Point, readerOf } from './points.js'

export type { ExportOptions, KeyOptions, Unit } from './instruments.js'

export interface CollectOptions<S extends Schema> extends ExportOptions<S> {
  /** Default: prom-client's global `register`. */
  readonly registry?: Registry | Registry<OpenMetricsContentType>
}

/** A line of the text that Prometheus reads. */
interface Sample {
  readonly labels: { readonly [label: string]: string | number }
  readonly value: number
  readonly metricName?: string
}

/** How processes of a cluster become one. What has no meaning across threads has none across processes. */
const AGGREGATORS = { sum: 'sum', min: 'min', max: 'max', none: 'omit' }

/**
 * Registers metrics for the keys of a thread-local. Their values are all threads' together, and are read at
 * each scrape, all in one reading; the threads are not disturbed, and nothing is sent. Counters of ended
 * threads keep what they had.
 *
 * ```js
 * collect(local, { prefix: 'thumbnailer_', keys: { slowestMs: { unit: 'milliseconds' } } })
 * ```
 *
 * Sums are counters, and histograms histograms; the rest are gauges, which are left out while no thread has a
 * value. Names are in snake case and end in the unit, and `_total` for counters: `slowestMs` becomes
 * `thumbnailer_slowest_seconds`. A vector has a series for each element, with the label `index`. Keys of fold
 * `none` are exported with `perThread` alone, histograms always as a whole. 64-bit integers become numbers,
 * rounded above 2⁵³. `resetMetrics()` has no effect.
 * @returns a function that removes the metrics from the registry.
 * @throws {TypeError} if the object was not made by `threadLocal`; for a key that the schema doesn't have, an
 * option, a kind or a unit that there is not, a unit that a name says and `unit` doesn't, a name that Prometheus
 * doesn't take, or one that is taken. Then nothing is registered.
 */
export function collect<S extends Schema>(
  local: ThreadLocal<S>,
  options: CollectOptions<S> = {},
): () => void {
  const { registry = register, prefix = `${snakeCase(localName(local)).replaceAll('.', '_')}_` } = options
  const instruments = instrumentsOf(local, options, { registry: 'object' })
  if (typeof registry?.registerMetric !== 'function')
    throw new TypeError(`registry is ${registry}; use a Registry of prom-client`)
  const names = instruments.map(instrument => prefix + suffixed(instrument))
  checkNames(
    instruments,
    names,
    isName,
    'use letters, digits and _, no digit at the start, no _total, _count, _sum, _bucket at the end',
  )
  checkFree(registry, instruments, names)

  const read = readerOf(local, instruments, options.perThread ?? false)
  let reading: Measured[] | undefined
  /** A registry asks all its metrics, then waits: they share one reading. */
  const readOnce = () => {
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
      // A registry of OpenMetrics changes the names of counters.
      name: names[i] as string,
      help,
      type: kind,
      aggregator: AGGREGATORS[key.fold],
      get: async () => {
        const values = samplesOf(metric.name, readOnce()[i] as Measured)
        return { name: metric.name, help, type: kind, values, aggregator: metric.aggregator }
      },
      reset: () => {},
    }
    // Its types know prom-client's own classes alone.
    return metric as unknown as Metric
  })
  for (const metric of metrics) registry.registerMetric(metric)
  return () => {
    metrics.forEach((metric, i) => {
      const name = names[i] as string
      if (registry.getSingleMetric(name) === metric) registry.removeSingleMetric(name)
    })
  }
}

const suffixed = ({ kind, unit, words }: Instrument): string =>
  [words, unit.suffix, kind === 'counter' ? 'total' : ''].filter(Boolean).join('_')

/** What is no counter would be taken for one, or for a line of a histogram, if its name ended as theirs. */
const isName = (name: string, kind: Instrument['kind']): boolean =>
  /^[a-zA-Z_]\w*$/.test(name) && (kind === 'counter' || !/_(total|count|sum|bucket)$/.test(name))

/** What a histogram's lines are called beside its own name. */
const HISTOGRAM_LINES = ['_bucket', '_sum', '_count']

/** No two metrics have a line of the same name. @throws {TypeError} otherwise. */
function checkFree(
  registry: { getSingleMetric(name: string): unknown },
  instruments: readonly Instrument[],
  names: readonly string[],
): void {
  names.forEach((name, i) => {
    const lines = instruments[i]?.kind === 'histogram' ? HISTOGRAM_LINES.map(line => name + line) : []
    const taken = [name, ...lines].find(line => registry.getSingleMetric(line))
    if (taken !== undefined) {
      throw new TypeError(
        `a metric '${taken}' exists; use another prefix or registry, or end the one that collects it`,
      )
    }
  })
}

const samplesOf = (name: string, { points, histogram }: Measured): Sample[] =>
  histogram ? histogramSamples(name, histogram) : points.map(pointSample)

function pointSample({ value, thread, index }: Point): Sample {
  return {
    labels: { ...(thread !== undefined && { thread }), ...(index !== undefined && { index }) },
    value,
  }
}

function histogramSamples(name: string, { count, sum, cumulative }: HistogramReading): Sample[] {
  const [bucket, ofSum, ofCount] = HISTOGRAM_LINES.map(line => name + line) as [string, string, string]
  return [
    ...cumulative().map(({ upTo, count }) => ({
      labels: { le: upTo === Infinity ? '+Inf' : upTo },
      value: count,
      metricName: bucket,
    })),
    { labels: {}, value: sum, metricName: ofSum },
    { labels: {}, value: count, metricName: ofCount },
  ]
}
