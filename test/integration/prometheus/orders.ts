// What a task of the pool is told, and how it ends.

/** In turn: a task that hangs is aborted by the pool, one that rejects is in a worker that goes on. */
export const FATES = ['returns', 'hangs', 'returns', 'exits', 'returns', 'throws', 'rejects'] as const

export type Fate = (typeof FATES)[number]

/** Its worker dies with it. */
export const isDeath = (fate: Fate): boolean => fate === 'hangs' || fate === 'exits' || fate === 'throws'

export interface Order {
  readonly task: number
  readonly fate: Fate
  /** So many are hashed before the task meets its fate. */
  readonly blocks: number
  /** One word, where the task says how many it has hashed: the truth, which outlives its worker. */
  readonly hashed: Int32Array
}

/** Counts sent by messages: one after so many blocks, and one at the end of each task. */
export const BATCHES: readonly number[] = [1000, Number.POSITIVE_INFINITY]

export interface Message {
  readonly task: number
  /** Of which of `BATCHES`. */
  readonly batch: number
  readonly count: number
}
