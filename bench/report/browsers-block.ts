/*
 * The block `browsers` of docs/performance.md: increments in the workers of browsers.
 */
import type { Results } from '../harness/results.js'
import { figureAt } from './figures.js'
import { markdownTable } from './markdown.js'
import { measuredOn } from './measured-on.js'
import { runtimeTitle } from './runtime-title.js'

/** The contenders, labelled as in the block `access`. */
const LABELS: Readonly<Record<string, string>> = {
  'local.x++, u32': '`local.x++`, `u32`',
  'local.x++, i32': '`local.x++`, `i32`',
  'local.x += 1n, i64': '`local.x += 1n`, `i64`',
  'local.x++, f64': '`local.x++`, `f64`',
  'slot.add(1), u32': '`slot.add(1)`, `u32`',
  'array[i]++, Float64Array': '`array[i]++`, a `Float64Array`',
  'object.x++': '`object.x++`, a plain object',
  'Map, constant key': '`map.set(k, map.get(k) + 1)`, one key',
  'Map, built string key': 'the same, with a key built from two strings',
  'Atomics.add, no other thread writing': '`Atomics.add`, no other thread writing',
  'WebAssembly, i32': 'a kernel in WebAssembly, `i32`',
}

export function browsersBlock(results: readonly Results[]): string {
  const cell = (one: Results, contender: string) =>
    figureAt('browsers', 'increment', 'time', contender)(one)?.median.toFixed(1) ?? '–'
  return [
    `Nanoseconds for one increment in a worker: medians of ${measuredOn(results, ['browsers'])}.`,
    '',
    markdownTable(
      ['', ...results.map(({ runtime }) => runtimeTitle(runtime))],
      Object.entries(LABELS).map(([contender, label]) => [
        label,
        ...results.map(one => cell(one, contender)),
      ]),
    ),
  ].join('\n')
}
