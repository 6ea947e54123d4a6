// A thread-local with a histogram whose bounds are 1, 2, 4 and infinity.
import { definitionOf, type ThreadLocal, threadLocal } from 'threadslots'
import { type HistogramSpec, histogram } from 'threadslots/histogram'

const schema: { readonly latency: HistogramSpec; readonly jobs: 'u32' } = {
  latency: histogram({ min: 1, max: 4, digits: 1 }),
  jobs: 'u32',
}
export type WithSmallHistogram = ThreadLocal<typeof schema>

export const defineSmallHistogram = (name: string): WithSmallHistogram => threadLocal(name, schema)

/** For each bound, a value to record: one in the bucket right below it, or one above all finite bounds. */
const VALUES = [1, 2, 4, 8]

/** Records `counts[i]` values between bound i and the one before it. */
export function recordCounts({ latency }: WithSmallHistogram, counts: readonly number[]): void {
  counts.forEach((count, i) => {
    for (let n = 0; n < count; n++) latency.record(VALUES[i] as number)
  })
}

/** Sets this thread's counts in all buckets to a number; to 0, as a handle's `reset` does, if none is given. */
export function overwriteCounts(local: WithSmallHistogram, count = 0): void {
  const { table, fields } = definitionOf(local)
  const key = fields.find(([property]) => property === 'latency')?.[1]
  const { index, length = 0 } = key as NonNullable<typeof key>
  table.attach().u32.fill(count, index, index + length)
}

/**
 * The histogram's sum after `recordCounts`. Each value counts as the middle of its bucket; one above all
 * finite bounds counts as the last of them.
 */
export const expectedSum = (counts: readonly number[]): number =>
  counts.reduce((sum, count, i) => sum + count * ([0.96875, 1.9375, 3.875, 4][i] as number), 0)
