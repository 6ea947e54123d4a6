// Prints the ways to count side by side.
import { seconds, significant, whole } from '../../../tools/format.js'
import { alignColumns } from '../../support/align-columns.js'
import { countBeforeBlock, describeBatch, type Results, trueCount } from './check-results.js'
import { MESSAGE_COUNTERS, SLOTS_COUNTER } from './pool-metrics.js'
import type { CounterReading } from './query-counter.js'
import { type Scrape, scrapedValue } from './scrape.js'
import { BATCH_SIZES } from './tasks.js'
import { WORKER_REGISTRY_COUNTER } from './worker-registry.js'

const COLUMNS = ['counter', 'increase()', 'lost', 'blocked: reported', 'after']

export function resultsTable(results: Results): string {
  const { poolRun, slots, messages, workerRegistry, whileBlocked } = results
  const expected = trueCount(poolRun)
  const scraped = (scrape: Scrape, name: string) => [
    wholeOrNone(scrapedValue(scrape, name)),
    scrape.ms < 1000 ? `${significant(scrape.ms)} ms` : seconds(scrape.ms / 1000),
  ]
  const counted = ({ counter, increase }: CounterReading) =>
    [counter, increase, expected - counter].map(whole)
  const rows = [
    ['', ...COLUMNS],
    ['what the tasks did', whole(expected), '', '', whole(countBeforeBlock(poolRun))],
    ['slots', ...counted(slots), ...scraped(whileBlocked.pool, SLOTS_COUNTER)],
    ...messages.map((reading, i) => [
      describeBatch(BATCH_SIZES[i] ?? 0),
      ...counted(reading),
      ...scraped(whileBlocked.pool, MESSAGE_COUNTERS[i] ?? ''),
    ]),
    [
      'WorkerRegistry',
      wholeOrNone(workerRegistry[0]?.value),
      'none',
      whole(expected - (workerRegistry[0]?.value ?? 0)),
      ...scraped(whileBlocked.workerRegistry, WORKER_REGISTRY_COUNTER),
    ],
  ]
  return alignColumns(rows)
}

const wholeOrNone = (value: number | undefined): string => (value === undefined ? 'none' : whole(value))
