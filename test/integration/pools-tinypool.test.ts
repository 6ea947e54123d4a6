import { Tinypool } from 'tinypool'
import type { Pool } from './pools/pool-adapter.js'
import { testPool } from './pools/pool-tests.js'

const filename = new URL('pools/default-export-task.js', import.meta.url).href

function open(options: ConstructorParameters<typeof Tinypool>[0]): Pool {
  const pool = new Tinypool({ filename, ...options })
  return {
    run: task => {
      const controller = new AbortController()
      return { answer: pool.run(task, { signal: controller.signal }), cancel: () => controller.abort() }
    },
    close: () => pool.destroy(),
  }
}

testPool({
  name: 'tinypool',
  open: (threads, resourceLimits) =>
    open({
      minThreads: threads,
      maxThreads: threads,
      ...(resourceLimits && { resourceLimits }),
    }),
  openElastic: (min, max) => open({ minThreads: min, maxThreads: max, idleTimeout: 20 }),
  openIsolating: threads => open({ minThreads: threads, maxThreads: threads, isolateWorkers: true }),
  survives: {},
  limitations: [],
})
