/*
 * A demonstration of the pool (`npm run pool`). It runs thousands of short tasks and a few long ones. One of the long tasks is
 * cancelled, one gets stuck, and one loses its thread. At the end, what the threads have counted must be what the pool has
 * settled, or the exit code is 1.
 *
 * How to read the pool:
 *
 *   counters.ts     what each thread says about itself, in slots: how many tasks, which one, how far, how long
 *   task-table.ts   the tasks in shared memory, and why none is lost or run twice, wherever a thread is terminated
 *   worker.ts       a thread's loop
 *   pool.ts         the other side: how tasks are run, cancelled and settled, and what happens when a thread dies or is stuck
 *
 * The pool shows what slots can do for one. It is not meant to replace yours: a task takes a number and returns a number, it
 * can't be asynchronous, most of what it prints appears only when its thread ends, and the number of threads is fixed.
 */
import { setTimeout } from 'node:timers/promises'
import { type Histogram, totals } from 'threadslots'
import { top } from 'threadslots/top'
import { bar, percent, significant, whole } from '../../tools/format.js'
import { counters } from './counters.js'
import { SlotPool } from './pool.js'

/** What tasks are given: they count the primes below it. */
const SHORT = 5000
const LONG = 2_000_000
/** These two are not finished. */
const CANCELLED = 10_000_000
const KILLED = 20_000_000
/** A task that gets stuck. */
const ENDLESS = -1
/** Short tasks at a time. */
const CLIENTS = 20

const pool = new SlotPool({ threads: 5, module: new URL('./demo-tasks.js', import.meta.url), stuckMs: 1000 })
const outcomes = { fulfilled: 0, rejected: 0 }
const events: string[] = []
let isOver = false

const stop = top(counters, {
  intervalMs: 100,
  footer: () => events,
  columns: {
    started: false,
    input: { heading: 'primes below', format: limit => whole(Number(limit)) },
    progress: { format: share => bar(Number(share), 10).padEnd(10, '·'), align: 'left' },
  },
})
const clients = Array.from({ length: CLIENTS }, async () => {
  while (!isOver) await outcomeOf(pool.run(SHORT))
})
await Promise.all([outcomeOf(pool.run(LONG)), cancelOne(), killOne(), getStuck()])
isOver = true
await Promise.all(clients)
stop()
await pool.close()
report()

async function cancelOne(): Promise<void> {
  const controller = new AbortController()
  const promise = pool.run(CANCELLED, { signal: controller.signal })
  const outcome = outcomeOf(promise)
  await reached(0.1, promise)
  const share = pool.progress(promise) ?? 0
  const aborted = performance.now()
  controller.abort()
  const error = await outcome
  const ms = significant(performance.now() - aborted)
  tell(`${percent(share)} of a task was done when it was cancelled; it ended ${ms} ms later: ${error}`)
}

async function killOne(): Promise<void> {
  const promise = pool.run(KILLED)
  const outcome = outcomeOf(promise)
  await reached(0.05, promise)
  const thread = pool.threads().find(({ input }) => input === KILLED)
  pool.terminate(thread?.threadId ?? 0, 'the demonstration killed it')
  tell(`${percent(thread?.progress ?? 0)} of a task was done when its thread was killed: ${await outcome}`)
}

async function getStuck(): Promise<void> {
  tell(`a task got stuck: ${await outcomeOf(pool.run(ENDLESS))}`)
}

/** Counts what becomes of a task. Resolves with what it is rejected with. */
async function outcomeOf(promise: Promise<number>): Promise<unknown> {
  try {
    await promise
    outcomes.fulfilled++
    return undefined
  } catch (error) {
    outcomes.rejected++
    return error
  }
}

/** Resolves as soon as this share of a task is done, or the task is over. */
async function reached(share: number, promise: Promise<number>): Promise<void> {
  let isOver = false
  const end = () => {
    isOver = true
  }
  promise.then(end, end)
  while (!isOver && (pool.progress(promise) ?? 0) < share) await setTimeout(1)
}

/** Shows a line below the table, which remains when the table is drawn for the last time. */
function tell(event: string): void {
  events.push(event)
  if (!process.stdout.isTTY) console.log(event)
}

/** Compares what the promises, the pool and all threads say. */
function report(): void {
  const { ended, lost, withdrawn } = pool.settled
  const { started, done, busy, wait } = totals(counters)
  const { fulfilled, rejected } = outcomes
  const rows: [text: string, one: number, other: number][] = [
    ['tasks settled: promises, pool', fulfilled + rejected, ended + lost + withdrawn],
    ['tasks begun: pool, threads', ended + lost, started],
    ['tasks ended: pool, threads', ended, done],
  ]
  console.log(`\nbusy ${times(busy)}\nwait ${times(wait)}`)
  for (const [text, one, other] of rows) {
    console.log(
      `${text.padEnd(32)}${whole(one).padStart(9)}${whole(other).padStart(9)}  ${one === other ? 'equal' : 'DIFFERENT'}`,
    )
    if (one !== other) process.exitCode = 1
  }
}

function times(histogram: Histogram): string {
  const [median = 0, high = 0] = [50, 99].map(p => histogram.percentile(p))
  return `${significant(median)} ms (median), ${significant(high)} ms (99th percentile)`
}
