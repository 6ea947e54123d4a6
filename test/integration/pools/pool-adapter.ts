// What the tests need from a pool library. Each library implements it in a few lines.
import type { ResourceLimits } from 'node:worker_threads'
import type { Task } from './task.js'

export interface TaskRun {
  /** Settles when the pool's own promise settles. */
  readonly answer: PromiseLike<unknown>
  /** Cancels the task by the pool's own means. */
  readonly cancel?: () => void
}

export interface Pool {
  readonly run: (task: Task) => TaskRun
  /** Ends all threads, even busy ones. */
  readonly close: () => PromiseLike<unknown>
}

export interface PoolLibrary {
  /** The name of its package. */
  readonly name: string
  /** Opens a pool with a fixed number of threads. */
  readonly open: (threads: number, resourceLimits?: ResourceLimits) => Pool
  /** Opens a pool that grows from `min` to `max` threads under load, and shrinks afterwards. */
  readonly openElastic?: (min: number, max: number) => Pool
  /** Opens a pool that starts a new thread for each task. */
  readonly openIsolating?: (threads: number) => Pool
  /** Whether tasks are queued at a busy thread, and lost with it. */
  readonly losesQueuedTasks?: boolean
  /** Whether a shrinking pool may keep idle threads that it has asked to end. */
  readonly forgetsIdleThreads?: boolean
  /** What doesn't end a thread of this pool, and why. */
  readonly survives: { readonly [C in CauseOfDeath]?: string }
  /** What else this pool can't do. */
  readonly limitations: readonly string[]
}

/** How a thread dies while it runs a task. Each completes the sentence "a thread that …". */
export type CauseOfDeath = (typeof CAUSES_OF_DEATH)[number]
export const CAUSES_OF_DEATH = [
  'throws outside of the task',
  'calls process.exit',
  'is terminated',
  'is cancelled',
  'runs out of memory',
  'has its pool closed',
] as const
