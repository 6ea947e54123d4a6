// Runs tasks in one pool after another, and compares what threadslots counted with what the tasks recorded.
import { onThreadExit, totals } from 'threadslots'
import * as assert from 'uvu/assert'
import { until } from '../../../tools/testing/until.js'
import { runConcurrently } from '../../support/concurrency.js'
import { counts } from './counts.js'
import type { Pool, TaskRun } from './pool-adapter.js'
import type { TaskEnding } from './task.js'
import { createRecords, expectedCounts } from './task-records.js'
import type { WorkerTracker } from './worker-tracker.js'

const MAX_TASKS = 20_000
const MAX_CONCURRENT_TASKS = 12

export interface SubmittedTask extends TaskRun {
  readonly number: number
  /** Whether the pool has settled the task. Some never do, so the tests can't just await the answer. */
  readonly isAnswered: () => boolean
}

export interface TaskRunner {
  readonly submit: (pool: Pool, ending: TaskEnding) => SubmittedTask
  /** Has the pool run a number of tasks, several at a time, and waits until it has answered all of them. */
  readonly runTasks: (pool: Pool, tasks: number, ending?: TaskEnding) => Promise<void>
  /** Waits until the task has counted itself. Resolves with the id of its thread. */
  readonly whenStarted: (task: SubmittedTask) => Promise<number>
  /** How many steps a task that never ends has counted so far. */
  readonly stepsOf: (task: SubmittedTask) => number
  /** Closes the pool, waits until all its threads have ended, and asserts that all counts are right. */
  readonly closeAndCheck: (pool: Pool) => Promise<void>
  /** How many tasks counted themselves in their records but not in the totals. */
  readonly lostTasks: () => number
  readonly taskCount: () => number
}

export function createTaskRunner(workers: WorkerTracker): TaskRunner {
  const records = createRecords(MAX_TASKS)
  let nextNumber = 1
  let reportedTasks = 0
  onThreadExit(counts, ({ values }) => {
    reportedTasks += values.tasks ?? 0
  })

  const submit = (pool: Pool, ending: TaskEnding): SubmittedTask => {
    const number = nextNumber++
    assert.ok(number < MAX_TASKS)
    let isAnswered = false
    const settle = () => {
      isAnswered = true
    }
    const run = pool.run({ number, ending, records })
    run.answer.then(settle, settle)
    return { ...run, number, isAnswered: () => isAnswered }
  }
  const runTasks = async (pool: Pool, tasks: number, ending: TaskEnding = 'returns') => {
    await runConcurrently(tasks, MAX_CONCURRENT_TASKS, async () => {
      const { number, answer } = submit(pool, ending)
      if (ending === 'throws') {
        const outcome = await answer.then(String, error => error)
        assert.match(outcome?.message, 'thrown on purpose')
      } else await answer
      assert.is(records.counted[number], 1, `task ${number} ran once`)
    })
  }
  const whenStarted = async ({ number }: SubmittedTask): Promise<number> => {
    await until(() => Atomics.load(records.threads, number) > 0, `task ${number} has started`)
    return Atomics.load(records.threads, number) - 1
  }
  const closeAndCheck = async (pool: Pool) => {
    await pool.close()
    // One worker goes on: the one that watches the totals.
    await until(() => workers.running.size === 1, 'all threads of the closed pool have ended')
    const { minSteps, maxSteps, ...expected } = expectedCounts(records)
    const { steps, ...exact } = totals(counts)
    assert.equal(exact, expected)
    assert.ok(minSteps <= steps && steps <= maxSteps, `${steps} steps, expected ${minSteps} to ${maxSteps}`)
    assert.equal(totals(counts, 'retired'), totals(counts), 'all counts are of dead threads')
    assert.is(reportedTasks, expected.tasks, 'onThreadExit reported each task once')
    assert.is(totals(counts, 'live').tasks, 0)
  }
  return {
    submit,
    runTasks,
    whenStarted,
    stepsOf: ({ number }) => Atomics.load(records.countedSteps, number),
    closeAndCheck,
    lostTasks: () => expectedCounts(records).tasks - totals(counts).tasks,
    taskCount: () => expectedCounts(records).tasks,
  }
}
