// What must hold after the pool has worked: for the counters that Prometheus scraped, and for the tasks.
import * as assert from 'uvu/assert'
import type { Checklist } from './checklist.js'
import type { PoolRun } from './pool.js'
import { SLOTS_COUNTER } from './pool-metrics.js'
import type { Sample, SeriesValue } from './prometheus-server.js'
import type { CounterReading, SumReading } from './query-counter.js'
import { type Scrape, scrapedValue } from './scrape.js'
import { BATCH_SIZES, FATES, type Fate, isFatal } from './tasks.js'
import { WORKER_REGISTRY_COUNTER, WORKER_REGISTRY_TIMEOUT_MS } from './worker-registry.js'

/** How many different values of the slots' counter Prometheus must have seen while the pool worked. */
export const MIN_VALUES = 12

/** Both ways to ask for the pool's counts, at one moment. */
export interface Scrapes {
  /** The counters in slots and of messages. */
  readonly pool: Scrape
  readonly workerRegistry: Scrape
}

export interface Results {
  readonly poolRun: PoolRun
  /** Milliseconds since 1970. */
  readonly startTime: number
  readonly endTime: number
  readonly slots: CounterReading
  readonly threads: SumReading
  /** For each of `BATCH_SIZES`. */
  readonly messages: readonly CounterReading[]
  /** The series of WorkerRegistry that Prometheus has at the end. */
  readonly workerRegistry: readonly SeriesValue[]
  /** While the first task blocks its worker, once it has returned, and when all tasks have ended. */
  readonly whileBlocked: Scrapes
  readonly afterBlock: Scrapes
  readonly afterTasks: Scrapes
}

/** The pool's error for each fate. */
const ERRORS: { readonly [F in Fate]: RegExp } = {
  returns: /^$/,
  hangs: /aborted/,
  exits: /exited with code: 3/,
  throws: /^throws on purpose/,
  rejects: /^rejects on purpose/,
  blocks: /^$/,
}

/** The number of blocks that the tasks have hashed, by their own words. */
export const trueCount = ({ tasks }: PoolRun): number =>
  sum(tasks.map(({ hashedBlocks }) => hashedBlocks[0] ?? 0))

/** The number of blocks that the task had hashed that blocked its worker. No other task ran before it. */
export const countBeforeBlock = ({ tasks }: PoolRun): number =>
  sum(tasks.filter(({ fate }) => fate === 'blocks').map(({ blocks }) => blocks))

export function checkResults(checklist: Checklist, results: Results): void {
  const { poolRun, startTime, endTime, slots, threads, messages } = results
  const { tasks, workers } = poolRun
  const expected = trueCount(poolRun)
  const fatalTasks = tasks.filter(({ fate }) => isFatal(fate))

  checklist.check(`${fatalTasks.length} of ${tasks.length} tasks ended their worker`, () => {
    for (const fate of FATES) assert.ok(tasks.filter(task => task.fate === fate).length >= 10, fate)
    for (const { fate, error, blocks, hashedBlocks } of tasks) {
      assert.match(error?.message ?? '', ERRORS[fate])
      assert.is(hashedBlocks[0], blocks, `blocks of a task that ${fate}`)
    }
    assert.ok(workers > fatalTasks.length, `${workers} workers for ${fatalTasks.length} deaths`)
  })

  checklist.check('Prometheus saw the slots’ counter at 0, then growing, then at rest', () => {
    const valuesMeanwhile = valuesBetween(slots.samples, startTime, endTime)
    assert.equal(valuesBetween(slots.samples, 0, startTime), [0])
    assert.ok(valuesMeanwhile.length >= MIN_VALUES, `values while it grew: ${valuesMeanwhile}`)
    assert.equal(valuesBetween(slots.samples, endTime, Number.POSITIVE_INFINITY), [slots.counter])
  })
  checklist.check('the slots’ counter is what the tasks did', () => assert.is(slots.counter, expected))
  checklist.check('its increase() is the same', () => assert.is(slots.increase, expected))
  checklist.check('it was never reset', () => assert.is(slots.resets, 0))
  checklist.check('between two scrapes, increase() is extrapolated by the time since the last one', () => {
    const { increase, factor } = slots.betweenScrapes
    assert.ok(factor > 1 && Math.abs(increase / (expected * factor) - 1) < 1e-9, `${increase}, × ${factor}`)
  })
  checklist.check('the sum of the series by thread is the same, and never fell', () => {
    assert.equal(threads, { counter: expected, resets: 0 })
  })

  for (const [batchIndex, { counter, increase, resets }] of messages.entries()) {
    const size = BATCH_SIZES[batchIndex] ?? 0
    checklist.check(`${describeBatch(size)}: the counter lacks what dead workers had not sent`, () => {
      for (const { id, fate, blocks, reportedBlocks } of tasks) {
        const unsent = isFatal(fate) ? blocks % size : 0
        assert.is(reportedBlocks[batchIndex], blocks - unsent, `blocks of task ${id}, which ${fate}`)
      }
      const lost = sum(fatalTasks.map(({ blocks }) => blocks % size))
      assert.ok(lost > 0)
      assert.equal([counter, increase, resets], [expected - lost, expected - lost, 0])
    })
  }
  checkScrapes(checklist, results, fatalTasks.length)
}

function checkScrapes(checklist: Checklist, results: Results, deaths: number) {
  const { poolRun, workerRegistry, whileBlocked, afterBlock, afterTasks } = results
  const before = countBeforeBlock(poolRun)
  checklist.check('while a worker is blocked, a scrape of the slots is complete', () => {
    assert.is(scrapedValue(whileBlocked.pool, SLOTS_COUNTER), before)
  })
  checklist.check(
    'while a worker is blocked, WorkerRegistry waits for it until its timeout, and fails',
    () => {
      assertTimedOut(whileBlocked.workerRegistry, 1)
    },
  )
  checklist.check('when all workers are idle, slots and WorkerRegistry are both complete', () => {
    assert.is(scrapedValue(afterBlock.pool, SLOTS_COUNTER), before)
    assert.is(scrapedValue(afterBlock.workerRegistry, WORKER_REGISTRY_COUNTER), before)
  })
  checklist.check('after deaths, a scrape of the slots is complete', () => {
    assert.is(scrapedValue(afterTasks.pool, SLOTS_COUNTER), trueCount(poolRun))
  })
  checklist.check(`after deaths, WorkerRegistry waits for all ${deaths} dead workers, and fails`, () => {
    assertTimedOut(afterTasks.workerRegistry, deaths)
    assert.equal(workerRegistry, [], 'series in Prometheus')
  })
}

function assertTimedOut({ isOk, text, ms }: Scrape, missingWorkers: number) {
  assert.is(isOk, false)
  assert.is(text, `Operation timed out. ${missingWorkers} outstanding responses.`)
  // Timers may fire a millisecond early.
  assert.ok(ms >= WORKER_REGISTRY_TIMEOUT_MS - 10, `${ms} ms`)
}

/** The different values between two times, in order. */
export const valuesBetween = (samples: readonly Sample[], from: number, to: number): number[] => [
  ...new Set(samples.filter(({ time }) => time > from && time < to).map(({ value }) => value)),
]

export const describeBatch = (size: number): string =>
  Number.isFinite(size) ? `a message per ${size} blocks` : 'a message per task'

const sum = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0)
