import { type ThreadLocal, threadLocal } from 'threadslots'

const SCHEMA = {
  started: 'count',
  done: 'count',
  steps: 'count',
  file: { type: 'text', length: 40 },
} as const

export const jobs: ThreadLocal<typeof SCHEMA> = threadLocal('jobs', SCHEMA)

/** Blocks this thread, and leaves its processor to others. */
export function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
