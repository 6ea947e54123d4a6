// Threads of a pool die while they run a task and other threads work.
import * as assert from 'uvu/assert'
import { until } from '../../../tools/testing/until.js'
import type { CauseOfDeath, Pool, PoolLibrary } from './pool-adapter.js'
import type { TaskEnding } from './task.js'
import type { TaskRunner } from './task-runner.js'
import type { WorkerTracker } from './worker-tracker.js'

export interface PoolUnderTest {
  readonly library: PoolLibrary
  readonly workers: WorkerTracker
  readonly runner: TaskRunner
  readonly threads: number
  /** Causes of death after which the pool never settled the dead thread's task. */
  readonly neverAnswered: Set<CauseOfDeath>
}

/** Fewer than the pool has threads, because not every pool replaces dead ones. */
const DEATHS = 2
/** Enough steps to show that a thread goes on. */
const MORE_STEPS = 500_000
/** Enough memory for a thread that counts, and too little for one that fills its heap. */
const TIGHT_LIMITS = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 2 }

const ENDINGS: { readonly [C in CauseOfDeath]: TaskEnding } = {
  'throws outside of the task': 'throws in a callback',
  'calls process.exit': 'exits',
  'is terminated': 'never ends',
  'is cancelled': 'never ends',
  'runs out of memory': 'fills the heap',
  'has its pool closed': 'never ends',
}

/** Has threads of one pool die of this cause. Resolves with their number. */
export async function runWithDeaths(
  { library, workers, runner, threads, neverAnswered }: PoolUnderTest,
  cause: CauseOfDeath,
): Promise<number> {
  const pool = library.open(threads, cause === 'runs out of memory' ? TIGHT_LIMITS : undefined)
  await runner.runTasks(pool, 4 * threads)
  for (let death = 0; death < DEATHS; death++) {
    const task = runner.submit(pool, ENDINGS[cause])
    const otherTasks = library.losesQueuedTasks ? undefined : runner.runTasks(pool, 40)
    const threadId = await runner.whenStarted(task)
    if (cause === 'is terminated') await workers.running.get(threadId)?.terminate()
    if (cause === 'is cancelled') task.cancel?.()
    await until(() => !workers.running.has(threadId), `the thread that ${cause} has ended`)
    await otherTasks
    await runner.runTasks(pool, 20)
    if (task.isAnswered()) continue
    neverAnswered.add(cause)
    // A program would do the same after a time limit of its own.
    task.cancel?.()
  }
  await runner.closeAndCheck(pool)
  return DEATHS
}

/** Closes a pool while all its threads count. Resolves with the number of threads. */
export async function closeBusyPool({ library, runner, threads }: PoolUnderTest): Promise<number> {
  const pool = library.open(threads)
  const tasks = Array.from({ length: threads }, () => runner.submit(pool, 'never ends'))
  await Promise.all(tasks.map(runner.whenStarted))
  await runner.closeAndCheck(pool)
  return threads
}

/**
 * Shows that a thread survives what ends threads of other pools: it goes on while others work, until it is terminated.
 * Resolves with the number of threads that have died.
 */
export async function runWithSurvivor(
  { library, workers, runner, threads }: PoolUnderTest,
  cause: CauseOfDeath,
): Promise<number> {
  const pool: Pool = library.open(threads)
  const task = runner.submit(pool, ENDINGS[cause])
  const threadId = await runner.whenStarted(task)
  task.cancel?.()
  const stepsBefore = runner.stepsOf(task)
  if (!library.losesQueuedTasks) await runner.runTasks(pool, 60)
  if (ENDINGS[cause] === 'never ends') {
    await until(() => runner.stepsOf(task) > stepsBefore + MORE_STEPS, 'the thread goes on')
  }
  const worker = workers.running.get(threadId)
  assert.ok(worker, 'the thread is running')
  await worker.terminate()
  await runner.closeAndCheck(pool)
  return 1
}
