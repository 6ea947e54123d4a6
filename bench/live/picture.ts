/*
 * What is seen at one moment: read from the slots of all threads, while they count.
 */
import { perThread, type Sample, sampler, type ThreadValues, type Totals, totals } from 'threadslots'
import { type LiveSchema, local } from './counters.js'
import type { Crash } from './crew.js'
import { bytesOf, type Plan } from './plan.js'

export interface Picture {
  readonly plan: Plan
  readonly seconds: number
  /** Share of the bytes that are counted. */
  readonly share: number
  readonly threads: readonly ThreadValues<LiveSchema>[]
  readonly retired: Totals<LiveSchema>
  readonly totals: Totals<LiveSchema>
  readonly rates: Sample<LiveSchema>['rates']
  readonly crash: Crash | undefined
}

/** Rates of shorter times jump. */
const SAMPLE_MS = 500

/** A function that takes pictures from now on. */
export function camera(plan: Plan): (crash: Crash | undefined) => Picture {
  const planBytes = bytesOf(plan)
  const started = performance.now()
  const sample = sampler(local)
  let { rates } = sample()
  let nextSample = started
  return crash => {
    const now = performance.now()
    if (now >= nextSample) {
      rates = sample().rates
      nextSample = now + SAMPLE_MS
    }
    const all = totals(local)
    return {
      plan,
      seconds: (now - started) / 1000,
      share: planBytes > 0 ? all.bytes / planBytes : 1,
      threads: perThread(local).sort((a, b) => a.threadId - b.threadId),
      retired: totals(local, 'retired'),
      totals: all,
      rates,
      crash,
    }
  }
}
