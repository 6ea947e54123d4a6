// A page that is left and comes back, with a worker that counts and one that supervises. What it does is told by
// test/browser/web/back.test.ts.
import {
  defaultTable,
  onThreadExit,
  perThread,
  SlotTable,
  setDefaultTable,
  whenSupervised,
} from 'threadslots/browser'
import { defineJobs } from './jobs.js'
import { start, startScript, type Thread, until, valuesOf } from './threads.js'

/** What is seen of the page. */
export interface Look {
  /** True if it is the same page as before, out of the browser's cache. */
  readonly isBack: boolean
  /** Its own, as it reads it itself, and as all read it. */
  readonly own: readonly (number | undefined)[]
  /** The counts of its workers that have a row, by the worker's name. */
  readonly workers: { readonly [name: string]: number }
  /** How many rows these have. */
  readonly rows: number
  /** The names of workers whose end the page was told of. */
  readonly exits: readonly string[]
  /** What nobody caught. */
  readonly uncaught: readonly string[]
}

/** What the page does as it is told. */
export interface BackPage {
  /** Starts a worker that counts to a number. */
  start(name: string, n: number): Promise<void>
  /** Ends a worker, and waits until its row is free, and the page was told. */
  end(name: string): Promise<Look>
  look(): Look
}

declare global {
  var backPage: BackPage | undefined
}

const uncaught: string[] = []
addEventListener('error', ({ message }) => uncaught.push(message))
addEventListener('unhandledrejection', ({ reason }) => uncaught.push(String(reason)))
let isBack = false
addEventListener('pageshow', ({ persisted }) => {
  isBack = persisted
})

setDefaultTable(SlotTable.create({ maxThreads: 8 }))
const jobs = defineJobs()
const { buffer } = defaultTable()
const threads = new Map<string, Thread>()
const nameOf = (mark: number | undefined) =>
  [...threads].find(([, thread]) => thread.mark === mark)?.[0] ?? '?'
const exits: string[] = []
onThreadExit(jobs, ({ values }) => exits.push(nameOf(values.mark)))
jobs.n = 1
await whenSupervised(defaultTable())
const watcher = startScript('watcher', 'module')
await new Promise<unknown>(resolve => {
  watcher.onmessage = resolve
  watcher.postMessage(buffer)
})

globalThis.backPage = {
  async start(name, n) {
    const thread = start('module', { buffer, first: n })
    threads.set(name, thread)
    await thread.isReady
  },
  async end(name) {
    const thread = threads.get(name) as Thread
    thread.worker.terminate()
    const told = exits.length
    await until(() => !valuesOf(jobs, thread) && exits.length > told, `${name} is seen to end`)
    return look()
  },
  look,
}

function look(): Look {
  const readings = perThread(jobs)
  const [own] = readings.filter(({ threadId }) => threadId === 0)
  const workers = readings.filter(({ threadId }) => threadId !== 0)
  return {
    isBack,
    own: [jobs.n, own?.n],
    workers: Object.fromEntries(workers.map(({ mark, n = -1 }) => [nameOf(mark), n])),
    rows: workers.length,
    exits,
    uncaught,
  }
}
