// Starts workers in a page, and waits for what becomes of them.
import { perThread, type ThreadValues, totals } from 'threadslots/browser'
import * as assert from 'uvu/assert'
import { ADDRESS, type Answer, COUNT, IS_ENOUGH, type Jobs, type schema, type Task } from './tasks.js'

/** Each worker's script is served as a module and as a classic script. */
export const KINDS = ['module', 'classic'] as const
export type Kind = (typeof KINDS)[number]

const running = new Set<Worker>()

/** Starts one of the scripts in `workers/`. */
export function startScript(name: string, kind: Kind): Worker {
  const file = kind === 'module' ? `${name}.js` : `${name}.classic.js`
  const worker = new Worker(new URL(`workers/${file}`, import.meta.url), { type: kind })
  running.add(worker)
  return worker
}

/** Terminates the workers that a failed test left running. */
export function endAll(): void {
  for (const worker of running) worker.terminate()
  running.clear()
}

/** A worker's next message. Rejects if the worker throws. */
export const answerOf = <T>(worker: Worker): Promise<T> =>
  new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => resolve(data), { once: true })
    worker.addEventListener('error', ({ message }) => reject(new Error(message)), { once: true })
  })

/** A counting worker. */
export interface Thread {
  readonly worker: Worker
  readonly mark: number
  /** Resolves when the worker answers, which is before it does the last part of its task. */
  readonly isReady: Promise<void>
  /** The count and the address of its slot, which the worker wrote outside of the table. */
  readonly count: () => number
  readonly address: () => number
  /** Stops its counting, so that it returns to its event loop. */
  readonly stop: () => void
}

/** A task without what is filled in when the worker starts. */
export type Orders = Pick<Task, 'buffer'> & Partial<Omit<Task, 'mark' | 'log'>>

let marks = 0

export function makeTask(orders: Orders): Task {
  const log = new Int32Array(new SharedArrayBuffer(12))
  const defaults = { first: 1, isSupervised: true, hasOwnLock: false, end: 'stay' } as const
  return { ...defaults, ...orders, mark: ++marks, log }
}

export function start(kind: Kind, orders: Orders): Thread {
  const worker = startScript('counter', kind)
  const task = makeTask(orders)
  const { mark, log } = task
  const isReady = new Promise<void>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      if (data.mark === mark) resolve()
    })
    worker.addEventListener('error', ({ message }) => reject(new Error(message)))
  })
  // Some tests don't wait for it.
  isReady.catch(() => {})
  worker.postMessage(task)
  return {
    worker,
    mark,
    isReady,
    count: () => Atomics.load(log, COUNT),
    address: () => Atomics.load(log, ADDRESS),
    stop: () => void Atomics.store(log, IS_ENOUGH, 1),
  }
}

/** What the page reads of a running worker; undefined if the worker has not begun, or counts as dead. */
export const valuesOf = (jobs: Jobs, { mark }: Thread): ThreadValues<typeof schema> | undefined =>
  perThread(jobs).find(thread => thread.mark === mark)

export const sumsOf = (jobs: Jobs): { all: number; live: number; retired: number } => ({
  all: totals(jobs).n,
  live: totals(jobs, 'live').n,
  retired: totals(jobs, 'retired').n,
})

/**
 * Only a failed test waits this long. On a machine whose processors are all busy, starting three nested workers takes up
 * to half a minute.
 */
const LIMIT_MS = 120_000

/**
 * Waits until a condition holds, without blocking the page's event loop.
 * @returns how long it took, in ms.
 */
export async function until(isSo: () => unknown, what: string): Promise<number> {
  const started = performance.now()
  while (!(await isSo())) {
    if (performance.now() - started > LIMIT_MS) assert.unreachable(`not within ${LIMIT_MS} ms: ${what}`)
    await delay(1)
  }
  return performance.now() - started
}

export const delay = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** The engine that runs this page. */
export const ENGINE: 'Chromium' | 'Firefox' | 'WebKit' = /Firefox/.test(navigator.userAgent)
  ? 'Firefox'
  : /Chrome/.test(navigator.userAgent)
    ? 'Chromium'
    : 'WebKit'
