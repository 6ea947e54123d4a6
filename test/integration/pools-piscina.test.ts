import { Piscina } from 'piscina'
import { abortablePool } from './pools/abortable-pool.js'
import { testPool } from './pools/pool-tests.js'
import type { Task } from './pools/task.js'

const filename = new URL('pools/default-export-task.js', import.meta.url).href

const open = (options: ConstructorParameters<typeof Piscina>[0]) =>
  abortablePool(new Piscina<Task>({ filename, ...options }))

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
