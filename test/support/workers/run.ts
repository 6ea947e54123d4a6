// Starting workers and processes in tests.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker, type WorkerOptions } from 'node:worker_threads'

export { errorOf } from '../errors.js'
export { randomFrom } from '../random.js'

const running = new Set<Worker>()

// Who is told of a worker sees its end, and Deno tells late: at times after the end, and then both are seen. So what waits
// for a worker here waits for that as well.
const announced = new WeakSet<Worker>()
process.on('worker', worker => announced.add(worker))

async function announcement(worker: Worker): Promise<void> {
  while (!announced.has(worker)) await new Promise(resolve => setImmediate(resolve))
}

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
  await announcement(worker)
  return code as number
}

/** Resolves when the worker has ended, whichever way: with what it threw, or undefined. */
export async function gone(worker: Worker): Promise<unknown> {
  let thrown: unknown
  worker.once('error', error => {
    thrown = error
  })
  await new Promise(resolve => worker.once('exit', resolve))
  await announcement(worker)
  return thrown
}

/** Resolves with the worker's next message; rejects if it threw or ended before. */
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
  await announcement(worker)
  return value
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

let tasks = 0

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
  // A file, since not all runtimes can import from code on the command line.
  const file = fileURLToPath(new URL(`../task-${process.pid}-${tasks++}.mjs`, import.meta.url))
  // Once the module itself is done: until then, Node 20 has a listener of its own.
  const run = `(${task})().then(result => process.stdout.write(JSON.stringify({ result })))`
  writeFileSync(file, `setImmediate(() => ${run})`)
  const child = spawn(process.execPath, [...flags, file], {
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
  rmSync(file)
  const { result } = JSON.parse(texts.stdout || '{}')
  return { code: exitCode, result, stderr: texts.stderr }
}

/** The same for a task that must succeed, and write nothing to stderr: no warning, above all. */
export async function inCleanProcess<R>(task: () => Promise<R>, flags: string[] = []): Promise<R> {
  const { code, result, stderr } = await inProcess(task, flags)
  if (code !== 0 || stderr !== '') throw new Error(`the process ended with ${code}: ${stderr}`)
  return result
}
