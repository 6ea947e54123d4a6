/*
 * Histograms of a thread-local for readers of OpenTelemetry. The types describe the SDK's interfaces by their structure, so
 * that this works without the SDK's types.
 */
import type { ValueType } from '@opentelemetry/api'
import { definitionOf, internal, type Schema, type ThreadLocal } from '../index.js'
import { namedInstruments } from './opentelemetry-names.js'
import type { ExportOptions } from './options.js'
import { type HistogramReading, InstrumentReader } from './readings.js'

// A copy of the API's constant. Importing the API for it would load it.
const DOUBLE: ValueType.DOUBLE = 1

/** How a thread-local's histograms become OpenTelemetry metrics. */
export interface ProducerOptions<S extends Schema>
  extends Omit<ExportOptions<S>, 'perThread' | 'threadName'> {
  /**
   * `cumulative`: each collection has all values since the start. `delta`: each has the values since the one before, so every
   * reader needs a producer of its own. Default: `cumulative`.
   */
  readonly temporality?: 'cumulative' | 'delta'
}

/** A time since 1970. */
export type HrTime = [seconds: number, nanoseconds: number]

/** A histogram in the form of the SDK's `MetricData`. */
export interface HistogramData {
  readonly descriptor: { name: string; description: string; unit: string; valueType: ValueType.DOUBLE }
  /** `AggregationTemporality`: 0 is DELTA, 1 is CUMULATIVE. */
  readonly aggregationTemporality: 0 | 1
  /** `DataPointType.HISTOGRAM`. */
  readonly dataPointType: 0
  readonly dataPoints: {
    startTime: HrTime
    endTime: HrTime
    attributes: { readonly [label: string]: string }
    value: Distribution
  }[]
}

interface Distribution {
  buckets: { boundaries: number[]; counts: number[] }
  count: number
  sum: number
  /** The smallest value since the start. Missing in a delta, and while there are no values. */
  min?: number
  /** The largest value since the start. Missing in a delta, and while there are no values. */
  max?: number
}

/** A resource without attributes. Readers replace it with the SDK's own. */
interface EmptyResource {
  readonly attributes: Record<string, never>
  merge<R>(other: R | null): R | EmptyResource
  getRawAttributes(): []
}

/** An element of a reader's option `metricProducers`. */
export interface HistogramProducer {
  collect(): Promise<{
    resourceMetrics: {
      resource: EmptyResource
      scopeMetrics: { scope: { name: string }; metrics: HistogramData[] }[]
    }
    errors: unknown[]
  }>
}

/**
 * A producer of a thread-local's histograms. OpenTelemetry has no instrument for a histogram that was counted elsewhere, but
 * its readers accept producers. Each histogram covers all threads, with one bucket per doubling of the value.
 *
 * ```js
 * new PeriodicExportingMetricReader({ exporter, metricProducers: [histogramProducer(local)] })
 * ```
 *
 * Names and units are those of `observe`. It ignores options for keys that aren't histograms.
 * @throws {TypeError} as `observe` does, if no key is a histogram, or if the temporality is unknown.
 */
export function histogramProducer<S extends Schema>(
  local: ThreadLocal<S>,
  options: ProducerOptions<S> = {},
): HistogramProducer {
  const named = namedInstruments(local, options, ({ kind }) => kind === 'histogram', ['temporality'])
  const { temporality = 'cumulative' } = options
  internal.requireOneOf('the option temporality', temporality, ['cumulative', 'delta'])
  const { name, table } = definitionOf(local)
  if (named.length === 0) {
    throw new TypeError(`'${name}' has no histogram; use observe for its other keys`)
  }
  const reader = new InstrumentReader(
    table.registry,
    named.map(({ instrument }) => instrument),
  )
  const isDelta = temporality === 'delta'
  /** By the name of the histogram and its labels. */
  const lastTotals = new Map<string, Distribution>()
  let startTime = hrTime(performance.timeOrigin)

  const collect = async () => {
    const endTime = hrTime(Date.now())
    const metrics = reader.read().map(({ instrument: { help, unit }, histograms }, i): HistogramData => {
      const name = named[i]?.name as string
      const dataPoints = histograms.map(histogram => {
        const { labels: attributes } = histogram
        const series = name + JSON.stringify(attributes)
        const total = distributionOf(histogram)
        const value = isDelta ? subtract(total, lastTotals.get(series)) : total
        lastTotals.set(series, total)
        return { startTime, endTime, attributes, value }
      })
      return {
        descriptor: { name, description: help, unit: unit.ucum, valueType: DOUBLE },
        aggregationTemporality: isDelta ? 0 : 1,
        dataPointType: 0,
        dataPoints,
      }
    })
    if (isDelta) startTime = endTime
    const scopeMetrics = [{ scope: { name: 'threadslots' }, metrics }]
    return { resourceMetrics: { resource: EMPTY_RESOURCE, scopeMetrics }, errors: [] }
  }
  return { collect }
}

const EMPTY_RESOURCE: EmptyResource = {
  attributes: {},
  merge: other => other ?? EMPTY_RESOURCE,
  getRawAttributes: () => [],
}

const hrTime = (milliseconds: number): HrTime => {
  const seconds = Math.floor(milliseconds / 1000)
  return [seconds, Math.round((milliseconds - 1000 * seconds) * 1e6)]
}

function distributionOf({ count, sum, min, max, cumulative }: HistogramReading): Distribution {
  const buckets = cumulative()
  return {
    buckets: {
      boundaries: buckets.map(({ upTo }) => upTo).filter(Number.isFinite),
      counts: buckets.map(({ count }, i) => count - (buckets[i - 1]?.count ?? 0)),
    },
    count,
    sum,
    ...(count > 0 && { min, max }),
  }
}

function subtract({ buckets, count, sum }: Distribution, earlier: Distribution | undefined): Distribution {
  const { boundaries, counts } = buckets
  return {
    buckets: { boundaries, counts: counts.map((n, i) => n - (earlier?.buckets.counts[i] ?? 0)) },
    count: count - (earlier?.count ?? 0),
    sum: sum - (earlier?.sum ?? 0),
  }
}
