// What the threads of a pool count: imported by the main thread and by the file with the pool's task.
import { type ThreadLocal, threadLocal } from 'threadslots'

export const counts: ThreadLocal<{
  tasks: 'u32'
  numbers: 'f64'
  largest: { type: 'u32'; fold: 'max' }
  steps: 'u32'
}> = threadLocal('pool', {
  tasks: 'u32',
  /** The sum of the tasks' numbers. */
  numbers: 'f64',
  largest: { type: 'u32', fold: 'max' },
  /** Of tasks that go on until their thread is ended. */
  steps: 'u32',
})
