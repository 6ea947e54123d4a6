// Starting workers in a page, and waiting for what becomes of them.
import { perThread, type ThreadValues, totals } from 'threadslots/browser'
import * as assert from 'uvu/assert'
import { ADDRESS, type Answer, COUNT, IS_ENOUGH, type Jobs, type schema, type Task } from './jobs.js'

/** Each script of a worker is served as a module, and as one script that needs no modules. */
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

/** Ends what a failed test has left. */
export function endAll(): void {
  for (const worker of running) worker.terminate()
  running.clear()
}

/** A worker with a task. */
export interface Thread {
  readonly worker: Worker
  readonly mark: number
  /** Resolves once it has done all but the end of its task. */
  readonly isReady: Promise<void>
  /** As it wrote it beside the table. */
  readonly count: () => number
  readonly address: () => number
  /** Ends its counting, so that it returns. */
  readonly stop: () => void
}

/** All but what is filled in when it starts. */
export type Orders = Pick<Task, 'buffer'> & Partial<Omit<Task, 'mark' | 'log'>>

let marks = 0

export function makeTask(orders: Orders): Task {
  const log = new Int32Array(new SharedArrayBuffer(12))
  return { first: 1, isSupervised: true, end: 'stay', ...orders, mark: ++marks, log }
}

export function start(kind: Kind, orders: Orders): Thread {
  const worker = startScript('job', kind)
  const task = makeTask(orders)
  const { mark, log } = task
  const isReady = new Promise<void>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      if (data.mark === mark) resolve()
    })
    worker.addEventListener('error', ({ message }) => reject(new Error(message)))
  })
  // Not all tests wait for it.
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

/** What the page reads of a running worker; undefined if it counts as dead, or has not begun. */
export const valuesOf = (jobs: Jobs, { mark }: Thread): ThreadValues<typeof schema> | undefined =>
  perThread(jobs).find(thread => thread.mark === mark)

export const sumsOf = (jobs: Jobs): { all: number; live: number; retired: number } => ({
  all: totals(jobs).n,
  live: totals(jobs, 'live').n,
  retired: totals(jobs, 'retired').n,
})

/** Long after anything should have happened: only a failed test waits as long. */
const LIMIT_MS = 20_000

/** Waits until something is so, and returns for how long it was not, in ms. A page must not wait in any other way. */
export async function until(isSo: () => unknown, what: string, limitMs: number = LIMIT_MS): Promise<number> {
  const started = performance.now()
  while (!isSo()) {
    const ms = performance.now() - started
    if (ms > limitMs) assert.unreachable(`not within ${Math.round(ms)} ms: ${what}`)
    await delay(1)
  }
  return performance.now() - started
}

export const delay = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** The engine that this is. */
export const ENGINE: 'Chromium' | 'Firefox' | 'WebKit' = /Firefox/.test(navigator.userAgent)
  ? 'Firefox'
  : /Chrome/.test(navigator.userAgent)
    ? 'Chromium'
    : 'WebKit'
