// A definition with a histogram.
import { type ThreadLocal, threadLocal } from 'threadslots'
import { type HistogramSpec, histogram } from 'threadslots/histogram'

const schema: { readonly time: HistogramSpec } = { time: histogram({ min: 0.01, max: 10_000, digits: 2 }) }
export const latency: ThreadLocal<typeof schema> = threadLocal('latency', schema)
