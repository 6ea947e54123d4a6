/*
 * Ranges over all runtimes, for sentences.
 */
import type { Results } from '../harness/results.js'
import { type Lookup, ratioOf } from './figures.js'

/** From the least to the greatest value of all runtimes. */
export function range(values: readonly number[], show: (value: number) => string): string {
  const bounds = [Math.min(...values), Math.max(...values)].map(show)
  return [...new Set(bounds)].join(' to ')
}

export const ratios = (results: readonly Results[], above: Lookup, below: Lookup): number[] =>
  results.flatMap(one => {
    const [a, b] = [above(one), below(one)]
    return a && b ? [ratioOf(a, b)] : []
  })

/** A range of factors; undefined if there are none. */
export const times = (factors: readonly number[], decimals: number): string | undefined =>
  factors.length > 0 ? range(factors, value => value.toFixed(decimals)) : undefined
