/*
 * The counting threads: starts them, terminates and replaces one, and ends them.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { onThreadExit, perThread, type Values } from 'threadslots'
import { type Claims, makeClaims, type Takeover, unfinishedJobOf } from './claims.js'
import { type LiveSchema, local } from './counters.js'
import { fileOf, jobsOf, type Plan } from './plan.js'
import type { WorkerData } from './worker.js'

/** The end of a thread that was terminated in the middle of its work. */
export interface Crash {
  readonly threadId: number
  /** The job that it left unfinished; undefined if it had none at that moment. */
  readonly takeover: Takeover | undefined
  /** The thread that was started in its place. */
  readonly successorId: number
}

export class CountingThreads {
  readonly #plan: Plan
  readonly #claims: Claims
  readonly #workers = new Map<number, Worker>()
  /** Ids of the threads that have not yet announced that they are done. */
  readonly #counting = new Set<number>()
  #terminatedId: number | undefined
  #crash: Crash | undefined

  constructor(plan: Plan, threads: number) {
    this.#plan = plan
    this.#claims = makeClaims(jobsOf(plan))
    onThreadExit(local, ({ threadId, values }) => {
      if (this.#counting.has(threadId)) this.#replace(threadId, values)
    })
    for (let i = 0; i < threads; i++) this.#start()
  }

  /** True once no thread has anything left to count. */
  get isDone(): boolean {
    return this.#counting.size === 0
  }

  /** Undefined until a thread has died and another has taken its place. */
  get crash(): Crash | undefined {
    return this.#crash
  }

  /**
   * Terminates the thread that is busy with the largest file. Does nothing if none is busy, or one was
   * terminated before.
   */
  terminateOne(): void {
    if (this.#terminatedId !== undefined) return
    const bytesOf = ({ job = -1 }) => (job === -1 ? -1 : fileOf(this.#plan, job).bytes)
    const [busiest] = perThread(local).sort((a, b) => bytesOf(b) - bytesOf(a))
    if (busiest === undefined || bytesOf(busiest) === -1) return
    this.#terminatedId = busiest.threadId
    this.#workers.get(busiest.threadId)?.terminate()
  }

  /** Ends all threads, after they have finished counting. */
  async end(): Promise<void> {
    const workers = [...this.#workers.values()]
    const exits = workers.map(worker => once(worker, 'exit'))
    for (const worker of workers) worker.postMessage('end')
    await Promise.all(exits)
  }

  #start(takeover?: Takeover): number {
    const workerData: WorkerData = { plan: this.#plan, claims: this.#claims, takeover }
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData })
    // We need a copy: in the `exit` event it is −1.
    const { threadId } = worker
    this.#workers.set(threadId, worker)
    this.#counting.add(threadId)
    worker.once('message', () => this.#counting.delete(threadId))
    worker.once('exit', () => this.#workers.delete(threadId))
    return threadId
  }

  /** The successor is added before the dead thread is removed, so that `isDone` stays false in between. */
  #replace(threadId: number, values: Values<LiveSchema>): void {
    const takeover = unfinishedJobOf(this.#claims, threadId, values)
    this.#crash = { threadId, takeover, successorId: this.#start(takeover) }
    this.#counting.delete(threadId)
  }
}
