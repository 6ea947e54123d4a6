// The definition that the workers of several tests import.
import { type ThreadLocal, threadLocal } from 'threadslots'

export const jobs: ThreadLocal<{ done: 'u32' }> = threadLocal('jobs', { done: 'u32' })
