/*
 * A pool that is built on slots, beside four libraries.
 *
 * The measurements are imported late, because to load them defines slots.
 */
import { BY_COUNTING, BY_SIZE, LOSSES, NO_POOL, POOLS, type PoolName } from '../contenders/pools/names.js'
import type { Group, Scenario } from '../harness/group.js'

const throughput = () => import('../contenders/pools/throughput.js')
const deaths = () => import('../contenders/pools/losses.js')

export const group: Group = {
  name: 'pools',
  question: 'How many tasks does a pool run, what do its statistics cost, and what dies with a thread?',
  scenarios: [
    {
      table: BY_SIZE.rate,
      column: NO_POOL,
      once: true,
      measure: async meter => (await throughput()).measureWithoutPool(meter),
    },
    ...POOLS.flatMap((name): Scenario[] => [
      {
        table: BY_SIZE.rate,
        column: name,
        measure: async meter => (await throughput()).measureThroughput(meter, name),
      },
      {
        table: BY_COUNTING.rate,
        column: name,
        measure: async meter => (await throughput()).measureStatistics(meter, name),
      },
      losses(name, 'exiting'),
      // SlotPool's threads never return to their event loop, where something might throw.
      ...(name === 'SlotPool' ? [] : [losses(name, 'throwing')]),
    ]),
  ],
}

function losses(name: PoolName, task: 'exiting' | 'throwing'): Scenario {
  return {
    table: LOSSES[task],
    column: name,
    once: true,
    measure: async meter => (await deaths()).measureLosses(meter, name, task),
  }
}
