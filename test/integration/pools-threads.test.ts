import type { Worker, WorkerOptions } from 'node:worker_threads'
// @ts-expect-error: it has no types for ES modules.
import { Pool as makePool, spawn, Worker as ThreadsWorker } from 'threads'
import { testPool } from './pools/scenarios.js'
import type { Task } from './pools/task.js'

/** What of it is used here. */
interface ThreadsPool {
  queue(run: (doTask: (task: Task) => Promise<unknown>) => Promise<unknown>): PromiseLike<unknown>
  terminate(force: boolean): Promise<void>
}

testPool({
  name: 'threads',
  open: (threads, resourceLimits) => {
    const options: WorkerOptions = resourceLimits ? { resourceLimits } : {}
    const pool = makePool(() => {
      const worker: Worker = new ThreadsWorker('./pools/threads-task.js', options)
      // It has no listener for them, and an `error` that nobody listens for ends the process.
      worker.on('error', () => {})
      return spawn(worker)
    }, threads) as ThreadsPool
    return {
      run: task => ({ answer: pool.queue(doTask => doTask(task)) }),
      close: () => pool.terminate(true),
    }
  },
  survives: {
    'throws outside of the task': 'its own listener for uncaught errors keeps it',
    'is cancelled': 'a task can be cancelled only while it waits',
  },
  lacks: ['has as many threads as it was made with; none is replaced'],
})
