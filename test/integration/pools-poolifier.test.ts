import { fileURLToPath } from 'node:url'
import { DynamicThreadPool, FixedThreadPool } from 'poolifier'
import type { Pool } from './pools/pool-adapter.js'
import { testPool } from './pools/pool-tests.js'
import type { Task } from './pools/task.js'

const file = fileURLToPath(new URL('pools/poolifier-task.js', import.meta.url))

function poolOf(pool: FixedThreadPool<Task>): Pool {
  // The emitter emits its threads' errors. An 'error' event without a listener would end the process.
  pool.emitter?.on('error', () => {})
  return {
    run: task => {
      const controller = new AbortController()
      const answer = pool.execute(task, undefined, controller.signal)
      return { answer, cancel: () => controller.abort() }
    },
    close: () => pool.destroy(),
  }
}

testPool({
  name: 'poolifier',
  open: (threads, resourceLimits) =>
    poolOf(
      new FixedThreadPool(threads, file, {
        ...(resourceLimits && { workerOptions: { resourceLimits } }),
      }),
    ),
  openElastic: (min, max) => {
    const pool = new DynamicThreadPool<Task>(min, max, file)
    // If threads are ending already, the promise of `destroy` may never settle. The test waits until all have ended.
    return { ...poolOf(pool), close: async () => void pool.destroy() }
  },
  losesQueuedTasks: true,
  // poolifier 5.3.2 addresses threads by their position, which changes when one of them ends. It may then ask another one to end,
  // which waits for its end in vain.
  forgetsIdleThreads: true,
  survives: {
    'is cancelled': 'an abort is a message to the thread, which a busy thread doesn’t read',
  },
  limitations: [],
})
