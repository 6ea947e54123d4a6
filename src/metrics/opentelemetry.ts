/*
 * Thread-locals as instruments of OpenTelemetry: read when a reader collects, in the thread that has the
 * meter.
 */
import type { BatchObservableResult, Meter, Observable, ValueType } from '@opentelemetry/api'
import type { Schema, ThreadLocal } from '../index.js'
import {
  checkNames,
  type ExportOptions,
  type Instrument,
  instrumentsOf,
  type OptionTypes,
  snakeCase,
} from './instruments.js'
import { localName } from './local-name.js'
import { type HistogramReading, readerOf } from './points.js'

export type { ExportOptions, KeyOptions, Unit } from './instruments.js'

// As constants, so that nothing of the API is loaded.
const INT: ValueType.INT = 0
const DOUBLE: ValueType.DOUBLE = 1

/**
 * Makes observable instruments for the keys of a thread-local. Their values are all threads' together, and
 * are read at each collection, all in one reading; the threads are not disturbed, and nothing is sent.
 * Counters of ended threads keep what they had.
 *
 * ```js
 * observe(metrics.getMeter('app'), local, { keys: { slowestMs: { unit: 'milliseconds' } } })
 * ```
 *
 * Sums are ObservableCounters, or ObservableUpDownCounters if their kind is `gauge`; the rest are
 * ObservableGauges, which have no value while no thread has one. Names are in lower case,
 * `thumbnailer.slowest`, and say no unit, which is in UCUM: `s`. A vector has a series for each element, with
 * the attribute `index`. With `perThread`, the attribute `thread.name` is the place; keys of fold `none` are
 * exported with it alone. Histograms are left to `histogramProducer`. 64-bit integers become numbers, rounded
 * above 2⁵³.
 *
 * (The SDK for JavaScript, where temporality is cumulative, goes on reporting the last value of a gauge that
 * is not observed any more: with `perThread`, that of an ended thread until its place is taken. Sums are not
 * concerned.)
 * @returns a function that ends it.
 * @throws {TypeError} if the object was not made by `threadLocal`; for a key that the schema doesn't have, an
 * option, a kind or a unit that there is not, a unit that a name says and `unit` doesn't, or a name that
 * OpenTelemetry doesn't take. Then no instrument is made.
 */
export function observe<S extends Schema>(
  meter: Meter,
  local: ThreadLocal<S>,
  options: ExportOptions<S> = {},
): () => void {
  const [instruments, names] = named(local, options, ({ kind }) => kind !== 'histogram')
  const observables = instruments.map((instrument, i) => observableOf(meter, instrument, names[i] as string))
  const read = readerOf(local, instruments, options.perThread ?? false)
  const callback = (result: BatchObservableResult) => {
    read().forEach(({ points }, i) => {
      for (const { value, thread, index } of points) {
        result.observe(observables[i] as Observable, value, {
          ...(thread !== undefined && { 'thread.name': thread }),
          ...(index !== undefined && { index }),
        })
      }
    })
  }
  if (observables.length > 0) meter.addBatchObservableCallback(callback, observables)
  return () => meter.removeBatchObservableCallback(callback, observables)
}

function observableOf(meter: Meter, { help, key, kind, unit }: Instrument, name: string): Observable {
  const isWhole = !key.type.startsWith('f') && unit.scale === 1
  const options = { description: help, unit: unit.ucum, valueType: isWhole ? INT : DOUBLE }
  if (kind === 'counter') return meter.createObservableCounter(name, options)
  if (key.fold === 'sum') return meter.createObservableUpDownCounter(name, options)
  return meter.createObservableGauge(name, options)
}

/** The instruments of a kind, and their names. */
function named<S extends Schema>(
  local: ThreadLocal<S>,
  options: ExportOptions<S>,
  isWanted: (instrument: Instrument) => boolean,
  own: OptionTypes = {},
): [Instrument[], string[]] {
  const { prefix = `${localName(local).split('.').map(snakeCase).join('.')}.` } = options
  const instruments = instrumentsOf(local, options, own).filter(isWanted)
  // A counter that is called `total`, or `bytes`, has no other name.
  const names = instruments.map(({ unit, words }) => prefix + (words || unit.suffix || 'total'))
  checkNames(
    instruments,
    names,
    name => /^[a-zA-Z][\w./-]{0,254}$/.test(name),
    'use a letter, then letters, digits, _ . - /, 255 at most',
  )
  return [instruments, names]
}

export interface ProducerOptions<S extends Schema> extends Omit<ExportOptions<S>, 'perThread'> {
  /**
   * Default: `cumulative`. With `delta`, each collection has what came since the one before: a reader needs a
   * producer of its own.
   */
  readonly temporality?: 'cumulative' | 'delta'
}

/** Seconds, and nanoseconds of the next. */
export type HrTime = [seconds: number, nanoseconds: number]

/** A histogram as the SDK's `MetricData` has it. */
export interface HistogramData {
  readonly descriptor: { name: string; description: string; unit: string; valueType: ValueType.DOUBLE }
  /** `AggregationTemporality`: DELTA, or CUMULATIVE. */
  readonly aggregationTemporality: 0 | 1
  /** `DataPointType.HISTOGRAM`. */
  readonly dataPointType: 0
  readonly dataPoints: {
    startTime: HrTime
    endTime: HrTime
    attributes: Record<string, never>
    value: Distribution
  }[]
}

interface Distribution {
  buckets: { boundaries: number[]; counts: number[] }
  count: number
  sum: number
  /** Of all values since the start; left out where there are none, and for deltas. */
  min?: number
  max?: number
}

/** A resource that says nothing: readers take the SDK's own. */
interface NoResource {
  readonly attributes: Record<string, never>
  merge<R>(other: R | null): R | NoResource
  getRawAttributes(): []
}

/** What a reader's option `metricProducers` takes. */
export interface HistogramProducer {
  collect(): Promise<{
    resourceMetrics: {
      resource: NoResource
      scopeMetrics: { scope: { name: string }; metrics: HistogramData[] }[]
    }
    errors: unknown[]
  }>
}

/**
 * A producer for the histograms of a thread-local, since no instrument of OpenTelemetry takes a histogram
 * that was counted elsewhere. All threads' values together, with a bucket for each doubling of the value.
 *
 * ```js
 * new PeriodicExportingMetricReader({ exporter, metricProducers: [histogramProducer(local)] })
 * ```
 *
 * Names and units are as with `observe`; options for keys that are no histograms are passed over.
 * @throws {TypeError} as `observe` does; if there is no histogram, or no such temporality.
 */
export function histogramProducer<S extends Schema>(
  local: ThreadLocal<S>,
  options: ProducerOptions<S> = {},
): HistogramProducer {
  const { temporality = 'cumulative' } = options
  if (temporality !== 'cumulative' && temporality !== 'delta') {
    throw new TypeError(`temporality is ${temporality}; use cumulative, delta`)
  }
  const [instruments, names] = named(local, options, ({ kind }) => kind === 'histogram', {
    temporality: 'string',
  })
  if (instruments.length === 0)
    throw new TypeError(`no key of '${localName(local)}' is a histogram; use observe`)
  const read = readerOf(local, instruments, false)
  const isDelta = temporality === 'delta'
  const given: (Distribution | undefined)[] = []
  let startTime = hrTime(performance.timeOrigin)

  const collect = async () => {
    const endTime = hrTime(Date.now())
    const metrics = read().map(({ instrument: { help, unit }, histogram }, i): HistogramData => {
      const whole = distributionOf(histogram as HistogramReading)
      const value = isDelta ? difference(whole, given[i]) : whole
      given[i] = whole
      return {
        descriptor: { name: names[i] as string, description: help, unit: unit.ucum, valueType: DOUBLE },
        aggregationTemporality: isDelta ? 0 : 1,
        dataPointType: 0,
        dataPoints: [{ startTime, endTime, attributes: {}, value }],
      }
    })
    if (isDelta) startTime = endTime
    const scopeMetrics = [{ scope: { name: 'threadslots' }, metrics }]
    return { resourceMetrics: { resource: NO_RESOURCE, scopeMetrics }, errors: [] }
  }
  return { collect }
}

const NO_RESOURCE: NoResource = {
  attributes: {},
  merge: other => other ?? NO_RESOURCE,
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

function difference({ buckets, count, sum }: Distribution, before: Distribution | undefined): Distribution {
  const { boundaries, counts } = buckets
  return {
    buckets: { boundaries, counts: counts.map((n, i) => n - (before?.buckets.counts[i] ?? 0)) },
    count: count - (before?.count ?? 0),
    sum: sum - (before?.sum ?? 0),
  }
}
