// What must hold after the work: of Prometheus' readings, and of what the tasks did.
import * as assert from 'uvu/assert'
import type { Checks } from './checks.js'
import { BATCHES, FATES, type Fate, isDeath } from './orders.js'
import type { Sample } from './prometheus.js'
import type { Reading, SumReading } from './readings.js'
import type { Work } from './work.js'

/** So many values of the slots' counter Prometheus must have seen while the pool worked. */
export const LEAST_VALUES = 12

export interface Results {
  readonly work: Work
  /** Milliseconds since 1970. */
  readonly began: number
  readonly ended: number
  readonly slots: Reading
  readonly threads: SumReading
  /** For each of `BATCHES`. */
  readonly messages: readonly Reading[]
}

/** What the pool says of a task. */
const ERRORS: { readonly [F in Fate]: RegExp } = {
  returns: /^$/,
  hangs: /aborted/,
  exits: /exited with code: 3/,
  throws: /^throws, as it was told/,
  rejects: /^rejects, as it was told/,
}

/** All blocks, by the tasks' own words. */
export const truthOf = ({ tasks }: Work): number => sum(tasks.map(({ hashed }) => hashed[0] ?? 0))

export function checkClaims(checks: Checks, { work, began, ended, slots, threads, messages }: Results): void {
  const { tasks, workers } = work
  const truth = truthOf(work)
  const dead = tasks.filter(({ fate }) => isDeath(fate))

  checks.check(`${dead.length} of ${tasks.length} tasks took their worker with them`, () => {
    for (const fate of FATES) assert.ok(tasks.filter(task => task.fate === fate).length >= 10, fate)
    for (const { fate, error, blocks, hashed } of tasks) {
      assert.match(error?.message ?? '', ERRORS[fate])
      assert.is(hashed[0], blocks, `blocks of a task that ${fate}`)
    }
    assert.ok(workers > dead.length, `${workers} workers for ${dead.length} deaths`)
  })

  checks.check('Prometheus saw the slots’ counter at 0, then growing, then at rest', () => {
    const meanwhile = valuesIn(slots.samples, began, ended)
    assert.equal(valuesIn(slots.samples, 0, began), [0])
    assert.ok(meanwhile.length >= LEAST_VALUES, `values while it grew: ${meanwhile}`)
    assert.equal(valuesIn(slots.samples, ended, Number.POSITIVE_INFINITY), [slots.counter])
  })
  checks.check('the slots’ counter is what the tasks did', () => assert.is(slots.counter, truth))
  checks.check('so is its increase()', () => assert.is(slots.increase, truth))
  checks.check('it was never reset', () => assert.is(slots.resets, 0))
  checks.check('between two scrapes increase() is extrapolated, by the time since the last one', () => {
    const { increase, factor } = slots.between
    assert.ok(factor > 1 && Math.abs(increase / (truth * factor) - 1) < 1e-9, `${increase}, × ${factor}`)
  })
  checks.check('with a series for each thread, their sum is the same, and never fell', () => {
    assert.equal(threads, { counter: truth, resets: 0 })
  })

  for (const [batch, { counter, increase, resets }] of messages.entries()) {
    const limit = BATCHES[batch] ?? 0
    checks.check(`${means(limit)}: the counter lacks what had not been sent when a worker died`, () => {
      for (const { task, fate, blocks, arrived } of tasks) {
        const unsent = isDeath(fate) ? blocks % limit : 0
        assert.is(arrived[batch], blocks - unsent, `blocks of task ${task}, which ${fate}`)
      }
      const lost = sum(dead.map(({ blocks }) => blocks % limit))
      assert.ok(lost > 0)
      assert.equal([counter, increase, resets], [truth - lost, truth - lost, 0])
    })
  }
}

/** Different values between two times, in their order. */
export const valuesIn = (samples: readonly Sample[], from: number, to: number): number[] => [
  ...new Set(samples.filter(({ time }) => time > from && time < to).map(({ value }) => value)),
]

/** What counts by messages are called. */
export const means = (limit: number): string =>
  Number.isFinite(limit) ? `a message each ${limit} blocks` : 'a message for each task'

const sum = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0)
