/*
 * The values that one picture of the table shows.
 */
import { definitionOf, perThread, type Schema, sampler, type ThreadLocal, totals } from '../index.js'

/** Values by the names of their keys. */
export type NamedValues = { readonly [name: string]: unknown }

/** The value of a key, which may be called like a property that every object inherits, such as `constructor`. */
export const valueIn = (values: NamedValues, name: string): unknown =>
  Object.hasOwn(values, name) ? values[name] : undefined

export interface TopReading {
  /** Time since the table was started. */
  readonly seconds: number
  /** Sorted by thread id. */
  readonly threads: readonly ({ readonly threadId: number; readonly threadName?: string } & NamedValues)[]
  /** What threads do, in a few words, by thread id: shown beside their names. */
  readonly states?: ReadonlyMap<number, string>
  /** Without keys of `retire: false`, as ended threads leave nothing there. */
  readonly retired: NamedValues
  readonly totals: NamedValues
  /** Increase per second. Without keys of `retire: false`, which don't accumulate. */
  readonly rates: NamedValues
}

/** Rates are measured over at least this time. Those of shorter times fluctuate. */
export const RATE_SECONDS = 0.4

/** Reads a thread-local for a table that starts now. */
export class Reader<S extends Schema> {
  readonly #local: ThreadLocal<S>
  /** The names of the keys whose values end with their thread. */
  readonly #dropped: ReadonlySet<string>
  readonly #startedMs = performance.now()
  readonly #sampleAll: () => { readonly rates: NamedValues }
  readonly #sample: () => { readonly rates: NamedValues }
  #rates: NamedValues = {}
  #nextRatesSeconds = RATE_SECONDS

  constructor(local: ThreadLocal<S>) {
    this.#local = local
    const dropped = definitionOf(local).fields.filter(([, { retire }]) => !retire)
    this.#dropped = new Set(dropped.map(([name]) => name))
    this.#sampleAll = sampler(local)
    this.#sample = sampler(local)
  }

  /** Reads all values. The rates are recent ones. */
  read(): TopReading {
    const seconds = this.#seconds()
    if (seconds >= this.#nextRatesSeconds) {
      this.#rates = this.#sample().rates
      this.#nextRatesSeconds = seconds + RATE_SECONDS
    }
    return this.#readingWith(this.#rates, seconds)
  }

  /** Reads all values. The rates are those of the whole time since the start. */
  readLast(): TopReading {
    const seconds = this.#seconds()
    return this.#readingWith(this.#sampleAll().rates, seconds)
  }

  #seconds(): number {
    return (performance.now() - this.#startedMs) / 1000
  }

  #readingWith(rates: NamedValues, seconds: number): TopReading {
    const local = this.#local
    return {
      seconds,
      threads: perThread(local).sort((a, b) => a.threadId - b.threadId),
      retired: this.#withoutDropped(totals(local, 'retired')),
      totals: totals(local),
      rates: this.#withoutDropped(rates),
    }
  }

  #withoutDropped(values: NamedValues): NamedValues {
    return Object.fromEntries(Object.entries(values).filter(([name]) => !this.#dropped.has(name)))
  }
}
