// What pages and workers of these tests count.
import { type ThreadLocal, threadLocal } from 'threadslots/browser'

/** `mark` says which worker it is: ids are the library's. */
export const schema = { n: 'u32', mark: { type: 'u32', fold: 'none' } } as const

export type Jobs = ThreadLocal<typeof schema>

/** Not before the table is there. */
export const defineJobs = (): Jobs => threadLocal('jobs', schema)

/**
 * What a worker writes into memory that is no table's, as i32 words: its count, right after each increment; where its
 * slot lies in the table, as a byte address, once it has one. And what ends its counting, if anything: not 0, written
 * by the page.
 */
export const COUNT = 0
export const ADDRESS = 1
export const IS_ENOUGH = 2

/** What a worker is told to do. */
export interface Task {
  readonly buffer: SharedArrayBuffer
  readonly mark: number
  readonly log: Int32Array<SharedArrayBuffer>
  /** Its count at first. */
  readonly first: number
  /** Waits then until it is supervised. */
  readonly isSupervised: boolean
  /** Posts an answer then; and what it does at last. Who counts returns when it is enough. */
  readonly end: 'stay' | 'spin' | 'close' | 'close and spin' | 'throw'
  /** A worker that it starts, and that starts more; their answers are passed on. */
  readonly child?: Task
}

export interface Answer {
  readonly mark: number
}
