/*
 * Requests: one thread asks another, which is busy and polls. What each poll costs, and how long cancelling takes.
 *
 * The contenders are imported late: loading them defines slots, and the threads that are terminated should start without any.
 */
import { LOOP, METHODS, TABLES, UNTIL } from '../contenders/requests/names.js'
import type { ThreadData } from '../contenders/requests/polling-thread.js'
import type { Group, Scenario } from '../harness/group.js'

const inWorker = (table: string, what: ThreadData['what']): Scenario => ({
  table,
  column: 'time',
  async measure(meter) {
    const { measureInWorker } = await import('../contenders/requests/measure-in-worker.js')
    await measureInWorker(meter, what)
  },
})

export const group: Group = {
  name: 'requests',
  question: 'What does it cost to look for requests of other threads, and how long does cancelling take?',
  baseline: LOOP.noPoll,
  scenarios: [
    inWorker(TABLES.poll, 'polls'),
    inWorker(TABLES.loop, 'loops'),
    {
      table: TABLES.run,
      column: 'time',
      async measure(meter) {
        const { issuing } = await import('../contenders/requests/issuing.js')
        meter.race(issuing(), 1000)
      },
    },
    ...METHODS.map(
      (method): Scenario => ({
        table: TABLES.cancel,
        column: UNTIL.ended,
        async measure(meter) {
          const { cancelTasks } = await import('../contenders/requests/delays.js')
          await cancelTasks(meter, method)
        },
      }),
    ),
  ],
}
