// Keeps a pool of workers busy while many of them die; knows from the tasks' own cells what was done.
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { randomFrom } from '../../support/workers/run.js'
import { BATCHES, FATES, type Message, type Order } from './orders.js'

const THREADS = 2
const LEAST_TASKS = 10 * FATES.length

/** A task, how it ended, and what arrived of its messages. */
export interface Done extends Order {
  /** What the pool said of it: undefined, if it returned. */
  readonly error: Error | undefined
  /** Blocks, for each of `BATCHES`. */
  readonly arrived: readonly number[]
}

export interface Work {
  readonly tasks: readonly Done[]
  /** Threads that there were, one after the other. */
  readonly workers: number
}

/**
 * Runs tasks while `isWanted`, and some dozens at least. Resolves once all workers are gone, and all that
 * they sent has arrived.
 */
export async function work(
  isWanted: () => Promise<boolean>,
  receive: (message: Message) => void,
): Promise<Work> {
  const exits: Promise<void>[] = []
  const follow = (worker: Worker) => {
    exits.push(new Promise(resolve => worker.once('exit', () => resolve())))
  }
  process.on('worker', follow)
  const pool = new Piscina({
    filename: fileURLToPath(new URL('task.js', import.meta.url)),
    minThreads: THREADS,
    maxThreads: THREADS,
  })
  const arrived: number[][] = []
  pool.on('message', (message: Message) => {
    const { task, batch, count } = message
    const counts = arrived[task] as number[]
    counts[batch] = (counts[batch] ?? 0) + count
    receive(message)
  })

  const random = randomFrom(1)
  const tasks: Done[] = []
  let next = 0
  const line = async () => {
    while (next < LEAST_TASKS || (await isWanted())) {
      const task = next++
      const fate = FATES[task % FATES.length] ?? 'returns'
      const blocks = 2000 + Math.floor(8000 * random())
      const hashed = new Int32Array(new SharedArrayBuffer(4))
      const order: Order = { task, fate, blocks, hashed }
      const counts = BATCHES.map(() => 0)
      arrived[task] = counts
      tasks.push({ ...order, arrived: counts, error: await run(pool, order) })
    }
  }
  try {
    await Promise.all(Array.from({ length: THREADS }, line))
  } finally {
    await pool.destroy()
    await Promise.all(exits)
    process.off('worker', follow)
  }
  return { tasks, workers: exits.length }
}

/** Resolves with the error of a task that failed. */
async function run(pool: Piscina, order: Order): Promise<Error | undefined> {
  const { fate, blocks, hashed } = order
  const controller = new AbortController()
  let isOver = false
  const outcome = pool
    .run(order, fate === 'hangs' ? { signal: controller.signal } : {})
    .then(() => undefined)
    .catch((error: Error) => error)
    .finally(() => {
      isOver = true
    })
  while (fate === 'hangs' && !isOver && Atomics.load(hashed, 0) < blocks) await setTimeout(1)
  // The pool terminates the thread of a task that hangs. To others it says nothing.
  controller.abort()
  return outcome
}
