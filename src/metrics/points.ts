/*
 * Readings of a thread-local as points of series, such that no counter ever falls.
 *
 * To a system of metrics a counter that falls has begun anew, from 0: it takes all that the counter has by
 * then for new, and draws a peak. A sum falls when a thread sets its slot back, and when its 32 bits wrap. The counts of
 * a histogram are such sums.
 */
import { definitionOf, type Histogram, type Schema, type ThreadLocal, totals } from '../index.js'
import type { Instrument } from './instruments.js'

/** A value of one series. */
export interface Point {
  /** In the unit that is exported. */
  readonly value: number
  /** A place, or `retired`; undefined: all threads. */
  readonly thread: string | undefined
  /** Of a vector's element. */
  readonly index: number | undefined
}

/** What is exported of a histogram. */
export type HistogramReading = Pick<Histogram, 'count' | 'sum' | 'min' | 'max' | 'cumulative'>

/** What one reading gives of one instrument. */
export interface Measured {
  readonly instrument: Instrument
  /** Of counters and gauges. */
  readonly points: readonly Point[]
  /** Of histograms, in the unit that is exported. */
  readonly histogram: HistogramReading | undefined
}

/**
 * Values of one element of a key: of the threads in their places, and of the rest. Undefined: there is none.
 */
interface Shares {
  readonly places: readonly (number | undefined)[]
  readonly rest: number | undefined
}

/** One element of an instrument: its series. */
interface Element {
  /** A place's thread has ended. */
  leave?(place: number): void
  /** What is exported of these shares. */
  export(shares: Shares): Shares
}

/** What a sum has grown by, which may itself fall. */
class Growth {
  #sum = 0
  #lift = 0
  value = 0

  to(sum: number): number {
    if (Number.isFinite(sum)) {
      this.#lift += Math.max(0, this.#sum - sum)
      this.#sum = sum
      // Fractions: the sum of the two may be rounded down.
      this.value = Math.max(this.value, sum + this.#lift)
    }
    return this.value
  }

  /** The next sum starts from 0, and comes on top. Returns the last one. */
  restart(): number {
    const sum = this.#sum
    this.#sum = 0
    this.#lift = this.value
    return sum
  }
}

/** What a histogram has grown by, bucket by bucket. All else that is told of it follows from these counts. */
class HistogramGrowth {
  #last: Histogram | undefined
  #grown: Histogram | undefined

  to(reading: Histogram): Histogram {
    const added = reading.since(this.#last ?? reading)
    this.#last = reading
    this.#grown = (this.#grown ?? reading).addPositive(added)
    return this.#grown
  }
}

/** Each increment is counted in one series, where it was first seen, and stays there. */
class CounterElement implements Element {
  readonly #places: Growth[] = []
  readonly #rest = new Growth()
  /** What the rest has of ended threads, and their places have already. */
  #seen = 0

  leave(place: number): void {
    this.#seen += this.#places[place]?.restart() ?? 0
  }

  export({ places, rest = 0 }: Shares): Shares {
    places.forEach((value, place) => {
      if (value === undefined) return
      this.#places[place] ??= new Growth()
      this.#places[place].to(value)
    })
    return { places: this.#places.map(({ value }) => value), rest: this.#rest.to(rest - this.#seen) }
  }
}

class GaugeElement implements Element {
  readonly #isSum: boolean
  readonly #nothing: number | undefined
  /** Places that had a value at some time. */
  readonly #used = new Set<number>()

  constructor({ key: { fold, type } }: Instrument) {
    this.#isSum = fold === 'sum'
    this.#nothing = NOTHING[`${fold} ${type}`]
  }

  export({ places, rest }: Shares): Shares {
    return { places: places.map((value, place) => this.#ofPlace(value, place)), rest: this.#something(rest) }
  }

  #ofPlace(value: number | undefined, place: number): number | undefined {
    const now = this.#something(value)
    if (now !== undefined) this.#used.add(place)
    // What an ended thread had is in the rest; some readers keep the last value of a series of which they get
    // no more.
    return now ?? (this.#isSum && this.#used.has(place) ? 0 : undefined)
  }

  #something(value: number | undefined): number | undefined {
    return value !== this.#nothing && Number.isFinite(value) ? value : undefined
  }
}

/**
 * What minima and maxima of no values are, where that is no infinity. Of unsigned numbers' maxima it is 0, a
 * good value.
 */
const NOTHING: { readonly [foldAndType: string]: number } = {
  'min i32': 2 ** 31 - 1,
  'min u32': 2 ** 32 - 1,
  'min i64': 2 ** 63,
  'min u64': 2 ** 64,
  'max i32': -(2 ** 31),
  'max i64': -(2 ** 63),
}

/** Places of running threads: each has one for its life. */
class Places {
  readonly #threadIds: (number | undefined)[] = []

  /** Gives a place to those that have none; the lowest that is free. Calls back for each that is left. */
  settle(running: readonly number[], onLeave: (place: number) => void): void {
    this.#threadIds.forEach((threadId, place) => {
      if (threadId === undefined || running.includes(threadId)) return
      this.#threadIds[place] = undefined
      onLeave(place)
    })
    for (const threadId of running) {
      if (this.#threadIds.includes(threadId)) continue
      const free = this.#threadIds.indexOf(undefined)
      this.#threadIds[free < 0 ? this.#threadIds.length : free] = threadId
    }
  }

  /** For each place what it is for its thread. */
  map<T>(of: (threadId: number | undefined) => T): T[] {
    return this.#threadIds.map(of)
  }
}

type ByName = { readonly [name: string]: unknown }

const elementOf = (value: unknown, index: number): number | undefined =>
  value === undefined ? undefined : Number(typeof value === 'object' ? (value as number[])[index] : value)

/**
 * A function that reads all instruments of a thread-local at once. It remembers what it has given: who asks
 * for series asks the same function.
 */
export function readerOf<S extends Schema>(
  local: ThreadLocal<S>,
  instruments: readonly Instrument[],
  perThread: boolean,
): () => Measured[] {
  const { table } = definitionOf(local)
  const places = new Places()
  const histograms = instruments.map(() => new HistogramGrowth())
  const elements = instruments.map((instrument): Element[] =>
    Array.from({ length: instrument.kind === 'histogram' ? 0 : (instrument.key.length ?? 1) }, () =>
      instrument.kind === 'counter' ? new CounterElement() : new GaugeElement(instrument),
    ),
  )

  /** Each thread's values and what ended ones left, at one instant: neither is missing, nor in both. */
  const readThreads = () => {
    const { threads, retired } = table.snapshot()
    const ours = new Map(
      threads
        .filter(({ values }) => instruments.some(({ key }) => key.name in values))
        .map(({ threadId, values }) => [threadId as number | undefined, values as ByName]),
    )
    places.settle([...ours.keys()] as number[], place => {
      for (const element of elements.flat()) element.leave?.(place)
    })
    return {
      threads: places.map(threadId => ours.get(threadId)),
      restOf: ({ key }: Instrument) => (retired as ByName)[key.name],
    }
  }

  return () => {
    const hasTotals = !perThread || instruments.some(({ kind }) => kind === 'histogram')
    const all: ByName = hasTotals ? totals(local) : {}
    const { threads, restOf } = perThread
      ? readThreads()
      : { threads: [], restOf: ({ property }: Instrument) => all[property] }

    return instruments.map((instrument, i) => {
      const { key, kind, property, unit } = instrument
      if (kind === 'histogram') {
        const grown = (histograms[i] as HistogramGrowth).to(all[property] as Histogram)
        return { instrument, points: [], histogram: inUnit(grown, unit.scale) }
      }
      const points = (elements[i] as Element[]).flatMap((element, j) => {
        const exported = element.export({
          places: threads.map(values => elementOf(values?.[key.name], j)),
          rest: elementOf(restOf(instrument), j),
        })
        const point = (value: number | undefined, thread: string | undefined): Point[] =>
          value === undefined
            ? []
            : [{ value: value / unit.scale, thread, index: key.length === undefined ? undefined : j }]
        return [
          ...exported.places.flatMap((value, place) => point(value, `${place}`)),
          ...point(exported.rest, perThread ? 'retired' : undefined),
        ]
      })
      return { instrument, points, histogram: undefined }
    })
  }
}

const inUnit = (reading: HistogramReading, scale: number): HistogramReading => ({
  count: reading.count,
  sum: reading.sum / scale,
  min: reading.min / scale,
  max: reading.max / scale,
  cumulative: () => reading.cumulative().map(({ upTo, count }) => ({ upTo: upTo / scale, count })),
})
