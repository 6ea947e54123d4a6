// The readings side by side.
import { whole } from '../../../tools/format.js'
import { means, type Results, truthOf } from './claims.js'
import { BATCHES } from './orders.js'

export function tableOf({ work, slots, messages }: Results): string {
  const truth = truthOf(work)
  const names = ['slots', ...BATCHES.map(means)]
  const rows = [slots, ...messages].map(({ counter, increase }, i) => [
    names[i] ?? '',
    ...[counter, increase, truth - counter].map(whole),
  ])
  return [['', 'counter', 'increase()', 'lost'], ['what the tasks did', whole(truth)], ...rows]
    .map(([name = '', ...cells]) => name.padEnd(28) + cells.map(cell => cell.padStart(12)).join(''))
    .join('\n')
}
