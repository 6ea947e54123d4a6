/*
 * How much counting adds to loops that do real work.
 */
import type { Group } from '../harness/group.js'
import type { Contender } from '../harness/meter.js'
import { hashing } from '../workloads/hash.js'
import { CELLS, stencil } from '../workloads/stencil.js'
import { tokenising } from '../workloads/tokens.js'

interface Workload {
  /** What one operation processes. */
  readonly column: string
  readonly make: () => Contender[]
  readonly leastOperations: number
}

const WORKLOADS: readonly Workload[] = [
  { column: 'record of 1 KiB hashed', make: hashing, leastOperations: 1000 },
  { column: 'word split off', make: tokenising, leastOperations: 1e4 },
  { column: 'cell of a stencil', make: stencil, leastOperations: CELLS },
]

export const BASELINE = 'no counting'
/** The names of the contenders of each workload. */
const NAMES = [BASELINE, 'slots', 'Map', 'Atomics.add', 'a message per 1,000']

export const group: Group = {
  name: 'workload',
  question: 'What does counting add to a loop that does real work?',
  baseline: BASELINE,
  // All loops of a workload share the function that does the work, so each is timed alone.
  scenarios: WORKLOADS.flatMap(({ column, make, leastOperations }) =>
    NAMES.map(name => ({
      table: 'time for one',
      column,
      measure: meter => meter.timeAlone(make(), name, leastOperations),
    })),
  ),
}
