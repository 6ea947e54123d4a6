// A definition with a histogram, for several threads.
import { type ThreadLocal, threadLocal } from 'threadslots'

const schema = { time: { histogram: { min: 0.01, max: 10_000, digits: 2 } } } as const
export const latency: ThreadLocal<typeof schema> = threadLocal('latency', schema)
