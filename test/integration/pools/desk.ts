// Gives out tasks to one pool after another, and compares what was counted with what was written down.
import { onThreadExit, totals } from 'threadslots'
import * as assert from 'uvu/assert'
import { inTurn } from '../../support/workers/run.js'
import { counts } from './counts.js'
import { makeLedger, truthOf } from './ledger.js'
import type { Pool, Run } from './pool.js'
import type { Ending } from './task.js'
import { until, type WorkersSeen } from './workers-seen.js'

const CAPACITY = 20_000

export interface Submitted extends Run {
  readonly number: number
  /** Whether the pool has settled it: there is no waiting for an answer that never comes. */
  readonly isAnswered: () => boolean
}

export interface Desk {
  readonly submit: (pool: Pool, ending: Ending) => Submitted
  /** Has the pool do so many tasks, some at once, and waits until it has answered each. */
  readonly work: (pool: Pool, tasks: number, ending?: Ending) => Promise<void>
  /** Resolves with the id of the thread that does the task, once that has counted it. */
  readonly begun: (run: Submitted) => Promise<number>
  /** How many steps a task that stays has done. */
  readonly steps: (run: Submitted) => number
  /** Closes the pool, waits until all its threads have ended, and compares. */
  readonly close: (pool: Pool) => Promise<void>
  /** So many tasks were counted more often by themselves than by threadslots. */
  readonly lost: () => number
  readonly tasks: () => number
}

export function openDesk(seen: WorkersSeen): Desk {
  const ledger = makeLedger(CAPACITY)
  let next = 1
  let told = 0
  onThreadExit(counts, ({ values }) => {
    told += values.tasks ?? 0
  })

  const submit = (pool: Pool, ending: Ending): Submitted => {
    const number = next++
    assert.ok(number < CAPACITY)
    let isAnswered = false
    const settle = () => {
      isAnswered = true
    }
    const run = pool.run({ number, ending, ledger })
    run.answer.then(settle, settle)
    return { ...run, number, isAnswered: () => isAnswered }
  }
  const work = async (pool: Pool, tasks: number, ending: Ending = 'returns') => {
    await inTurn(tasks, 12, async () => {
      const { number, answer } = submit(pool, ending)
      if (ending === 'throws') {
        const outcome = await answer.then(String, error => error)
        assert.match(outcome?.message, 'as it was told')
      } else await answer
      assert.is(ledger.counted[number], 1, `task ${number} was done once`)
    })
  }
  const begun = async ({ number }: Submitted): Promise<number> => {
    await until(() => Atomics.load(ledger.by, number) > 0, `task ${number} begins`)
    return Atomics.load(ledger.by, number) - 1
  }
  const steps = ({ number }: Submitted) => Atomics.load(ledger.done, number)
  const close = async (pool: Pool) => {
    await pool.close()
    // The one that runs on reads totals.
    await until(() => seen.running.size === 1, 'all threads of a closed pool have ended')
    const truth = truthOf(ledger)
    const { steps, ...exact } = totals(counts)
    assert.equal(exact, { tasks: truth.tasks, numbers: truth.numbers, largest: truth.largest })
    assert.ok(
      truth.stepsDone <= steps && steps <= truth.stepsBegun,
      `${steps} steps: ${JSON.stringify(truth)}`,
    )
    assert.equal(totals(counts, 'retired'), totals(counts), 'nothing is of a thread that runs')
    assert.is(told, truth.tasks, 'onThreadExit told of each task once')
    assert.is(totals(counts, 'live').tasks, 0)
  }
  return {
    submit,
    work,
    begun,
    steps,
    close,
    lost: () => truthOf(ledger).tasks - totals(counts).tasks,
    tasks: () => truthOf(ledger).tasks,
  }
}
