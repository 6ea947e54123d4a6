/*
 * What is lost when threads of a pool die: tasks, answers and counts, compared with what the tasks have noted themselves.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { perThread, totals } from 'threadslots'
import type { Meter } from '../../harness/meter.js'
import { counts } from './counts.js'
import { BATCH, exitOf, TASKS } from './deaths.js'
import { openPool, type Pool } from './libraries.js'
import { LOSS, type PoolName } from './names.js'
import { makeNotes, type Notes } from './notes.js'
import { THREADS } from './throughput.js'

const POLL_MS = 2
/** How long opening a pool may take. */
const OPENING_LIMIT_MS = 30_000
/**
 * How long nothing may happen, as multiples of the time that it took to open the pool, so that a busy machine gets more time:
 * before a missing thread counts as never replaced, before a pending task counts as forgotten, and before the pool gets more tasks.
 */
const REPLACING = 20
const PATIENCE = 5
const PAUSE = 1

/** What became of a task, as the thread sees it that has submitted it. */
type Outcome = 'pending' | 'resolved' | 'rejected'

export async function measureLosses(
  meter: Meter,
  name: PoolName,
  task: 'exiting' | 'throwing',
): Promise<void> {
  const notes = makeNotes(TASKS)
  const terminateStuckThreads = trackThreads(notes)
  const pool = await openPool[name]({ threads: THREADS, task })
  const outcomes = await submitBatches(pool, notes, terminateStuckThreads)

  const tasksWith = (isWanted: (outcome: Outcome, isDone: boolean, task: number) => boolean) =>
    outcomes.filter((outcome, task) => isWanted(outcome, notes.runs[task] !== 0, task)).length
  const figures = {
    [LOSS.done]: tasksWith((_, isDone) => isDone),
    [LOSS.own]: pool.completed?.(),
    [LOSS.slots]: totals(counts).done,
    [LOSS.rejected]: tasksWith((outcome, isDone) => isDone && outcome === 'rejected'),
    [LOSS.unsettled]: tasksWith(outcome => outcome === 'pending'),
    [LOSS.notStarted]: tasksWith(
      (_, isDone, number) => !isDone && !(task === 'exiting' && exitOf(number) === 'before its work'),
    ),
  }
  for (const [column, figure] of Object.entries(figures)) {
    if (figure !== undefined) meter.record(name, 'count', [figure], { column })
  }
  // The pool isn't closed, because some wait for the tasks that they have forgotten.
}

/** Submits all tasks, and waits for what becomes of them. */
async function submitBatches(
  pool: Pool,
  notes: Notes,
  terminateStuckThreads: () => void,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  const submit = (task: number) => {
    outcomes[task] = 'pending'
    pool.run(task).then(
      () => {
        outcomes[task] = 'resolved'
      },
      () => {
        outcomes[task] = 'rejected'
      },
    )
  }
  /** Whether all threads have loaded the task. */
  const isComplete = () => perThread(counts).length === THREADS && (pool.isReady?.() ?? true)
  const opening = performance.now()
  while (!isComplete()) {
    await delay(POLL_MS)
    if (performance.now() > opening + OPENING_LIMIT_MS)
      throw new Error('the pool has not started its threads')
  }
  const openedMs = performance.now() - opening

  let staysIncomplete = false
  /** Changes with everything that happens. */
  const state = () =>
    [sum(notes.runs), outcomes.filter(outcome => outcome !== 'pending').length, isComplete()].join()
  /** Waits until all tasks have settled and dead threads are replaced, or nothing happens any more. */
  const whenQuiet = async (limit: number) => {
    let [last, since] = [state(), performance.now()]
    while (outcomes.includes('pending') || !(isComplete() || staysIncomplete)) {
      await delay(POLL_MS)
      terminateStuckThreads()
      if (state() !== last) [last, since] = [state(), performance.now()]
      const isStarting = !(isComplete() || staysIncomplete)
      if (performance.now() < since + openedMs * (isStarting ? REPLACING : limit)) continue
      staysIncomplete ||= isStarting
      return
    }
  }
  for (let task = 0; task < TASKS; task++) {
    submit(task)
    if ((task + 1) % BATCH === 0) await whenQuiet(PAUSE)
  }
  await whenQuiet(PATIENCE)
  return outcomes
}

/** Follows the threads that are started from now on. Returns a function that terminates those in a task that never returns. */
function trackThreads({ stuckThreads }: Notes): () => void {
  const workers = new Map<number, Worker>()
  process.on('worker', worker => {
    // Read now, because it is −1 once the thread has ended.
    const { threadId } = worker
    workers.set(threadId, worker)
    worker.once('exit', () => workers.delete(threadId))
  })
  return () => {
    for (let task = 0; task < stuckThreads.length; task++) {
      const threadId = Atomics.exchange(stuckThreads, task, 0)
      if (threadId !== 0) workers.get(threadId)?.terminate()
    }
  }
}

const sum = (words: Int32Array): number => words.reduce((sum, word) => sum + word, 0)
