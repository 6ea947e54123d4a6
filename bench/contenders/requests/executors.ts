/*
 * The threads that run tasks which never end by themselves, one after the other, and how a signal ends each of them.
 */
import { EventEmitter, once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { cancellable } from 'threadslots/cancel'
import type { Method } from './names.js'
import type { Ended, Started, Task } from './spinning.js'

export interface Running {
  readonly started: Promise<Started>
  /** Once this thread knows that the task is over: what the task said, if it could. */
  readonly ended: Promise<Ended | undefined>
}

export interface Executor {
  /** The tasks' tickets, by number. Absent if tasks are cancelled by terminating their thread. */
  readonly tickets?: readonly number[]
  /** Whether `ended` waits until the task has ended. */
  readonly waitsForEnd: boolean
  /** Runs a task as soon as a thread is free, until the task's signal is aborted. */
  run(task: number): Running
  close(): Promise<unknown>
}

/** @param signals of all tasks, by number. */
export async function startExecutor(method: Method, signals: readonly AbortSignal[]): Promise<Executor> {
  switch (method) {
    case 'a worker, throwIfCancelled(ticket)':
      return workerWithTickets(signals)
    case 'piscina, throwIfCancelled(ticket)':
      return piscinaWithTickets(signals)
    case 'a worker, terminate() and new Worker()':
      return terminatedWorkers(signals)
    case 'piscina, run(task, { signal })':
      return piscinaWithSignals(signals)
  }
}

/** Emits what tasks say, as 'started 7' and 'ended 7'. */
class Events extends EventEmitter {
  readonly receive = (message: Started | Ended): void => {
    this.emit(`${message.event} ${message.task}`, message)
  }
  async started(task: number): Promise<Started> {
    return ((await once(this, `started ${task}`)) as [Started])[0]
  }
  async ended(task: number): Promise<Ended> {
    return ((await once(this, `ended ${task}`)) as [Ended])[0]
  }
}

/** A ticket for each task, all of which are issued at once, as if the tasks waited in a queue. */
const ticketsOf = (signals: readonly AbortSignal[]) => signals.map(signal => cancellable(signal).ticket)

function workerWithTickets(signals: readonly AbortSignal[]): Executor {
  const tickets = ticketsOf(signals)
  const events = new Events()
  const worker = new Worker(new URL('./cancelled-thread.js', import.meta.url))
  worker.on('message', events.receive)
  return {
    tickets,
    waitsForEnd: true,
    run(task) {
      const running = { started: events.started(task), ended: events.ended(task) }
      worker.postMessage({ task, ticket: tickets[task] as number } satisfies Task)
      return running
    },
    close: () => worker.terminate(),
  }
}

function terminatedWorkers(signals: readonly AbortSignal[]): Executor {
  const events = new Events()
  let latest: Worker | undefined
  return {
    waitsForEnd: true,
    run(task) {
      const worker = new Worker(new URL('./terminated-thread.js', import.meta.url), {
        workerData: { task } satisfies Task,
      })
      latest = worker
      worker.on('message', events.receive)
      const ended = new Promise<undefined>((resolve, reject) => {
        signals[task]?.addEventListener('abort', () => {
          worker.terminate().then(() => resolve(undefined), reject)
        })
      })
      return { started: events.started(task), ended }
    },
    close: async () => latest?.terminate(),
  }
}

const POOL = { minThreads: 1, maxThreads: 1 }
const fileOf = (name: string) => new URL(name, import.meta.url).href

async function piscinaWithTickets(signals: readonly AbortSignal[]): Promise<Executor> {
  const { Piscina } = await import('piscina')
  const tickets = ticketsOf(signals)
  const events = new Events()
  const pool = new Piscina<Task, Ended>({ filename: fileOf('./cancelled-task.js'), ...POOL })
  pool.on('message', events.receive)
  return {
    tickets,
    waitsForEnd: true,
    run: task => ({
      started: events.started(task),
      ended: pool.run({ task, ticket: tickets[task] as number }),
    }),
    close: () => pool.destroy(),
  }
}

async function piscinaWithSignals(signals: readonly AbortSignal[]): Promise<Executor> {
  const { Piscina } = await import('piscina')
  const events = new Events()
  const pool = new Piscina<Task, never>({ filename: fileOf('./terminated-task.js'), ...POOL })
  pool.on('message', events.receive)
  return {
    // It rejects at once, and terminates the thread afterwards.
    waitsForEnd: false,
    run(task) {
      const ended = pool.run({ task }, { signal: signals[task] as AbortSignal }).catch((error: Error) => {
        if (error.name !== 'AbortError') throw error
        return undefined
      })
      return { started: events.started(task), ended }
    },
    close: () => pool.destroy(),
  }
}
