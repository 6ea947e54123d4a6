// Starting workers and processes in tests.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker, type WorkerOptions } from 'node:worker_threads'

const running = new Set<Worker>()

/** Starts a worker on a file beside this one. */
export function start(file: string, workerData?: unknown, options: WorkerOptions = {}): Worker {
  const worker = new Worker(new URL(file, import.meta.url), { ...options, workerData })
  running.add(worker)
  worker.once('exit', () => running.delete(worker))
  return worker
}

/** Ends what a failed test has left, so that it costs no other test, and the process ends. */
export async function endAll(): Promise<void> {
  await Promise.all([...running].map(worker => worker.terminate()))
}

/** Resolves with the exit code when the worker has ended by itself; rejects if it threw. */
export async function ended(worker: Worker): Promise<number> {
  const [code] = await once(worker, 'exit')
  return code as number
}

/** Resolves when the worker has ended, whichever way: with what it threw, or undefined. */
export function gone(worker: Worker): Promise<unknown> {
  return new Promise(resolve => {
    let thrown: unknown
    worker.once('error', error => {
      thrown = error
    })
    worker.once('exit', () => resolve(thrown))
  })
}

/** Resolves with the worker's next message; rejects if it threw or ended before. */
export function message<T>(worker: Worker): Promise<T> {
  return new Promise((resolve, reject) => {
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
}

/** Sends the worker a message, and resolves with its answer. */
export function ask<T>(worker: Worker, question: unknown): Promise<T> {
  const answer = message<T>(worker)
  worker.postMessage(question)
  return answer
}

/** Runs a task for 0, 1 … `count` − 1, so many at once; resolves with the results in this order. */
export async function inTurn<R>(
  count: number,
  atOnce: number,
  task: (i: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const line = async () => {
    for (let i = next++; i < count; i = next++) results[i] = await task(i)
  }
  await Promise.all(Array.from({ length: atOnce }, line))
  return results
}

/** Numbers from 0 to 1, below 1: the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** How a process ended. */
export interface Ending<R> {
  readonly code: number | null
  /** What the task returned, as JSON keeps it; undefined if it threw. */
  readonly result: R
  readonly stderr: string
}

/**
 * Runs a task in a process of its own, until that ends by itself. Its source is all that goes there, so it imports
 * what it uses; relative to the folder of the tests.
 */
export async function inProcess<R>(task: () => Promise<R>, flags: string[] = []): Promise<Ending<R>> {
  const code = `(${task})().then(result => process.stdout.write(JSON.stringify({ result })))`
  const child = spawn(process.execPath, [...flags, '--eval', code], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text
    })
  }
  const [exitCode] = await once(child, 'close')
  const { result } = JSON.parse(texts.stdout || '{}')
  return { code: exitCode, result, stderr: texts.stderr }
}

/** The same for a task that must succeed, and write nothing to stderr: no warning, above all. */
export async function inCleanProcess<R>(task: () => Promise<R>, flags: string[] = []): Promise<R> {
  const { code, result, stderr } = await inProcess(task, flags)
  if (code !== 0 || stderr !== '') throw new Error(`the process ended with ${code}: ${stderr}`)
  return result
}

/** Matches an error by its class and a word of its message: for `assert.throws`. */
export const errorOf =
  (kind: ErrorConstructor, word: RegExp): ((error: unknown) => boolean) =>
  error =>
    error instanceof kind && word.test(error.message)
