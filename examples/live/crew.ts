/*
 * The threads that count: started, one of them terminated and replaced, dismissed.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { onThreadExit, perThread, type Values } from 'threadslots'
import { type Claims, makeClaims, type Takeover, unfinishedBy } from './claims.js'
import { type LiveSchema, local } from './counters.js'
import { fileOf, jobsOf, type Plan } from './plan.js'
import type { WorkerData } from './worker.js'

/** A thread that was terminated in the middle of its work. */
export interface Crash {
  readonly threadId: number
  /** The file that it left unfinished; undefined if it was between two. */
  readonly takeover: Takeover | undefined
  /** The thread that took its place. */
  readonly heirId: number
}

export class Crew {
  readonly #plan: Plan
  readonly #claims: Claims
  readonly #workers = new Map<number, Worker>()
  /** Threads that have not said that they are through. */
  readonly #counting = new Set<number>()
  #victimId: number | undefined
  #crash: Crash | undefined

  constructor(plan: Plan, threads: number) {
    this.#plan = plan
    this.#claims = makeClaims(jobsOf(plan))
    onThreadExit(local, ({ threadId, values }) => {
      if (this.#counting.has(threadId)) this.#replace(threadId, values)
    })
    for (let i = 0; i < threads; i++) this.#start()
  }

  /** True when nobody has anything left to count. */
  get isDone(): boolean {
    return this.#counting.size === 0
  }

  /** Undefined until the thread is dead and another has taken its place. */
  get crash(): Crash | undefined {
    return this.#crash
  }

  /** Terminates the thread that is busy with the largest file, once. Does nothing if none is busy. */
  terminateOne(): void {
    if (this.#victimId !== undefined) return
    const bytesOf = ({ job = -1 }) => (job === -1 ? -1 : fileOf(this.#plan, job).bytes)
    const [busiest] = perThread(local).sort((a, b) => bytesOf(b) - bytesOf(a))
    if (busiest === undefined || bytesOf(busiest) === -1) return
    this.#victimId = busiest.threadId
    this.#workers.get(busiest.threadId)?.terminate()
  }

  /** Ends all threads, once they have nothing left to count. */
  async dismiss(): Promise<void> {
    const workers = [...this.#workers.values()]
    const exits = workers.map(worker => once(worker, 'exit'))
    for (const worker of workers) worker.postMessage('end')
    await Promise.all(exits)
  }

  #start(takeover?: Takeover): number {
    const workerData: WorkerData = { plan: this.#plan, claims: this.#claims, takeover }
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData })
    // In the `exit` event it is −1.
    const { threadId } = worker
    this.#workers.set(threadId, worker)
    this.#counting.add(threadId)
    worker.once('message', () => this.#counting.delete(threadId))
    worker.once('exit', () => this.#workers.delete(threadId))
    return threadId
  }

  /** The dead thread counts until its heir does, so that there is always somebody. */
  #replace(threadId: number, values: Values<LiveSchema>): void {
    const takeover = unfinishedBy(this.#claims, threadId, values)
    this.#crash = { threadId, takeover, heirId: this.#start(takeover) }
    this.#counting.delete(threadId)
  }
}
