import { type ThreadLocal, threadLocal } from 'threadslots'

/** What the workers count that are asked. */
export const local: ThreadLocal<{ count: 'u32' }> = threadLocal('asked', { count: 'u32' })
