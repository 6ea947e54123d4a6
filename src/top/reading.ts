/*
 * What there is to see at one moment.
 */
import { perThread, type Schema, sampler, type ThreadLocal, totals } from '../index.js'

/** Values by the names of their keys. */
export type Named = { readonly [name: string]: unknown }

export interface TopReading {
  /** Since the table was begun. */
  readonly seconds: number
  /** In the order of their ids. */
  readonly threads: readonly ({ readonly threadId: number } & Named)[]
  readonly retired: Named
  readonly totals: Named
  /** What is added in a second. */
  readonly rates: Named
}

/** Rates of shorter times jump. */
const RATE_SECONDS = 0.4

/** A function that reads all values. The last reading's rates are those of the whole time. */
export function reader<S extends Schema>(local: ThreadLocal<S>): (isLast: boolean) => TopReading {
  const started = performance.now()
  const sampleAll = sampler(local)
  const sample = sampler(local)
  let rates: Named = {}
  let nextRates = RATE_SECONDS
  return isLast => {
    const seconds = (performance.now() - started) / 1000
    if (isLast) rates = sampleAll().rates
    else if (seconds >= nextRates) {
      rates = sample().rates
      nextRates = seconds + RATE_SECONDS
    }
    return {
      seconds,
      threads: perThread(local).sort((a, b) => a.threadId - b.threadId),
      retired: totals(local, 'retired'),
      totals: totals(local),
      rates,
    }
  }
}
