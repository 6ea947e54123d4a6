// How many requests a thread has handled, and how often it has polled. The main thread's `stop` ends all of them.
import { type ThreadLocal, threadLocal } from 'threadslots'

const schema = { requests: 'count', polls: 'count', stop: { type: 'u32', fold: 'none' } } as const

export const handled: ThreadLocal<typeof schema> = threadLocal('handled', schema)
