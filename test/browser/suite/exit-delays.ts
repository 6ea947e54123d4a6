// Terminates workers and measures how soon the page frees their rows.
import * as assert from 'uvu/assert'
import { reportRow } from '../../support/report.js'
import { ENGINE, type Thread, until, valuesOf } from './start-worker.js'
import { type Jobs, ownLockName } from './tasks.js'

export type Activity = 'idle' | 'spinning'

/** From terminate() to the free row. */
const delaysMs = { idle: [] as number[], spinning: [] as number[] }
/** How much later than the browser's release of the worker's own lock. Of idle workers. */
const lagsMs: number[] = []

/** Terminates a worker and waits until its row is free. An idle worker must have a lock of its own. */
export async function end(jobs: Jobs, thread: Thread, activity: Activity): Promise<void> {
  const whenReleased =
    activity === 'idle' && navigator.locks.request(ownLockName(thread.mark), () => performance.now())
  const terminated = performance.now()
  thread.worker.terminate()
  const ms = await until(() => !valuesOf(jobs, thread), `the row of the ${activity} worker is free`)
  delaysMs[activity].push(ms)
  if (whenReleased) lagsMs.push(terminated + ms - (await whenReleased))
}

/** The library promises this of idle workers, in the median. On a quiet machine the whole delay is a few milliseconds. */
const MEDIAN_LAG_MS = 100

/** Reports the delays, a line for each activity, and checks those of idle workers. */
export function checkDelays(): void {
  for (const activity of ['idle', 'spinning'] as const) {
    const delays = sorted(delaysMs[activity])
    const cells = {
      'from terminate() to the free row': `${ENGINE}, ${activity} worker`,
      deaths: delays.length,
      'median, ms': rounded(medianOf(delays)),
      'longest, ms': rounded(delays.at(-1)),
    }
    reportRow({ cells, notes: [] })
  }
  const lag = medianOf(sorted(lagsMs)) ?? Number.NaN
  assert.ok(lagsMs.length >= 40 && lag < MEDIAN_LAG_MS, `${lagsMs.length} idle workers, median ${lag} ms`)
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)

const medianOf = (sorted: readonly number[]): number | undefined => sorted[sorted.length >> 1]

const rounded = (ms: number | undefined): number => Math.round((ms ?? Number.NaN) * 10) / 10
