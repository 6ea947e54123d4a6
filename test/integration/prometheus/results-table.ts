// Prints the counters side by side.
import { whole } from '../../../tools/format.js'
import { describeBatch, type Results, trueCount } from './check-results.js'
import { BATCH_SIZES } from './tasks.js'

export function resultsTable({ poolRun, slots, messages }: Results): string {
  const expected = trueCount(poolRun)
  const names = ['slots', ...BATCH_SIZES.map(describeBatch)]
  const rows = [slots, ...messages].map(({ counter, increase }, i) => [
    names[i] ?? '',
    ...[counter, increase, expected - counter].map(whole),
  ])
  return [['', 'counter', 'increase()', 'lost'], ['what the tasks did', whole(expected)], ...rows]
    .map(([name = '', ...cells]) => name.padEnd(28) + cells.map(cell => cell.padStart(12)).join(''))
    .join('\n')
}
