/*
 * What it costs more to read a key by labels than as many keys without: all threads have used all of them.
 */
import { SlotTable, setDefaultTable, threadLocal, totals } from 'threadslots'
import { labelled } from 'threadslots/labels'
import type { Contender } from '../../harness/meter.js'
import { digest } from './digest.js'
import { threadIdOf, valueAt } from './threads.js'

export const LABEL_SETS = 16

const NUMBERS = Array.from({ length: LABEL_SETS }, (_, i) => i)
const BY_LABELS = { requests: labelled('count', ['number']) }
const PLAIN = Object.fromEntries(NUMBERS.map(number => [`k${number}`, 'count' as const]))

/** Readings of all children of a labelled key, and of as many plain keys. */
export function totalsByLabels(threads: number): Contender[] {
  const table = SlotTable.create({ maxThreads: threads })
  for (let thread = 0; thread < threads - 1; thread++) {
    use(SlotTable.from(table.buffer, { threadId: threadIdOf(thread) }), thread)
  }
  setDefaultTable(table)
  use(table, threads - 1)
  const [byLabels, plain] = [threadLocal('labels', BY_LABELS), threadLocal('plain', PLAIN)]
  return [
    {
      name: `totals(local) of ${LABEL_SETS} label sets`,
      run(times) {
        let last: unknown
        for (let i = 0; i < times; i++) last = totals(byLabels)
        return last
      },
      result: () => {
        const { requests } = totals(byLabels)
        return digest(NUMBERS.map(number => requests.get({ number }) ?? 0))
      },
    },
    {
      name: `totals(local) of ${LABEL_SETS} keys`,
      run(times) {
        let last: unknown
        for (let i = 0; i < times; i++) last = totals(plain)
        return last
      },
      result: () => digest(Object.values(totals(plain))),
    },
  ]
}

function use(table: SlotTable, thread: number): void {
  const row = table.attach()
  const { 'labels.requests': requests } = row.locals({ 'labels.requests': BY_LABELS.requests })
  for (const number of NUMBERS) {
    requests.with({ number }).value = valueAt(thread, number)
    row.slot(table.key(`plain.k${number}`, 'count')).value = valueAt(thread, number)
  }
}
