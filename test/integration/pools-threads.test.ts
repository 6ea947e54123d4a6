import type { Worker, WorkerOptions } from 'node:worker_threads'
// @ts-expect-error: threads declares no types for ES modules.
import { Pool as makePool, spawn, Worker as ThreadsWorker } from 'threads'
import { testPool } from './pools/pool-tests.js'
import type { Task } from './pools/task.js'

/** The part of its pool that is used here. */
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
      // An 'error' event without a listener would end the process, and threads adds none.
      worker.on('error', () => {})
      return spawn(worker)
    }, threads) as ThreadsPool
    return {
      run: task => ({ answer: pool.queue(doTask => doTask(task)) }),
      close: () => pool.terminate(true),
    }
  },
  survives: {
    'throws outside of the task': 'threads listens for uncaught errors itself',
    'is cancelled': 'only a queued task can be cancelled',
  },
  limitations: ['never replaces a dead thread, and neither grows nor shrinks'],
})
