import { fileURLToPath } from 'node:url'
import { DynamicThreadPool, FixedThreadPool } from 'poolifier'
import type { Pool } from './pools/pool.js'
import { testPool } from './pools/scenarios.js'
import type { Task } from './pools/task.js'

const file = fileURLToPath(new URL('pools/poolifier-task.js', import.meta.url))

function poolOf(pool: FixedThreadPool<Task>): Pool {
  // It emits the errors of its threads, and an `error` that nobody listens for ends the process.
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
  openElastic: (least, most) => poolOf(new DynamicThreadPool(least, most, file)),
  losesWaiting: true,
  survives: {
    'is cancelled': 'an abort is a message to the thread, which does not read it while it works',
  },
  lacks: [],
})
