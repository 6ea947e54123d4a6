/*
 * A compute pool for tasks that take a number and return one. They lie in shared memory (task-table.ts), where threads claim
 * them and leave the results, so a task takes no message. What the threads are doing is in their slots (counters.ts).
 *
 *   const pool = new SlotPool({ threads: 4, module: new URL('./primes.js', import.meta.url), stuckMs: 10_000 })
 *   const primes = await pool.run(1_000_000, { signal })
 *   await pool.close()
 */
import { setMaxListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { RemoteValues, ThreadValues, Values } from 'threadslots'
import { onThreadExit, perThread, valuesOf } from 'threadslots'
import { type CancellableRun, cancellable } from 'threadslots/cancel'
import { onStuck } from 'threadslots/monitor'
import { counters, type PoolSchema } from './counters.js'
import * as tasks from './task-table.js'
import type { WorkerData } from './worker.js'

export interface PoolOptions {
  readonly threads: number
  /** Its default export computes: see `Compute`. */
  readonly module: URL
  /** How many tasks can be queued or running at once. Default: 1,024. */
  readonly capacity?: number
  /** A thread is replaced if it is in a task and none of its slots changes for this time. Default: never. */
  readonly stuckMs?: number
  /** Whether threads record how long they work and wait. Default: true. */
  readonly statistics?: boolean
}

/** What the pool keeps of a task that is queued or running. */
interface Task {
  readonly resolve: (result: number) => void
  readonly reject: (reason: unknown) => void
  readonly signal: AbortSignal | undefined
  readonly run: CancellableRun | undefined
}

interface Thread {
  readonly worker: Worker
  /** Its slots, read in place. */
  readonly slots: RemoteValues<PoolSchema>
  /** Why it has died. */
  reason?: unknown
}

export class SlotPool {
  /** How many tasks have ended, were lost with their thread, and were withdrawn before they began. */
  readonly settled: Record<'ended' | 'lost' | 'withdrawn', number> = { ended: 0, lost: 0, withdrawn: 0 }
  readonly #table: tasks.TaskTable
  /** By record, as the table. A promise stays until the record's next task. */
  readonly #tasks: (Task | undefined)[]
  readonly #promises: Promise<number>[] = []
  #nextRecord = 0
  readonly #threads = new Map<number, Thread>()
  readonly #lives: Promise<void>[]
  readonly #stopWatching: (() => void) | undefined
  /** Why the pool takes no more tasks. */
  #refusal: Error | undefined

  constructor({ threads, module, capacity = 1024, stuckMs, statistics = true }: PoolOptions) {
    for (const [name, value] of Object.entries({ threads, capacity })) {
      if (!Number.isInteger(value) || value < 1)
        throw new RangeError(`${name} must be a whole number above 0, got ${value}`)
    }
    this.#table = tasks.createTaskTable(capacity)
    this.#tasks = new Array<undefined>(capacity).fill(undefined)
    if (stuckMs !== undefined) this.#stopWatching = this.#replaceStuckThreads(stuckMs)
    const workerData: WorkerData = { table: this.#table, module: module.href, statistics }
    this.#lives = Array.from({ length: threads }, () => this.#keepThread(workerData))
    this.#settleAsTasksEnd()
  }

  /**
   * Has a thread compute. The promise is rejected with what the task throws; with the signal's reason, if it was aborted before
   * the task began or made it throw; or with an Error that says what happened to the thread, or why the pool takes no task.
   */
  run(input: number, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<number> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    if (this.#refusal) return Promise.reject(this.#refusal)
    const record = this.#freeRecord()
    if (record === -1) return Promise.reject(fullError(this.#tasks.length))
    const run = signal && this.#cancellable(record, signal)
    const promise = new Promise<number>((resolve, reject) => {
      this.#tasks[record] = { resolve, reject, signal, run }
    })
    this.#promises[record] = promise
    this.#table.inputs[record] = input
    this.#table.tickets[record] = run?.ticket ?? 0
    tasks.queue(this.#table, record)
    return promise
  }

  /** How much of a task is done, from 0 to 1, as it says itself. Undefined unless it is running. */
  progress(promise: Promise<number>): number | undefined {
    const record = this.#promises.indexOf(promise)
    if (record === -1) return undefined
    const threadId = Atomics.load(this.#table.states, record)
    const fraction = this.#threads.get(threadId)?.slots.progress
    // If the record still has the thread's id, the thread was in this task.
    return Atomics.load(this.#table.states, record) === threadId ? fraction : undefined
  }

  /** Each thread's values. A thread that has started more tasks than it has done is in one. */
  threads(): ThreadValues<PoolSchema>[] {
    return perThread(counters).filter(({ threadId }) => this.#threads.has(threadId))
  }

  /** Terminates a thread, and starts another. If it is in a task, that is lost. */
  terminate(threadId: number, reason: string): void {
    const thread = this.#threads.get(threadId)
    if (!thread) return
    thread.reason ??= reason
    thread.worker.terminate()
  }

  /** Waits for all tasks, and for the threads to end. Until then, the threads keep the process alive. */
  async close(): Promise<void> {
    this.#refusal ??= new Error('the pool is closed')
    await Promise.allSettled(this.#promises)
    tasks.close(this.#table)
    await Promise.all(this.#lives)
    this.#stopWatching?.()
  }

  /** The next free record; −1 if there is none. Threads look for tasks in the same order. */
  #freeRecord(): number {
    const next = this.#tasks.indexOf(undefined, this.#nextRecord)
    const record = next === -1 ? this.#tasks.indexOf(undefined) : next
    this.#nextRecord = record + 1
    return record
  }

  /** When the signal is aborted, the task is withdrawn if it is queued, and otherwise cancelled as soon as it looks. */
  #cancellable(record: number, signal: AbortSignal): CancellableRun {
    const { ticket, cancel } = cancellable(signal)
    const withdraw = () => this.#withdraw(record, signal.reason)
    setMaxListeners(0, signal) // Many tasks may have the same one.
    signal.addEventListener('abort', withdraw)
    const forget = () => {
      cancel()
      signal.removeEventListener('abort', withdraw)
    }
    return { ticket, cancel: forget }
  }

  #withdraw(record: number, reason: unknown): void {
    if (tasks.withdraw(this.#table, record)) this.#remove(record, 'withdrawn').reject(reason)
  }

  async #settleAsTasksEnd(): Promise<void> {
    const { control } = this.#table
    while (!tasks.isClosed(this.#table)) {
      const count = Atomics.load(control, tasks.ENDED_COUNT)
      this.#settleEnded()
      const wait = Atomics.waitAsync(control, tasks.ENDED_COUNT, count)
      // If more tasks have ended meanwhile, the event loop gets its turn all the same.
      await (wait.async ? wait.value : setImmediate())
    }
  }

  #settleEnded(): void {
    this.#tasks.forEach((task, record) => {
      if (task && Atomics.load(this.#table.states, record) === tasks.ENDED) this.#settle(record)
    })
  }

  #settle(record: number): void {
    const result = this.#table.results[record] as number
    const error = tasks.errorOf(this.#table, record)
    const { resolve, reject, signal } = this.#remove(record, 'ended')
    if (error) reject(signal?.aborted ? signal.reason : error)
    else resolve(result)
  }

  /** Frees a record, and counts what has become of its task. */
  #remove(record: number, outcome: keyof SlotPool['settled']): Task {
    const task = this.#tasks[record] as Task
    this.#tasks[record] = undefined
    Atomics.store(this.#table.states, record, tasks.FREE)
    task.run?.cancel()
    this.settled[outcome]++
    return task
  }

  /** Keeps a thread running: when it dies, another takes its place. */
  async #keepThread(workerData: WorkerData): Promise<void> {
    while (!tasks.isClosed(this.#table)) {
      const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData })
      const { threadId } = worker // −1 once it has ended
      const thread: Thread = { worker, slots: valuesOf(counters, threadId) }
      this.#threads.set(threadId, thread)
      let last: Values<PoolSchema> | undefined
      const stopListening = onThreadExit(counters, exit => {
        if (exit.threadId === threadId) last = exit.values
      })
      worker.once('error', error => {
        thread.reason ??= error
      })
      const code = await new Promise<number>(resolve => worker.once('exit', resolve))
      // Here, onThreadExit has called back.
      stopListening()
      this.#threads.delete(threadId)
      this.#recover(threadId, last, thread.reason ?? `exit code ${code}`)
    }
  }

  /** Settles what a dead thread has left, or has another thread do it. */
  #recover(threadId: number, last: Values<PoolSchema> | undefined, reason: unknown): void {
    this.#settleEnded()
    const error = new Error(`thread ${threadId} died: ${reason}`, { cause: reason })
    const record = this.#table.states.indexOf(threadId)
    if (record !== -1) {
      const stage = last ? tasks.stageOf(this.#table, record, last) : 'begun'
      if (stage === 'claimed') tasks.queue(this.#table, record)
      else if (stage === 'ended') this.#settle(record)
      else this.#remove(record, 'lost').reject(error)
    } else if (!last) {
      // It has used no slot, so it never looked for a task. The module can't be loaded, say, and no other thread can load it.
      this.#refusal = error
      for (const record of this.#tasks.keys()) this.#withdraw(record, error)
      tasks.close(this.#table)
    }
  }

  #replaceStuckThreads(stuckMs: number): () => void {
    return onStuck(counters, { started: 'started', done: 'done', stuckMs }, ({ threadId, unchangedMs }) =>
      this.terminate(threadId, `it was stuck: no slot had changed for ${unchangedMs} ms`),
    )
  }
}

const fullError = (capacity: number) =>
  new RangeError(
    `${capacity} tasks are queued or running; await some of them, or give the pool a larger capacity`,
  )
