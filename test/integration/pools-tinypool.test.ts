import { Tinypool } from 'tinypool'
import { abortablePool } from './pools/abortable-pool.js'
import { testPool } from './pools/pool-tests.js'

const filename = new URL('pools/default-export-task.js', import.meta.url).href

const open = (options: ConstructorParameters<typeof Tinypool>[0]) =>
  abortablePool(new Tinypool({ filename, ...options }))

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
