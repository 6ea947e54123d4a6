/*
 * Readings of a table's keys as series for a metrics system.
 */
import { type Histogram, internal, type Key, type KeyRegistry, type Schema } from '../index.js'
import type { Instrument } from './instruments.js'
import { MonotonicHistogram } from './monotonic.js'
import type { ExportOptions } from './options.js'
import { Places } from './places.js'
import { type DividedValue, type ElementSeries, elementSeries } from './series.js'

/** The labels of a child, by their names in the definition. Empty if the key has none. */
type Labels = NonNullable<Key['labels']>

/** The value of one series, in the unit that is exported. */
export interface DataPoint {
  readonly labels: Labels
  readonly value: number
  /** A place, or `retired`. Undefined: all threads together. */
  readonly thread: string | undefined
  /** The name of the place's threads. Undefined: they have none, or names aren't exported. */
  readonly threadName: string | undefined
  /** The element of a vector. Undefined: the key is a scalar. */
  readonly index: number | undefined
}

/** The figures of a histogram that are exported. */
export interface HistogramReading extends Pick<Histogram, 'count' | 'sum' | 'min' | 'max' | 'cumulative'> {
  readonly labels: Labels
}

/** One instrument in one reading. */
export interface InstrumentReading {
  readonly instrument: Instrument
  /** Empty for a histogram. */
  readonly points: readonly DataPoint[]
  /** One per child. In the unit that is exported. Empty for counters and gauges. */
  readonly histograms: readonly HistogramReading[]
}

/** Whether threads are exported separately, and under their names. */
type ThreadOptions = Pick<ExportOptions<Schema>, 'perThread' | 'threadName'>

type FamilyReader = InstanceType<typeof internal.FamilyReader>

type ValuesByKey = { readonly [keyName: string]: unknown }

/** The series of one key: of an instrument without labels, or of one child. They remember what they have shown. */
interface KeySeries {
  readonly key: Key
  readonly elements: readonly ElementSeries[]
  readonly histogram: MonotonicHistogram
  /** False for an overflow child until it has a value, so that users who need none don't see it. */
  isShown: boolean
}

/** The values of one reading, by thread and of all other threads. */
interface DividedReading {
  readonly totals: ValuesByKey
  readonly threads: readonly { readonly name: string; readonly values: ValuesByKey }[]
  readonly rest: ValuesByKey
}

/**
 * Reads instruments of one table, all at once. It remembers what it has returned, so all readings of the same series must come
 * from the same reader.
 */
export class InstrumentReader {
  readonly #registry: KeyRegistry
  readonly #perThread: boolean
  readonly #hasNames: boolean
  readonly #places = new Places()
  readonly #instruments: Instrument[] = []
  /** For each instrument, the series of its key or of its children. */
  readonly #series: KeySeries[][] = []
  #reader: FamilyReader
  #reading: InstrumentReading[] | undefined

  constructor(
    registry: KeyRegistry,
    instruments: readonly Instrument[],
    { perThread = false, threadName = false }: ThreadOptions = {},
  ) {
    this.#registry = registry
    this.#perThread = perThread
    this.#hasNames = threadName
    this.#reader = this.#add(instruments)
  }

  /** Adds instruments behind those that it reads already, whose series go on. */
  add(instruments: readonly Instrument[]): void {
    this.#reader = this.#add(instruments)
    this.#reading = undefined
  }

  #add(instruments: readonly Instrument[]): FamilyReader {
    this.#instruments.push(...instruments)
    this.#series.push(...instruments.map(() => []))
    return new internal.FamilyReader(
      this.#registry,
      this.#instruments.map(({ key }) => key),
    )
  }

  /** Reads all instruments, in the order in which they were added. */
  read(): InstrumentReading[] {
    const reading = this.#perThread ? this.#readThreads() : this.#readTotals()
    const restName = this.#perThread ? 'retired' : undefined
    return this.#instruments.map((instrument, i): InstrumentReading => {
      const children = this.#series[i] as KeySeries[]
      if (instrument.kind === 'histogram') {
        const histograms = children.map(child => histogramOf(instrument, child, reading))
        return { instrument, points: [], histograms: histograms.filter((_, n) => children[n]?.isShown) }
      }
      const points = children.flatMap(child => pointsOf(instrument, child, reading, restName))
      return { instrument, points, histograms: [] }
    })
  }

  /** One reading for all metrics of a scrape. A registry asks all of them before it first waits. */
  readOncePerScrape(): InstrumentReading[] {
    if (!this.#reading) {
      this.#reading = this.read()
      queueMicrotask(() => {
        this.#reading = undefined
      })
    }
    return this.#reading
  }

  /** Values of threads by place, and of ended threads: from one snapshot, so that none is missing or in both. */
  #readThreads(): DividedReading {
    const { threads, retired, totals } = this.#reader.current().snapshot()
    this.#addSeries()
    const valuesByThread = new Map(threads.map(({ threadId, values }) => [threadId, values]))
    const namesByThread = new Map(
      threads.map(({ threadId, threadName = '' }) => [threadId, this.#hasNames ? threadName : '']),
    )
    this.#places.update(namesByThread, (place, nextPlace) => {
      for (const { elements } of this.#series.flat())
        for (const element of elements) element.placeFreed?.(place, nextPlace)
    })
    return {
      totals,
      threads: this.#places.map(({ name, threadId = -1 }) => ({
        name,
        values: valuesByThread.get(threadId) ?? {},
      })),
      rest: retired,
    }
  }

  #readTotals(): DividedReading {
    const totals = this.#reader.current().folds('all')
    this.#addSeries()
    return { totals, threads: [], rest: totals }
  }

  /** Adds series for the children that were read for the first time. */
  #addSeries(): void {
    this.#instruments.forEach(({ key, kind }, i) => {
      const known = this.#series[i] as KeySeries[]
      for (const child of (this.#reader.families[i] as readonly Key[]).slice(known.length)) {
        const elements = kind === 'histogram' ? 0 : (key.length ?? 1)
        known.push({
          key: child,
          elements: Array.from({ length: elements }, () => elementSeries(kind, key)),
          histogram: new MonotonicHistogram(),
          isShown: child.name !== child.family || !child.labels,
        })
      }
    })
  }
}

const valueIn = (values: ValuesByKey, { name }: Key): unknown =>
  Object.hasOwn(values, name) ? values[name] : undefined

/** One element of a key's value, as a number. A scalar is its own only element; those of a histogram are its counts. */
const elementOf = (value: unknown, index: number): number | undefined => {
  if (typeof value !== 'object') return value === undefined ? undefined : Number(value)
  const { counts = value } = value as { counts?: unknown }
  return Number((counts as number[])[index])
}

/** The data points of one key, without those that have no value. */
function pointsOf(
  { unit }: Instrument,
  series: KeySeries,
  { threads, rest }: DividedReading,
  restName: 'retired' | undefined,
): DataPoint[] {
  const { key, elements } = series
  const { labels = {} } = key
  const points: DataPoint[] = []
  elements.forEach((element, elementIndex) => {
    const index = key.length === undefined ? undefined : elementIndex
    const add = (value: number | undefined, thread: string | undefined, threadName?: string) => {
      if (value !== undefined) points.push({ labels, value: value / unit.scale, thread, threadName, index })
    }
    const exported: DividedValue = element.update({
      places: threads.map(({ values }) => elementOf(valueIn(values, key), elementIndex)),
      // A key that doesn't keep the values of ended threads has no series for them.
      rest: restName && !key.retire ? undefined : elementOf(valueIn(rest, key), elementIndex),
    })
    exported.places.forEach((value, place) => {
      add(value, `${place}`, threads[place]?.name || undefined)
    })
    add(exported.rest, restName)
  })
  series.isShown ||= points.some(({ value }) => value !== 0)
  return series.isShown ? points : []
}

/** The histogram of one key, in a unit that is `scale` times as large. */
function histogramOf(
  { unit: { scale } }: Instrument,
  series: KeySeries,
  { totals }: DividedReading,
): HistogramReading {
  const { labels = {} } = series.key
  const histogram = series.histogram.update(valueIn(totals, series.key) as Histogram)
  series.isShown ||= histogram.count > 0
  return {
    labels,
    count: histogram.count,
    sum: histogram.sum / scale,
    min: histogram.min / scale,
    max: histogram.max / scale,
    cumulative: () => histogram.cumulative().map(({ upTo, count }) => ({ upTo: upTo / scale, count })),
  }
}
