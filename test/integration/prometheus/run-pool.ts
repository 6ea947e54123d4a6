// Keeps a pool of workers busy while many of them die. The tasks' shared words tell what was really done.
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { randomFrom } from '../../support/random.js'
import { BATCH_SIZES, type BatchMessage, FATES, type Task } from './tasks.js'

const THREADS = 2
const MIN_TASKS = 10 * FATES.length

/** A task after its end. */
export interface TaskResult extends Task {
  /** The error with which the pool answered; undefined if the task returned. */
  readonly error: Error | undefined
  /** How many blocks the task's messages have reported, for each of `BATCH_SIZES`. */
  readonly reportedBlocks: readonly number[]
}

export interface PoolRun {
  readonly tasks: readonly TaskResult[]
  /** How many workers the pool has started. */
  readonly workers: number
}

/**
 * Runs tasks as long as `isMoreNeeded`, and some dozens at least. Resolves when all workers have ended and all their
 * messages have arrived.
 */
export async function runPool(
  isMoreNeeded: () => Promise<boolean>,
  receive: (message: BatchMessage) => void,
): Promise<PoolRun> {
  const exits: Promise<void>[] = []
  const awaitExit = (worker: Worker) => {
    exits.push(new Promise(resolve => worker.once('exit', () => resolve())))
  }
  process.on('worker', awaitExit)
  const pool = new Piscina({
    filename: fileURLToPath(new URL('hash-blocks.js', import.meta.url)),
    minThreads: THREADS,
    maxThreads: THREADS,
  })
  const reported: number[][] = []
  pool.on('message', (message: BatchMessage) => {
    const { taskId, batchIndex, count } = message
    const counts = reported[taskId] as number[]
    counts[batchIndex] = (counts[batchIndex] ?? 0) + count
    receive(message)
  })

  const random = randomFrom(1)
  const tasks: TaskResult[] = []
  let nextId = 0
  const submitTasks = async () => {
    while (nextId < MIN_TASKS || (await isMoreNeeded())) {
      const id = nextId++
      const fate = FATES[id % FATES.length] ?? 'returns'
      const blocks = 2000 + Math.floor(8000 * random())
      const hashedBlocks = new Int32Array(new SharedArrayBuffer(4))
      const task: Task = { id, fate, blocks, hashedBlocks }
      const reportedBlocks = BATCH_SIZES.map(() => 0)
      reported[id] = reportedBlocks
      tasks.push({ ...task, reportedBlocks, error: await runTask(pool, task) })
    }
  }
  try {
    await Promise.all(Array.from({ length: THREADS }, submitTasks))
  } finally {
    await pool.destroy()
    await Promise.all(exits)
    process.off('worker', awaitExit)
  }
  return { tasks, workers: exits.length }
}

/** Resolves with the error of a task that failed, or undefined. */
async function runTask(pool: Piscina, task: Task): Promise<Error | undefined> {
  const { fate, blocks, hashedBlocks } = task
  const controller = new AbortController()
  let isSettled = false
  const outcome = pool
    .run(task, fate === 'hangs' ? { signal: controller.signal } : {})
    .then(() => undefined)
    .catch((error: Error) => error)
    .finally(() => {
      isSettled = true
    })
  while (fate === 'hangs' && !isSettled && Atomics.load(hashedBlocks, 0) < blocks) await setTimeout(1)
  // The pool terminates the thread of the task that hangs. The other tasks don't listen to the signal.
  controller.abort()
  return outcome
}
