/*
 * Readings of a thread-local as series for a metrics system.
 */
import { definitionOf, type Histogram, type Schema, type ThreadLocal, totals } from '../index.js'
import type { Instrument } from './instruments.js'
import { MonotonicHistogram } from './monotonic.js'
import type { ExportOptions } from './options.js'
import { Places } from './places.js'
import { type DividedValue, type ElementSeries, elementSeries } from './series.js'

/** The value of one series, in the unit that is exported. */
export interface DataPoint {
  readonly value: number
  /** A place, or `retired`. Undefined: all threads together. */
  readonly thread: string | undefined
  /** The name of the place's threads. Undefined: they have none, or names aren't exported. */
  readonly threadName: string | undefined
  /** The element of a vector. Undefined: the key is a scalar. */
  readonly index: number | undefined
}

/** The figures of a histogram that are exported. */
export type HistogramReading = Pick<Histogram, 'count' | 'sum' | 'min' | 'max' | 'cumulative'>

/** One instrument in one reading. */
export interface InstrumentReading {
  readonly instrument: Instrument
  /** Empty for a histogram. */
  readonly points: readonly DataPoint[]
  /** In the unit that is exported. Undefined for counters and gauges. */
  readonly histogram: HistogramReading | undefined
}

/** Whether threads are exported separately, and under their names. */
type ThreadOptions = Pick<ExportOptions<Schema>, 'perThread' | 'threadName'>

type ValuesByName = { readonly [name: string]: unknown }

/**
 * A function that reads all instruments of a thread-local at once. It remembers what it has returned, so all readings of the
 * same series must come from the same function.
 */
export function createReader<S extends Schema>(
  local: ThreadLocal<S>,
  instruments: readonly Instrument[],
  { perThread = false, threadName: hasNames = false }: ThreadOptions = {},
): () => InstrumentReading[] {
  const { table } = definitionOf(local)
  const places = new Places()
  const histograms = instruments.map(() => new MonotonicHistogram())
  const series = instruments.map(instrument => {
    const { key, kind } = instrument
    const elements = kind === 'histogram' ? 0 : (key.length ?? 1)
    return Array.from({ length: elements }, () => elementSeries(instrument))
  })

  /** Values of threads by place, and of ended threads: from one snapshot, so that none is missing or in both. */
  const readThreads = () => {
    const snapshot = table.snapshot()
    const users = snapshot.threads.filter(({ values }) =>
      instruments.some(({ key }) => Object.hasOwn(values, key.name)),
    )
    const valuesByThread = new Map(users.map(({ threadId, values }) => [threadId, values]))
    const namesByThread = new Map(
      users.map(({ threadId, threadName = '' }) => [threadId, hasNames ? threadName : '']),
    )
    places.update(namesByThread, (place, nextPlace) => {
      for (const element of series.flat()) element.placeFreed?.(place, nextPlace)
    })
    return {
      threads: places.map(({ name, threadId = -1 }) => ({ name, values: valuesByThread.get(threadId) })),
      // A key that doesn't keep the values of ended threads has no series for them.
      restOf: ({ key }: Instrument) => (key.retire ? snapshot.retired[key.name] : undefined),
    }
  }

  return () => {
    const hasHistogram = instruments.some(({ kind }) => kind === 'histogram')
    const totalsByName: ValuesByName = !perThread || hasHistogram ? totals(local) : {}
    const { threads, restOf } = perThread
      ? readThreads()
      : { threads: [], restOf: ({ property }: Instrument) => totalsByName[property] }

    return instruments.map((instrument, i): InstrumentReading => {
      const { key, kind, property, unit } = instrument
      if (kind === 'histogram') {
        const histogram = (histograms[i] as MonotonicHistogram).update(totalsByName[property] as Histogram)
        return { instrument, points: [], histogram: inUnit(histogram, unit.scale) }
      }
      const points = (series[i] as ElementSeries[]).flatMap((element, index) => {
        const exported = element.update({
          places: threads.map(({ values }) => elementOf(values?.[key.name], index)),
          rest: elementOf(restOf(instrument), index),
        })
        const names = threads.map(({ name }) => name || undefined)
        return pointsOf(instrument, index, exported, names, perThread ? 'retired' : undefined)
      })
      return { instrument, points, histogram: undefined }
    })
  }
}

/** One element of a key's value, as a number. A scalar is its own only element. */
const elementOf = (value: unknown, index: number): number | undefined =>
  value === undefined ? undefined : Number(typeof value === 'object' ? (value as number[])[index] : value)

/** The data points of one element, without those that have no value. */
function pointsOf(
  { key, unit }: Instrument,
  index: number,
  { places, rest }: DividedValue,
  namesByPlace: readonly (string | undefined)[],
  restName: 'retired' | undefined,
): DataPoint[] {
  const points: DataPoint[] = []
  const add = (value: number | undefined, thread: string | undefined, threadName?: string) => {
    if (value === undefined) return
    const elementIndex = key.length === undefined ? undefined : index
    points.push({ value: value / unit.scale, thread, threadName, index: elementIndex })
  }
  places.forEach((value, place) => {
    add(value, `${place}`, namesByPlace[place])
  })
  add(rest, restName)
  return points
}

/** A histogram of values in a unit that is `scale` times as large. */
const inUnit = (histogram: HistogramReading, scale: number): HistogramReading => ({
  count: histogram.count,
  sum: histogram.sum / scale,
  min: histogram.min / scale,
  max: histogram.max / scale,
  cumulative: () => histogram.cumulative().map(({ upTo, count }) => ({ upTo: upTo / scale, count })),
})
