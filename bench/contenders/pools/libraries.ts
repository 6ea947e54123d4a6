/*
 * Opens each pool with a fixed number of threads, and otherwise as it is by default. Each library is loaded only when it is used,
 * so that a process that measures one has run no code of the others.
 */
import { fileURLToPath } from 'node:url'
import { totals } from 'threadslots'
import type { PoolName } from './names.js'
import type { TaskName } from './tasks.js'

export interface Pool {
  /** Runs the pool's task. */
  run(input: number): PromiseLike<number>
  /** Whether the pool takes tasks; absent if it always does. */
  isReady?(): boolean
  /** How many tasks the pool's own statistics say it has run; absent if they don't tell. */
  completed?(): number
  close(): PromiseLike<unknown>
}

export interface PoolOptions {
  readonly threads: number
  readonly task: TaskName
  /** Turns the pool's statistics on or off. Otherwise they are as by default, or as they always are. */
  readonly statistics?: boolean
}

const urlOf = (file: string): URL => new URL(file, import.meta.url)

export const openPool: { readonly [P in PoolName]: (options: PoolOptions) => Promise<Pool> } = {
  async SlotPool({ threads, task, statistics }) {
    const { SlotPool } = await import('../../../examples/pool/pool.js')
    const { counters } = await import('../../../examples/pool/counters.js')
    const pool = new SlotPool({
      threads,
      module: urlOf(`slot-pool-${task}.js`),
      ...(statistics !== undefined && { statistics }),
    })
    return {
      run: input => pool.run(input),
      completed: () => totals(counters).done,
      close: () => pool.close(),
    }
  },

  async piscina({ threads, task, statistics }) {
    const { Piscina } = await import('piscina')
    const pool = new Piscina<number, number>({
      filename: urlOf('tasks.js').href,
      name: task,
      minThreads: threads,
      maxThreads: threads,
      ...(statistics !== undefined && { recordTiming: statistics }),
    })
    return { run: input => pool.run(input), completed: () => pool.completed, close: () => pool.destroy() }
  },

  async tinypool({ threads, task }) {
    const { Tinypool } = await import('tinypool')
    const pool = new Tinypool({
      filename: urlOf('tasks.js').href,
      name: task,
      minThreads: threads,
      maxThreads: threads,
    })
    return { run: input => pool.run(input), completed: () => pool.completed, close: () => pool.destroy() }
  },

  async workerpool({ threads, task }) {
    const { default: workerpool } = await import('workerpool')
    const pool = workerpool.pool(fileURLToPath(urlOf('workerpool-tasks.js')), {
      minWorkers: threads,
      maxWorkers: threads,
      workerType: 'thread',
    })
    // Its stats() tell how many tasks wait or run, and not how many have run.
    return { run: input => pool.exec(task, [input]), close: async () => await pool.terminate(true) }
  },

  async poolifier({ threads, task, statistics }) {
    const { FixedThreadPool } = await import('poolifier')
    const pool = new FixedThreadPool<number, number>(threads, fileURLToPath(urlOf('poolifier-tasks.js')), {
      // It measures what its way of choosing a thread needs. This one needs all; the default needs nothing.
      ...(statistics && { workerChoiceStrategy: 'FAIR_SHARE' }),
    })
    // Without a listener, the error of a thread would end this process.
    pool.emitter?.on('error', () => {})
    // So would a message of a thread that it has already given up.
    process.on('uncaughtException', error => {
      if (!error.message.includes('received from unknown worker')) throw error
    })
    return {
      run: input => pool.execute(input, task),
      isReady: () => pool.info.ready,
      completed: () => pool.info.executedTasks,
      close: async () => {
        // Its promise may never settle, so nobody waits for it.
        pool.destroy()
      },
    }
  },
}
