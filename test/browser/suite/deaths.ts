// Ends of workers, seen by the page: how long they took.
import * as assert from 'uvu/assert'
import { report } from '../../support/report.js'
import type { Jobs } from './jobs.js'
import { ENGINE, type Thread, until, valuesOf } from './threads.js'

/** Generous, since machines are noisy; a thread that spins is first asked to stop, for 2 s in Chromium. */
const CAP_MS = { idle: 2_000, spinning: 10_000 }
export type Activity = keyof typeof CAP_MS

const delaysMs = { idle: [] as number[], spinning: [] as number[] }

/** Terminates a worker, and waits until its row is free. */
export async function end(jobs: Jobs, thread: Thread, activity: Activity): Promise<void> {
  thread.worker.terminate()
  const ms = await until(
    () => !valuesOf(jobs, thread),
    `${activity} worker's death is seen`,
    CAP_MS[activity],
  )
  delaysMs[activity].push(ms)
}

/** What is promised of idle workers. Of the median, since machines are noisy: here it is a few milliseconds. */
const MEDIAN_MS = 100

/** A line for each activity. */
export function reportDelays(): void {
  for (const activity of ['idle', 'spinning'] as const) {
    const sorted = delaysMs[activity].sort((a, b) => a - b)
    const cells = {
      'from terminate() to the free row': `${ENGINE}, ${activity} worker`,
      deaths: sorted.length,
      'median, ms': rounded(sorted[sorted.length >> 1]),
      'longest, ms': rounded(sorted.at(-1)),
    }
    report({ cells, notes: [] })
  }
  const { idle } = delaysMs
  const median = idle[idle.length >> 1] ?? Number.NaN
  assert.ok(
    idle.length >= 40 && median < MEDIAN_MS,
    `${idle.length} idle workers, ${median} ms in the median`,
  )
}

const rounded = (ms: number | undefined): number => Math.round((ms ?? Number.NaN) * 10) / 10
