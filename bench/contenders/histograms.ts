/*
 * What the histogram benchmarks compare: recorders of a distribution. The loops are written out for each of
 * them, for the reason that counter.ts gives.
 */
import { definitionOf, threadLocal, totals } from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { load, type MetricsClient } from './packages.js'

/** In microseconds, up to 10 seconds. With two digits, the error is at most 1 %. */
const RANGE = { min: 10, max: 1e7, digits: 2 } as const
export const TOLERANCE = 0.01

/**
 * Durations of all orders of magnitude, as whole numbers, unsorted, and the same in each process. There are a
 * power of two of them, so that a mask can replace the remainder.
 */
export const VALUES: Float64Array = Float64Array.from({ length: 4096 }, (_, i) =>
  Math.floor(10 ** (1 + 5.5 * ((i * 0.6180339887498949) % 1))),
)
const MASK = VALUES.length - 1

export interface Recorder {
  readonly name: string
  reset(): void
  /** The number of values recorded. */
  count(): number
  /** Records this many values. */
  record(times: number): void
  percentile?(p: number): number
}

/**
 * The base of the comparison: one increment, as a program with slots does anyway. The other recorders also
 * read a value from the list.
 */
export function slotIncrement(): Recorder {
  const local = threadLocal('increment', { x: 'u32' })
  return {
    name: 'local.x++',
    reset() {
      local.x = 0
    },
    count: () => local.x,
    record(times) {
      for (let i = 0; i < times; i++) local.x++
    },
  }
}

export function slotHistogram(): Recorder {
  const local = threadLocal('histogram', { time: histogram(RANGE) })
  const { table } = definitionOf(local)
  const handle = table.attach().slot(table.key('histogram.time', histogram(RANGE)))
  return {
    name: 'local.time.record(value)',
    reset: () => handle.reset(),
    count: () => local.time.count,
    record(times) {
      for (let i = 0; i < times; i++) local.time.record(VALUES[i & MASK] as number)
    },
    percentile: p => totals(local).time.percentile(p),
  }
}

export async function hdrHistogram(): Promise<Recorder> {
  const { build } = await import('hdr-histogram-js')
  const histogram = build({
    lowestDiscernibleValue: RANGE.min,
    highestTrackableValue: RANGE.max,
    numberOfSignificantValueDigits: RANGE.digits,
  })
  return {
    name: 'hdr-histogram-js recordValue()',
    reset: () => histogram.reset(),
    count: () => histogram.totalCount,
    record(times) {
      for (let i = 0; i < times; i++) histogram.recordValue(VALUES[i & MASK] as number)
    },
    percentile: p => histogram.getValueAtPercentile(p),
  }
}

/** Node's own, whose histograms threads can share. It records whole numbers from 1, as `VALUES` are. */
export async function nodeHistogram(): Promise<Recorder> {
  const { createHistogram } = await import('node:perf_hooks')
  const histogram = createHistogram({ lowest: RANGE.min, highest: RANGE.max, figures: RANGE.digits })
  return {
    name: 'perf_hooks record()',
    reset: () => histogram.reset(),
    count: () => histogram.count,
    record(times) {
      for (let i = 0; i < times; i++) histogram.record(VALUES[i & MASK] as number)
    },
    percentile: p => histogram.percentile(p),
  }
}

/** prom-client's methods for reading a metric are asynchronous, so we read its internal map. */
interface Internals {
  readonly hashMap: { readonly [labels: string]: { readonly count: number } }
}
/** Those of `@prometheus-io/client`. */
interface SuccessorInternals {
  readonly store: { values(): Iterable<{ readonly count: number }> }
}

const sumOf = (counts: Iterable<{ readonly count: number }>): number =>
  [...counts].reduce((sum, { count }) => sum + count, 0)

const BUCKETS = Math.ceil(Math.log2(RANGE.max / RANGE.min))

export async function promHistogram(): Promise<Recorder> {
  const { exponentialBuckets, Histogram } = await import('prom-client')
  const histogram = new Histogram({
    name: 'time',
    help: 'a bucket per power of two',
    buckets: exponentialBuckets(RANGE.min, 2, BUCKETS),
    registers: [],
  })
  return {
    name: 'prom-client observe()',
    reset: () => histogram.reset(),
    count: () => sumOf(Object.values((histogram as unknown as Internals).hashMap)),
    record(times) {
      for (let i = 0; i < times; i++) histogram.observe(VALUES[i & MASK] as number)
    },
  }
}

export async function prometheusHistogram(): Promise<Recorder> {
  const { exponentialBuckets, Histogram } = await load<MetricsClient>('@prometheus-io/client')
  const histogram = new Histogram({
    name: 'time',
    help: 'a bucket per power of two',
    buckets: exponentialBuckets(RANGE.min, 2, BUCKETS),
    registers: [],
  })
  return {
    name: '@prometheus-io/client observe()',
    reset: () => histogram.reset(),
    count: () => sumOf((histogram as unknown as SuccessorInternals).store.values()),
    record(times) {
      for (let i = 0; i < times; i++) histogram.observe(VALUES[i & MASK] as number)
    },
  }
}
