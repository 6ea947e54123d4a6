// What the scenarios ask of a pool: a few lines for each library.
import type { ResourceLimits } from 'node:worker_threads'
import type { Task } from './task.js'

export interface Run {
  /** Settles as the pool's own promise does. */
  readonly answer: PromiseLike<unknown>
  /** Takes the task back by the pool's own means. */
  readonly cancel?: () => void
}

export interface Pool {
  readonly run: (task: Task) => Run
  /** Ends all threads, whatever they do. */
  readonly close: () => PromiseLike<unknown>
}

export interface PoolKind {
  /** Of its package. */
  readonly name: string
  /** A pool of so many threads. */
  readonly open: (threads: number, resourceLimits?: ResourceLimits) => Pool
  /** A pool that has from `least` to `most` threads, as there is work. */
  readonly openElastic?: (least: number, most: number) => Pool
  /** A pool with a new thread for each task. */
  readonly openIsolating?: (threads: number) => Pool
  /** Tasks are handed to a thread before it is done with others, and are lost with it. */
  readonly losesWaiting?: boolean
  /** What ends no thread of this pool, and why. */
  readonly survives: { readonly [W in Way]?: string }
  /** What else this pool can't do. */
  readonly lacks: readonly string[]
}

/** The ways in which a thread dies with a task. */
export type Way = (typeof WAYS)[number]
export const WAYS = [
  'throws outside of the task',
  'calls process.exit',
  'is terminated',
  'is cancelled',
  'runs out of memory',
  'has its pool closed',
] as const
