/*
 * Which tasks end their thread in the benchmark of losses, and how.
 */

export const TASKS = 400
/** Tasks that are submitted together. The one in their middle ends its thread. */
export const BATCH = 100

export const DEATHS: number = TASKS / BATCH

export const isDeadly = (task: number): boolean => task % BATCH === BATCH / 2

/** In turn, for the deadly tasks of one run. */
const EXITS = ['before its work', 'after its work', 'stuck after its work'] as const

export const exitOf = (task: number): (typeof EXITS)[number] | undefined =>
  isDeadly(task) ? EXITS[Math.floor(task / BATCH) % EXITS.length] : undefined
