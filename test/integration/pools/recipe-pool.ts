// A pool that runs the tasks of docs/pools.md.
import { setTimeout as delay } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { until } from '../../../tools/testing/until.js'
import { type Recipes, type RecipeTask, type Run, writePoolRecipe } from './recipe-files.js'
import type { OpenOptions, RecipeLibrary } from './recipe-libraries.js'
import type { Found, OwnInput } from './recipe-work.js'
import type { WorkerTracker } from './worker-tracker.js'

export interface RecipePool {
  /** Hands a job to the pool. */
  readonly run: Run
  /** Hands a job to the pool, which ends the thread after this time. Undefined if the pool can't. */
  readonly limitedRun: ((ms: number) => Run) | undefined
  /** The name of a cancelled task's error, and its code if it has one, as the page says. */
  readonly cancelledError: string
  /** The page's `submit`, with this pool. */
  readonly submit: (task: RecipeTask, signal?: AbortSignal) => Promise<unknown>
  /** Runs a task that only returns what it finds on its thread. */
  readonly look: () => Promise<Found>
  /** Ends the pool's threads, and waits until all have ended. */
  readonly close: () => Promise<void>
}

export async function openPool(
  { name, open }: RecipeLibrary,
  { submit }: Recipes,
  workers: WorkerTracker,
  options: OpenOptions = {},
): Promise<RecipePool> {
  const { file, runOn, limitedRunOn, cancelledError } = await writePoolRecipe(name)
  const others = new Set(workers.running.keys())
  const { pool, close } = open(file, options)
  const run = runOn(pool)
  const submitHere: RecipePool['submit'] = (task, signal) => {
    const answer = submit(run, task, signal)
    // A test that fails waits for none of its tasks.
    answer.catch(() => {})
    return answer
  }
  return {
    run,
    limitedRun: limitedRunOn && (ms => limitedRunOn(pool, ms)),
    cancelledError,
    submit: submitHere,
    look: () => submitHere(taskOf(1, { act: 'looks' })) as Promise<Found>,
    close: async () => {
      close()
      const haveEnded = () => [...workers.running.keys()].every(threadId => others.has(threadId))
      await until(haveEnded, 'all threads of the pool have ended')
    },
  }
}

/** How long a test may take. Most of them take some tens of milliseconds. */
const TEST_MS = 10_000

/** Runs the body of a test with a pool. If it fails or takes too long, the pool is closed. */
export async function testWith(pool: RecipePool, body: () => Promise<void>): Promise<void> {
  const timer = new AbortController()
  const tooLate = delay(TEST_MS, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`not within ${TEST_MS} ms`)
  })
  try {
    await Promise.race([body(), tooLate])
  } catch (error) {
    await pool.close()
    throw error
  } finally {
    timer.abort()
  }
}

/** A limit for the page's `primes.js` that takes seconds, and one that takes days. */
export const LARGE = 1e7
export const ENDLESS = 1e15

export const taskOf = (id: number, input: { readonly limit: number } | OwnInput): RecipeTask => ({
  id,
  doing: `task ${id}`,
  input,
})

/** Waits until a task is running. Resolves with the id of its thread. */
export async function whenRunning({ threadOf }: Recipes, id: number): Promise<number> {
  await until(() => threadOf(id) !== undefined, `task ${id} is running`)
  return threadOf(id)?.threadId ?? (assert.unreachable(`task ${id} has ended`) as never)
}

/**
 * Runs an endless task within a time limit, which is doubled if the task hasn't started by then. Resolves once the task is
 * running.
 */
export async function runUntilLimit(
  { threadOf }: Recipes,
  runWithin: (id: number, ms: number) => Promise<unknown>,
): Promise<{ readonly id: number; readonly threadId: number; readonly answer: Promise<unknown> }> {
  for (let [id, ms] = [100, 50]; ; id++, ms *= 2) {
    const answer = runWithin(id, ms)
    let isAnswered = false
    answer.catch(() => {
      isAnswered = true
    })
    let threadId: number | undefined
    const isRunning = () => {
      threadId = threadOf(id)?.threadId
      return threadId !== undefined
    }
    await until(() => isRunning() || isAnswered, `task ${id} is running`)
    if (threadId !== undefined) return { id, threadId, answer }
  }
}
