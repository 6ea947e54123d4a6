// What the threads of a chaos run are told, and the words of shared memory in which they answer.
import type { Death } from './deaths.js'

/** What a worker is told. */
export interface Orders {
  readonly death: Death
  /** Where this thread acknowledges, then where its worker does, then its worker's worker. */
  readonly acknowledgements: readonly Int32Array[]
  /** How many steps a thread takes before it ends by itself. */
  readonly steps: number
  /** The table in which the thread makes keys, if it makes any. */
  readonly keyMaking: KeyMakingOrders | undefined
}

export interface KeyMakingOrders {
  readonly buffer: SharedArrayBuffer
  /** One word: the number of the next key that all threads make. */
  readonly cursor: Int32Array
  /** Starts the names of keys that no other thread makes. */
  readonly ownPrefix: string
  /** How many keys the thread makes before it exits in the middle of making another. */
  readonly keys: number
  /** How many compare-and-swaps of that last key it still does: the first claims the record, the second publishes. */
  readonly swaps: number
}

// The words in which a thread acknowledges. It writes a count after it has counted, so a thread that dies in between has
// done one more than it has acknowledged.
/** The thread's id + 1, once it runs. */
export const THREAD = 0
export const STEPS = 1
export const KEY_STEPS = 2

export const createAcknowledgement = (): Int32Array => new Int32Array(new SharedArrayBuffer(12))

// The words that the reader shares with the main thread.
/** 1 tells the reader to stop. */
export const STOP = 0
export const READINGS = 1
/** How often the reader saw a sum fall. */
export const FALLS = 2

export const createReaderWords = (): Int32Array => new Int32Array(new SharedArrayBuffer(12))
