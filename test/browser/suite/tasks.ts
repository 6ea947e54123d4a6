// What the counting workers of these tests are told to do, and the slots in which they count.
import { type ThreadLocal, threadLocal } from 'threadslots/browser'

/** `mark` identifies the worker: thread ids are chosen by the library. */
export const schema = { n: 'u32', mark: { type: 'u32', fold: 'none' } } as const

export type Jobs = ThreadLocal<typeof schema>

/** Call it only once the thread has a table. */
export const defineJobs = (): Jobs => threadLocal('jobs', schema)

/**
 * Indexes of a worker's log, a shared array outside of the table:
 * - COUNT: its count, which the worker writes right after each increment;
 * - ADDRESS: the byte address of its slot in the table;
 * - IS_ENOUGH: written by the page; any value but 0 stops a counting worker.
 */
export const COUNT = 0
export const ADDRESS = 1
export const IS_ENOUGH = 2

/** What a worker is told to do. */
export interface Task {
  readonly buffer: SharedArrayBuffer
  readonly mark: number
  readonly log: Int32Array<SharedArrayBuffer>
  /** Its first count. */
  readonly first: number
  /** Whether it waits until it is supervised before it answers. */
  readonly isSupervised: boolean
  /** Whether it takes a lock of its own (`ownLockName`) before it answers. */
  readonly hasOwnLock: boolean
  /** What it does after its answer. A worker that spins counts until it is stopped. */
  readonly end: 'stay' | 'spin' | 'close' | 'close and spin' | 'throw'
  /** The task of a worker that it starts, which may start another. It passes their answers on. */
  readonly child?: Task
}

export interface Answer {
  readonly mark: number
}

/** A lock that has nothing to do with the library: its release tells when the browser itself sees the worker end. */
export const ownLockName = (mark: number): string => `worker ${mark} of a test`
