/*
 * A table for a terminal that compares results with the limits.
 */
import { plural } from '../../tools/format.js'
import type { Results } from '../harness/results.js'
import { LIMITS, type Limit } from './limits.js'
import { quantity } from './quantity.js'
import { runtimeTitle } from './runtime-title.js'

const MET = '✓'
const MISSED = '✗'

/** A row for each limit, with the figures of all runtimes and whether they keep it. */
export function limitsTable(results: readonly Results[]): string {
  const lines = LIMITS.map(limit => [
    limit.what,
    bound(limit),
    ...results.map(one => verdict(limit, one, results)),
  ])
  const table = [['figure', 'limit', ...results.map(({ runtime }) => runtimeTitle(runtime))], ...lines]
  const widths = (table[0] as string[]).map((_, i) =>
    Math.max(...table.map(line => (line[i] as string).length)),
  )
  const text = table.map(line =>
    line
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number)))
      .join('  '),
  )
  const missed = lines.flat().filter(cell => cell.endsWith(MISSED)).length
  const reasons = LIMITS.flatMap(({ what, reason }, i) =>
    reason !== undefined && lines[i]?.some(cell => cell.endsWith(MISSED))
      ? [`${MISSED} ${what}: ${reason}`]
      : [],
  )
  return [
    ...text,
    missed === 0
      ? 'all figures are within their limits'
      : `${plural(missed, 'figure')} outside the limits (${MISSED})`,
    ...reasons,
  ].join('\n')
}

const show = (unit: Limit['unit'], value: number): string => (unit ? quantity(unit, value) : value.toFixed(2))

function bound({ unit, atMost, atLeast }: Limit): string {
  if (atMost !== undefined) return `≤ ${show(unit, atMost)}`
  return atLeast !== undefined ? `≥ ${show(unit, atLeast)}` : ''
}

function verdict(limit: Limit, one: Results, all: readonly Results[]): string {
  const { unit, atMost, atLeast, unavoidable, measured } = limit
  const value = measured(one, all)
  if (value === undefined) return '–  '
  if (atMost === undefined && atLeast === undefined) return `${show(unit, value)}  `
  const most = Math.max(atMost ?? Infinity, unavoidable?.(one, all) ?? -Infinity)
  return `${show(unit, value)} ${value <= most && value >= (atLeast ?? -Infinity) ? MET : MISSED}`
}
