import { Piscina } from 'piscina'
import type { Pool } from './pools/pool-adapter.js'
import { testPool } from './pools/pool-tests.js'
import type { Task } from './pools/task.js'

const filename = new URL('pools/default-export-task.js', import.meta.url).href

function open(options: ConstructorParameters<typeof Piscina>[0]): Pool {
  const pool = new Piscina<Task>({ filename, ...options })
  return {
    run: task => {
      const controller = new AbortController()
      return { answer: pool.run(task, { signal: controller.signal }), cancel: () => controller.abort() }
    },
    close: () => pool.destroy(),
  }
}

testPool({
  name: 'piscina',
  open: (threads, resourceLimits) =>
    open({
      minThreads: threads,
      maxThreads: threads,
      ...(resourceLimits && { resourceLimits }),
    }),
  openElastic: (min, max) => open({ minThreads: min, maxThreads: max, idleTimeout: 20 }),
  survives: {},
  limitations: [],
})
