/*
 * What each thread of a pool says about itself. The main thread and all workers import this module.
 */
import { type ThreadLocal, threadLocal } from 'threadslots'
import { type HistogramSpec, histogram } from 'threadslots/histogram'

const times = histogram({ min: 0.001, max: 60_000, digits: 2, unit: 'milliseconds' })

const schema = {
  started: { type: 'count', help: 'Tasks that have begun' },
  done: { type: 'count', help: 'Tasks that have ended, with a result or an error' },
  /** What the thread computes, or computed last. */
  input: { type: 'f64', fold: 'none' },
  /** How much of that is done, from 0 to 1. */
  progress: { type: 'f64', fold: 'none' },
  /** Times in tasks. */
  busy: times as HistogramSpec,
  /** Times between tasks. */
  wait: times as HistogramSpec,
} as const

export type PoolSchema = typeof schema
export type Counters = ThreadLocal<PoolSchema>

/** All pools of a process share them. */
export const counters: Counters = threadLocal('pool', schema)
