// Starting workers in tests.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** Starts a worker on a file beside this one. */
export function start(file: string, workerData?: unknown): Worker {
  return new Worker(new URL(file, import.meta.url), { workerData })
}

/** Resolves when the worker has ended by itself; rejects if it threw. */
export async function ended(worker: Worker): Promise<number> {
  const [code] = await once(worker, 'exit')
  return code as number
}

/** Resolves with the worker's next message; rejects if it threw or ended before. */
export function message<T>(worker: Worker): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', code => reject(new Error(`the worker ended with ${code} before it sent a message`)))
  })
}
