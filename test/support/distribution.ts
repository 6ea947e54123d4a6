// A thread-local with a histogram whose bounds are 1, 2, 4 and infinity.
import { definitionOf, type ThreadLocal, threadLocal } from 'threadslots'
import { type HistogramSpec, histogram } from 'threadslots/histogram'

const schema: { readonly latency: HistogramSpec; readonly jobs: 'u32' } = {
  latency: histogram({ min: 1, max: 4, digits: 1 }),
  jobs: 'u32',
}
export type WithHistogram = ThreadLocal<typeof schema>

export const withHistogram = (name: string): WithHistogram => threadLocal(name, schema)

/** Of each: what falls in the bucket right below, or is above all. */
const VALUES = [1, 2, 4, 8]

/** Records so many values up to each of the bounds. */
export function record({ latency }: WithHistogram, counts: readonly number[]): void {
  counts.forEach((count, i) => {
    for (let n = 0; n < count; n++) latency.record(VALUES[i] as number)
  })
}

/** Sets this thread's counts back, as a handle's `reset` does, or to others: of all buckets. */
export function setBack(local: WithHistogram, count = 0): void {
  const { table, fields } = definitionOf(local)
  const key = fields.find(([property]) => property === 'latency')?.[1]
  const { index, length = 0 } = key as NonNullable<typeof key>
  table.attach().u32.fill(count, index, index + length)
}

/** What so many values add up to: each is taken for the middle of its bucket, above all bounds for the last. */
export const sumOf = (counts: readonly number[]): number =>
  counts.reduce((sum, count, i) => sum + count * ([0.96875, 1.9375, 3.875, 4][i] as number), 0)
