// The tasks of the pool, and what the main thread and its workers tell each other about them.

/**
 * How a task ends. Tasks take these in turn. The pool aborts a task that hangs. The worker of a task that rejects lives on.
 */
export const FATES = ['returns', 'hangs', 'returns', 'exits', 'returns', 'throws', 'rejects'] as const

/** A task that blocks is run once, before the others: it keeps its worker busy until it is released, and returns. */
export type Fate = (typeof FATES)[number] | 'blocks'

/** Whether the task's worker dies with it. */
export const isFatal = (fate: Fate): boolean => fate === 'hangs' || fate === 'exits' || fate === 'throws'

export interface Task {
  readonly id: number
  readonly fate: Fate
  /** How many blocks the task hashes before it ends. */
  readonly blocks: number
  /** One shared word in which the task counts its hashed blocks. It outlives the worker, so it is the true count. */
  readonly hashedBlocks: Int32Array
  /** One shared word that becomes 1 when a task that blocks may return. */
  readonly isReleased: Int32Array
}

/**
 * For comparison, workers also count by sending messages: one after this number of blocks, and one at the end of the task.
 */
export const BATCH_SIZES: readonly number[] = [1000, Number.POSITIVE_INFINITY]

export interface BatchMessage {
  readonly taskId: number
  /** Index in `BATCH_SIZES`. */
  readonly batchIndex: number
  readonly count: number
}
