// Starts the workers of the folder workers/, talks to them, and waits for their end.
import { once } from 'node:events'
import { Worker, type WorkerOptions } from 'node:worker_threads'

const running = new Set<Worker>()

// threadslots learns of a worker by the process's 'worker' event. Deno emits it late, at times after the
// worker's end. So every function here that waits for a worker also waits for its event.
const announced = new WeakSet<Worker>()
process.on('worker', worker => announced.add(worker))

async function whenAnnounced(worker: Worker): Promise<void> {
  while (!announced.has(worker)) await new Promise(resolve => setImmediate(resolve))
}

/** Starts a worker on a file of the folder workers/. */
export function start(file: string, workerData?: unknown, options: WorkerOptions = {}): Worker {
  const worker = new Worker(new URL(`workers/${file}`, import.meta.url), { ...options, workerData })
  running.add(worker)
  worker.once('exit', () => running.delete(worker))
  return worker
}

/**
 * Terminates the workers that a failed test left running, so that they disturb no other test and the process
 * can end.
 */
export async function endAll(): Promise<void> {
  await Promise.all([...running].map(worker => worker.terminate()))
}

/** Resolves with the worker's exit code when it has ended; rejects if it threw. */
export async function ended(worker: Worker): Promise<number> {
  const [code] = await once(worker, 'exit')
  await whenAnnounced(worker)
  return code as number
}

/** Resolves when the worker has ended, even if it threw: with what it threw, or undefined. */
export async function endedAnyhow(worker: Worker): Promise<unknown> {
  let thrown: unknown
  worker.once('error', error => {
    thrown = error
  })
  await new Promise(resolve => worker.once('exit', resolve))
  await whenAnnounced(worker)
  return thrown
}

/** Resolves with the worker's next message; rejects if the worker throws or ends first. */
export async function message<T>(worker: Worker): Promise<T> {
  const value = await new Promise<T>((resolve, reject) => {
    const settle = (then: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      then()
    }
    const onMessage = (value: T) => settle(() => resolve(value))
    const onError = (error: unknown) => settle(() => reject(error))
    const onExit = (code: number) =>
      settle(() => reject(new Error(`the worker ended with ${code} before it sent a message`)))
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
  })
  await whenAnnounced(worker)
  return value
}

/** Sends the worker a message, and resolves with its answer. */
export function ask<T>(worker: Worker, question: unknown): Promise<T> {
  const answer = message<T>(worker)
  worker.postMessage(question)
  return answer
}
