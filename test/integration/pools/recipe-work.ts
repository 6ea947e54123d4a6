// What the tests' own tasks do, wrapped by the page's `asTask`.
import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate } from 'node:timers/promises'
import { threadId } from 'node:worker_threads'
import type { Tasks } from './recipe-tasks.js'

/** Words that a test and its tasks share. */
export const STARTED = 0
export const GATE = 1
const READ = 2
export const createWords = (): Int32Array => new Int32Array(new SharedArrayBuffer(12))

export interface OwnInput {
  readonly act: keyof typeof acts
  readonly words?: Int32Array
  /** How often an interleaved task yields to its event loop for another one that doesn't come. */
  readonly yields?: number
}

type Report = (percent: number) => void
/** The page's thread-local, with an ordinary property. */
type OwnTasks = Tasks & { connection?: { readonly openedBy: number } }

/** What a task finds on its thread. */
export interface Found {
  readonly threadId: number
  readonly percent: number
  /** An ordinary property, which the first task on the thread has set. */
  readonly connection: { readonly openedBy: number }
}

/** What an async task reads of its own id. */
export interface IdRead {
  readonly slot: number
  readonly store: number | undefined
}

export const work = (input: OwnInput, report: Report, tasks: OwnTasks): unknown =>
  acts[input.act](input, report, tasks)

const current = new AsyncLocalStorage<number>()

const acts = {
  looks(_: OwnInput, _report: Report, tasks: OwnTasks): Found {
    tasks.connection ??= { openedBy: tasks.id }
    const { percent, connection } = tasks
    return { threadId, percent, connection }
  },
  /** Blocks its thread until the test opens the gate, or cancels the task. */
  waits({ words = createWords() }: OwnInput, report: Report): void {
    Atomics.add(words, STARTED, 1)
    while (Atomics.load(words, GATE) === 0) report(40)
  },
  throws(_: OwnInput, report: Report): void {
    report(60)
    throw new TypeError('thrown at 60 %')
  },
  /** Never ends, and never notices that it was cancelled. */
  hangs(_: OwnInput, report: Report): void {
    report(60)
    for (;;);
  },
  /** Gives another task the opportunity to run on this thread. Returns what it then reads of its own id. */
  interleaves: (
    { words = createWords(), yields = 0 }: OwnInput,
    _: Report,
    tasks: OwnTasks,
  ): Promise<IdRead> =>
    current.run(tasks.id, async () => {
      await othersTurn(words, STARTED, yields)
      const read = { slot: tasks.id, store: current.getStore() }
      await othersTurn(words, READ, yields)
      return read
    }),
}

/** Waits until two tasks are here. */
async function othersTurn(words: Int32Array, word: number, yields: number): Promise<void> {
  Atomics.add(words, word, 1)
  for (let left = yields; left > 0 && Atomics.load(words, word) < 2; left--) await setImmediate()
}
