/*
 * The block `summary` of README.md: the five figures that matter, by runtime.
 */
import type { Results } from '../harness/results.js'
import { figureAt, type Lookup } from './figures.js'
import { markdownTable } from './markdown.js'
import { runtimeTitle } from './runtime-title.js'

const increment = (type: string, contender: string): Lookup =>
  figureAt('access', 'increment', type, contender)

const ROWS: readonly (readonly [label: string, lookup: Lookup])[] = [
  ['`local.x++`, a `count`', increment('count', 'local.x')],
  ['`object.x++`, a plain object', increment('count', 'object.x')],
  ['`map.set(k, map.get(k) + 1)`, one key', increment('count', 'Map, constant key')],
  ['`Atomics.add`, no other thread writing', increment('u32', 'Atomics.add')],
  [
    '`totals(local)`, one key over 128 threads',
    figureAt('reading', 'one reading of one key, by number of threads', '128', 'totals(local)'),
  ],
]

export const summaryBlock = (results: readonly Results[]): string =>
  markdownTable(
    ['', ...results.map(({ runtime }) => runtimeTitle(runtime))],
    ROWS.map(([label, lookup]) => [label, ...results.map(one => time(lookup(one)?.median))]),
  )

function time(ns: number | undefined): string {
  if (ns === undefined) return '–'
  return ns < 1000 ? `${ns.toFixed(1)} ns` : `${(ns / 1000).toFixed(1)} µs`
}
