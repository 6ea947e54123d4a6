import { type ThreadLocal, threadLocal } from 'threadslots'

const schema = { jobs: 'u32', bytes: 'f64', largest: { type: 'i32', fold: 'max' } } as const

export const local: ThreadLocal<typeof schema> = threadLocal('app', schema)
