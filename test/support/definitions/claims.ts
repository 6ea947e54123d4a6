// The main thread says how many requests there are; each thread counts those that it has claimed.
import { type ThreadLocal, threadLocal } from 'threadslots'

const schema = {
  requests: { type: 'u32', fold: 'none' },
  stop: { type: 'u32', fold: 'none' },
  claimed: 'count',
} as const

export const claims: ThreadLocal<typeof schema> = threadLocal('claims', schema)
