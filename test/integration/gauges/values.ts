// What the threads of these tests have: values that are true of running threads alone.
import { type ThreadLocal, threadLocal } from 'threadslots'

const schema = {
  started: 'count',
  inFlight: { type: 'i32', retire: false, help: 'Jobs that are being worked on.' },
  heap: { type: 'count', retire: false, unit: 'bytes' },
} as const

export const jobs: ThreadLocal<typeof schema> = threadLocal('jobs', schema)
