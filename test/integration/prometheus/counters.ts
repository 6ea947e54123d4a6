import { type ThreadLocal, threadLocal } from 'threadslots'

/** What the pool's workers count: blocks of data that they hashed. */
export const local: ThreadLocal<{ blocks: 'count' }> = threadLocal('prometheus', { blocks: 'count' })
