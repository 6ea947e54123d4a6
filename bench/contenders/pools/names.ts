/*
 * What the benchmark of pools compares, and the names of its tables, columns and rows.
 */

export const POOLS = ['SlotPool', 'piscina', 'tinypool', 'workerpool', 'poolifier'] as const
export type PoolName = (typeof POOLS)[number]
/** Pools whose statistics can be turned on and off. */
export const HAVE_SWITCH: readonly PoolName[] = ['SlotPool', 'piscina', 'poolifier']

/** Stands for a pool: the submitting thread runs the tasks itself. */
export const NO_POOL = 'no pool'

/** Tasks by what one takes on the machine of bench/results: the steps of its computation. */
export const SIZES = { empty: 0, '10 µs': 8_000, '100 µs': 80_000, '1 ms': 800_000 } as const
export type Size = keyof typeof SIZES
/** How many of them are queued or running at any time. */
export const OUTSTANDING = 64
/** Empty tasks, each of which is submitted when the one before has been done. */
export const ONE_AT_A_TIME = 'empty, one at a time'

/** The columns of these tables are the sizes, and `ONE_AT_A_TIME`. */
export const BY_SIZE = {
  rate: 'tasks per second',
  processorTime: 'processor time of all threads for one task',
} as const

export const BY_COUNTING = {
  rate: 'empty tasks per second, by what is counted',
  processorTime: 'processor time of all threads for one empty task, by what is counted',
} as const
/** The columns of these two tables. */
export const NOTHING = 'nothing'
export const OWN = 'its own statistics'
export const SLOTS = 'a count and a histogram in slots'

export const LOSSES = {
  exiting: 'tasks, while threads exit or are terminated',
  throwing: 'tasks, while threads throw outside of a task',
} as const
/** The columns of these two tables. */
export const LOSS = {
  done: 'done',
  own: 'counted by the pool',
  slots: 'counted in slots',
  rejected: 'done, but rejected',
  unsettled: 'never settled',
  notStarted: 'never started',
} as const
