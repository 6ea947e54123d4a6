import { type ThreadLocal, threadLocal } from 'threadslots'

/** What the threads of the latency benchmark count. */
export const local: ThreadLocal<{ count: 'u32' }> = threadLocal('asked', { count: 'u32' })
