/*
 * A percentile of a histogram in which many threads have recorded values.
 */
import { SlotTable, setDefaultTable, threadLocal, totals } from 'threadslots'
import { histogram } from 'threadslots/histogram'
import type { Contender } from '../../harness/meter.js'
import { DEFINITION, threadIdOf } from './threads.js'

/** Two digits from 0.1 to 10,000 take some 1,100 buckets. */
const TIME = histogram({ min: 0.1, max: 10_000, digits: 2 })
/** Each thread records the whole numbers up to this one. */
const LARGEST = 1000
const PERCENTILE = 99

/** @throws {Error} if the percentile doesn't have the promised digits. */
export function percentileOverThreads(threads: number): Contender {
  const table = SlotTable.create({ maxThreads: threads })
  setDefaultTable(table)
  for (let thread = 0; thread < threads - 1; thread++) {
    recordAll(SlotTable.from(table.buffer, { threadId: threadIdOf(thread) }))
  }
  const local = threadLocal(DEFINITION, { time: TIME })
  recordAll(table)
  const read = () => totals(local).time.percentile(PERCENTILE)
  const exact = (LARGEST * PERCENTILE) / 100
  if (Math.abs(read() / exact - 1) > 0.01) throw new Error(`p${PERCENTILE} is ${read()} instead of ${exact}`)
  return {
    name: `totals(local).time.percentile(${PERCENTILE})`,
    run(times) {
      let last = 0
      for (let i = 0; i < times; i++) last = read()
      return last
    },
  }
}

function recordAll(table: SlotTable): void {
  const { value: time } = table.attach().slot(table.key(`${DEFINITION}.time`, TIME))
  for (let value = 1; value <= LARGEST; value++) time.record(value)
}
