/*
 * What the histogram benchmarks compare: means to note how values are distributed. The loops are written out for each,
 * for the reason given in counter.ts.
 */

import { definitionOf, threadLocal, totals } from 'threadslots'
import { histogram } from 'threadslots/histogram'

/** Two digits: the error is at most 1 %. In microseconds, to 10 seconds. */
const RANGE = { min: 10, max: 1e7, digits: 2 } as const
export const TOLERANCE = 0.01

/** Durations of all orders of magnitude, whole numbers, in no order; the same in each process. A power of 2 of them. */
export const VALUES: Float64Array = Float64Array.from({ length: 4096 }, (_, i) =>
  Math.floor(10 ** (1 + 5.5 * ((i * 0.6180339887498949) % 1))),
)
const MASK = VALUES.length - 1

export interface Recorder {
  readonly name: string
  reset(): void
  /** How many values it has noted. */
  count(): number
  /** Notes so many values. */
  record(times: number): void
  percentile?(p: number): number
}

/** What a program with slots does anyhow: one increment. To read a value from the list is the others' cost. */
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

/** A metric's own values are read asynchronously; these are the ones that it keeps. */
interface Kept {
  readonly hashMap: { readonly [labels: string]: { readonly count: number } }
}

export async function promHistogram(): Promise<Recorder> {
  const { exponentialBuckets, Histogram } = await import('prom-client')
  const buckets = exponentialBuckets(RANGE.min, 2, Math.ceil(Math.log2(RANGE.max / RANGE.min)))
  const histogram = new Histogram({
    name: 'time',
    help: 'a bucket for each doubling',
    buckets,
    registers: [],
  })
  return {
    name: 'prom-client observe()',
    reset: () => histogram.reset(),
    count: () =>
      Object.values((histogram as unknown as Kept).hashMap).reduce((sum, { count }) => sum + count, 0),
    record(times) {
      for (let i = 0; i < times; i++) histogram.observe(VALUES[i & MASK] as number)
    },
  }
}
