/*
 * Thread-locals as observable instruments of OpenTelemetry. They are read whenever a reader collects, in the thread that has
 * the meter.
 */
import type { BatchObservableResult, Meter, Observable, ValueType } from '@opentelemetry/api'
import { definitionOf, type Schema, type ThreadLocal } from '../index.js'
import { type AddedLabels, labelNamesOf } from './label-names.js'
import { type NamedInstrument, namedInstruments } from './opentelemetry-names.js'
import type { ExportOptions } from './options.js'
import { InstrumentReader } from './readings.js'

// Copies of the API's constants. Importing the API for them would load it.
const INT: ValueType.INT = 0
const DOUBLE: ValueType.DOUBLE = 1

const ADDED_LABELS: AddedLabels = {
  index: 'index',
  thread: 'thread.place',
  threadName: 'thread.name',
  histogram: [],
}

/**
 * Creates observable instruments for the keys of a thread-local. Each collection reads the values of all threads, all keys in
 * one reading. It doesn't disturb the threads, and they send nothing. Counters keep what ended threads counted.
 *
 * ```js
 * const local = threadLocal('thumbnailer', { slowestMs: { type: 'f64', fold: 'max', unit: 'milliseconds' } })
 * observe(metrics.getMeter('app'), local)
 * ```
 *
 * - A sum is an ObservableCounter, or an ObservableUpDownCounter if it has `retire: false` or its kind is `gauge`. Any other key
 *   is an ObservableGauge, which has no value while no thread has one.
 * - Names are in lower case and without a unit: `thumbnailer.slowest`. The unit is given in UCUM: `s`.
 * - Labels become attributes. A vector has one series per element, with the attribute `index`.
 * - With `perThread`, the attribute `thread.place` is the place, and with `threadName` the attribute `thread.name` is its threads'
 *   name. Keys of fold `none` are exported only then. Texts are never exported.
 * - Units and help come from the keys' definitions. A unit that isn't one of `Unit` becomes an annotation: `{widgets}`.
 * - 64-bit integers become numbers, rounded above 2⁵³.
 * - Histograms are left out. `histogramProducer` exports them.
 *
 * With cumulative temporality, OpenTelemetry's SDK for JavaScript keeps reporting the last value of a gauge that is no longer
 * observed. With `perThread` it therefore reports an ended thread's value until its place is taken. Sums aren't affected.
 * @returns a function that ends the observation.
 * @throws {TypeError} if the object was not made by `threadLocal`, or an option is wrong: a key that the schema doesn't have,
 * an unknown option, kind or unit, a name that ends in a unit which `unit` doesn't state, or a name that OpenTelemetry doesn't
 * accept. In that case no instrument is created.
 */
export function observe<S extends Schema>(
  meter: Meter,
  local: ThreadLocal<S>,
  options: ExportOptions<S> = {},
): () => void {
  const named = namedInstruments(local, options, ({ kind }) => kind !== 'histogram')
  for (const { instrument } of named) labelNamesOf(instrument, options, ADDED_LABELS)
  const observables = named.map(instrument => createObservable(meter, instrument))
  const reader = new InstrumentReader(
    definitionOf(local).table.registry,
    named.map(({ instrument }) => instrument),
    options,
  )
  const callback = (result: BatchObservableResult) => {
    reader.read().forEach(({ points }, i) => {
      for (const { labels, value, thread, threadName, index } of points) {
        result.observe(observables[i] as Observable, value, {
          ...labels,
          ...(thread !== undefined && { 'thread.place': thread }),
          ...(threadName !== undefined && { 'thread.name': threadName }),
          ...(index !== undefined && { index }),
        })
      }
    })
  }
  if (observables.length > 0) meter.addBatchObservableCallback(callback, observables)
  return () => meter.removeBatchObservableCallback(callback, observables)
}

function createObservable(meter: Meter, { name, instrument }: NamedInstrument): Observable {
  const { help, key, kind, unit } = instrument
  const isWhole = !key.type.startsWith('f') && unit.scale === 1
  const options = { description: help, unit: unit.ucum, valueType: isWhole ? INT : DOUBLE }
  if (kind === 'counter') return meter.createObservableCounter(name, options)
  if (key.fold === 'sum') return meter.createObservableUpDownCounter(name, options)
  return meter.createObservableGauge(name, options)
}
