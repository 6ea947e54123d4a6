import { fileURLToPath } from 'node:url'
import workerpool from 'workerpool'
import { testPool } from './pools/pool-tests.js'

const file = fileURLToPath(new URL('pools/workerpool-task.js', import.meta.url))

testPool({
  name: 'workerpool',
  open: (threads, resourceLimits) => {
    const pool = workerpool.pool(file, {
      minWorkers: threads,
      maxWorkers: threads,
      workerType: 'thread',
      workerTerminateTimeout: 50,
      ...(resourceLimits && { workerThreadOpts: { resourceLimits } }),
    })
    return {
      run: task => {
        const answer = pool.exec('doTask', [task])
        return { answer: Promise.resolve(answer), cancel: () => answer.cancel() }
      },
      close: async () => await pool.terminate(true),
    }
  },
  survives: {},
  limitations: ['grows to maxWorkers and never shrinks: it has no time limit for idle threads'],
})
