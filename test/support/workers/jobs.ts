// The definition that the workers of several tests share, by importing it.
import { type ThreadLocal, threadLocal } from 'threadslots'

export const jobs: ThreadLocal<{ done: 'u32' }> = threadLocal('jobs', { done: 'u32' })
