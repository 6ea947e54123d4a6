/*
 * Labels: counting by the labels of a request, counting in a handle that was found by them once, and reading the counts.
 */
import { contendersOf } from '../contenders/counter.js'
import {
  builtKeyMap,
  contenderOf,
  nestedObjects,
  promClient,
  prometheusClient,
  slots,
} from '../contenders/labels/by-labels.js'
import { child, promClientChild, prometheusClientChild, slot } from '../contenders/labels/kept.js'
import { overflow } from '../contenders/labels/overflow.js'
import type { Labels } from '../contenders/labels/requests.js'
import { totalsByLabels } from '../contenders/reading/labels.js'
import type { Group, Scenario } from '../harness/group.js'

const THREADS = 128
const LABELS: readonly Labels[] = ['method, status', 'method, route, status']

export const group: Group = {
  name: 'labels',
  question: 'What does it cost to count by labels, and to read what was counted?',
  scenarios: [
    ...LABELS.map(
      (labels): Scenario => ({
        table: 'one increment by labels',
        column: labels,
        async measure(meter) {
          const makers = [slots, promClient, prometheusClient, builtKeyMap, nestedObjects]
          const counters = await meter.makeAvailable(makers, labels)
          meter.race(counters.map(counter => contenderOf(counter, labels)))
        },
      }),
    ),
    {
      table: 'one increment beyond maxChildren',
      column: 'method, status',
      measure: meter => meter.race([overflow()]),
    },
    {
      table: 'one increment of a kept handle',
      column: 'count',
      async measure(meter) {
        const makers = [child, slot, promClientChild, prometheusClientChild]
        const counters = await meter.makeAvailable(makers, undefined)
        meter.race(counters.flatMap(counter => contendersOf(counter, 'increment')))
      },
    },
    {
      table: 'one reading',
      column: `${THREADS} threads`,
      measure: meter => meter.race(totalsByLabels(THREADS), 1),
    },
  ],
}
