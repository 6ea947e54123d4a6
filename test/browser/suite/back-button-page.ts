// A page that is left and comes back, with workers that count and one that supervises. It does what
// test/browser/back-button.test.ts tells it to do.
import {
  defaultTable,
  onThreadExit,
  perThread,
  SlotTable,
  setDefaultTable,
  whenSupervised,
} from 'threadslots/browser'
import { makePause } from './pauses.js'
import { answerOf, start, startScript, type Thread, until, valuesOf } from './start-worker.js'
import { defineJobs } from './tasks.js'
import type { Supervision } from './workers/supervisor.js'

/** What the page reads and was told. */
export interface PageState {
  /** True if this is the same page as before, restored from the browser's cache. */
  readonly isRestored: boolean
  /** The page's own count: as it reads it in its slot, and as any thread reads it. */
  readonly own: readonly (number | undefined)[]
  /** The counts of the workers that have a row, by the worker's name. */
  readonly workers: { readonly [name: string]: number }
  /** The number of rows that these workers have. */
  readonly rows: number
  /** The names of the workers whose exit the page was told of. */
  readonly exits: readonly string[]
  /** Errors that nothing caught. */
  readonly uncaught: readonly string[]
}

/** Called from outside of the page. */
export interface PageCommands {
  /** Starts a worker whose count is a number. */
  start(name: string, n: number): Promise<void>
  /** Terminates a worker, and waits until its row is free and the page was told. */
  end(name: string): Promise<PageState>
  readState(): PageState
}

declare global {
  var pageCommands: PageCommands | undefined
}

const uncaught: string[] = []
addEventListener('error', ({ message }) => uncaught.push(message))
addEventListener('unhandledrejection', ({ reason }) => uncaught.push(String(reason)))
let isRestored = false
addEventListener('pageshow', ({ persisted }) => {
  isRestored = persisted
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
const supervisor = startScript('supervisor', 'module')
supervisor.postMessage({ buffer, longestPause: makePause() } satisfies Supervision)
await answerOf(supervisor)

globalThis.pageCommands = {
  async start(name, n) {
    const thread = start('module', { buffer, first: n })
    threads.set(name, thread)
    await thread.isReady
  },
  async end(name) {
    const thread = threads.get(name) as Thread
    const told = exits.length
    thread.worker.terminate()
    await until(() => !valuesOf(jobs, thread) && exits.length > told, `the page sees the end of ${name}`)
    return readState()
  },
  readState,
}

function readState(): PageState {
  const readings = perThread(jobs)
  const [own] = readings.filter(({ threadId }) => threadId === 0)
  const workers = readings.filter(({ threadId }) => threadId !== 0)
  return {
    isRestored,
    own: [jobs.n, own?.n],
    workers: Object.fromEntries(workers.map(({ mark, n = -1 }) => [nameOf(mark), n])),
    rows: workers.length,
    exits,
    uncaught,
  }
}
