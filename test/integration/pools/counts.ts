// What a pool's threads count. The main thread and the file with the pool's task import it.
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
  /** Steps of tasks that run until their thread ends. */
  steps: 'u32',
})
