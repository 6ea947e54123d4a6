// A pool whose workers hash blocks while many of them die. The tasks' shared words tell what was really done.
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { randomFrom } from '../../support/random.js'
import { BATCH_SIZES, type BatchMessage, FATES, type Fate, type Task } from './tasks.js'

const THREADS = 2
const MIN_TASKS = 10 * FATES.length
/** Not a multiple of any batch, so that a worker that is blocked has counts that it hasn't sent. */
const BLOCKS_BEFORE_BLOCKING = 2500

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

export class Pool {
  readonly #pool: Piscina
  readonly #exits: Promise<void>[] = []
  readonly #tasks: TaskResult[] = []
  /** For each task, how many blocks its messages have reported. */
  readonly #reported: number[][] = []
  readonly #random: () => number = randomFrom(1)
  readonly #awaitExit = (worker: Worker) => {
    this.#exits.push(new Promise(resolve => worker.once('exit', () => resolve())))
  }

  constructor(receive: (message: BatchMessage) => void) {
    process.on('worker', this.#awaitExit)
    this.#pool = new Piscina({
      filename: fileURLToPath(new URL('hash-blocks.js', import.meta.url)),
      minThreads: THREADS,
      maxThreads: THREADS,
      // By default, idle workers block in Atomics.wait, so they wouldn't answer a WorkerRegistry either.
      atomics: 'disabled',
    })
    this.#pool.on('message', (message: BatchMessage) => {
      const { taskId, batchIndex, count } = message
      const counts = this.#reported[taskId] as number[]
      counts[batchIndex] = (counts[batchIndex] ?? 0) + count
      receive(message)
    })
  }

  /** Calls a function while a task blocks its worker. Resolves once the task has returned. */
  async whileBlocked<T>(run: () => Promise<T>): Promise<T> {
    const task = this.#createTask('blocks', BLOCKS_BEFORE_BLOCKING)
    const outcome = this.#run(task)
    while (Atomics.load(task.hashedBlocks, 0) < task.blocks) await setTimeout(1)
    try {
      return await run()
    } finally {
      Atomics.store(task.isReleased, 0, 1)
      await outcome
    }
  }

  /** Runs tasks as long as `isMoreNeeded`, and some dozens at least. */
  async runTasks(isMoreNeeded: () => Promise<boolean>): Promise<void> {
    let count = 0
    const submitTasks = async () => {
      while (count < MIN_TASKS || (await isMoreNeeded())) {
        const fate = FATES[count++ % FATES.length] ?? 'returns'
        await this.#run(this.#createTask(fate, 2000 + Math.floor(8000 * this.#random())))
      }
    }
    await Promise.all(Array.from({ length: THREADS }, submitTasks))
  }

  /** Resolves when all workers have ended and all their messages have arrived. */
  async close(): Promise<PoolRun> {
    await this.#pool.destroy()
    await Promise.all(this.#exits)
    process.off('worker', this.#awaitExit)
    return { tasks: this.#tasks, workers: this.#exits.length }
  }

  #createTask(fate: Fate, blocks: number): Task {
    const id = this.#reported.push(BATCH_SIZES.map(() => 0)) - 1
    const word = () => new Int32Array(new SharedArrayBuffer(4))
    return { id, fate, blocks, hashedBlocks: word(), isReleased: word() }
  }

  /** Resolves when the task has ended, also if it failed. */
  async #run(task: Task): Promise<void> {
    const { id, fate, blocks, hashedBlocks } = task
    const controller = new AbortController()
    let isSettled = false
    const outcome = this.#pool
      .run(task, fate === 'hangs' ? { signal: controller.signal } : {})
      .then(() => undefined)
      .catch((error: Error) => error)
      .finally(() => {
        isSettled = true
      })
    while (fate === 'hangs' && !isSettled && Atomics.load(hashedBlocks, 0) < blocks) await setTimeout(1)
    // The pool terminates the thread of the task that hangs. The other tasks don't listen to the signal.
    controller.abort()
    this.#tasks.push({ ...task, reportedBlocks: this.#reported[id] as number[], error: await outcome })
  }
}
