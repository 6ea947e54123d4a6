/*
 * The block `access` of docs/performance.md: increments in Node, and what several threads, real work and
 * readings cost.
 */
import type { Results } from '../harness/results.js'
import { figureAt, type Lookup, ratioOf } from './figures.js'
import { markdownTable } from './markdown.js'
import { quantity } from './quantity.js'
import { runtimeTitle } from './runtime-title.js'

const increment = (type: string, contender: string): Lookup =>
  figureAt('access', 'increment', type, contender)
const recording = (contender: string): Lookup =>
  figureAt('histogram', 'time for one', 'value recorded', contender)

const ROWS: readonly (readonly [label: string, lookup: Lookup])[] = [
  ['`local.x++`, `u32`', increment('u32', 'local.x')],
  ['`local.x++`, `i32`', increment('i32', 'local.x')],
  ['`local.x += 1n`, `i64`', increment('i64', 'local.x')],
  ['`local.x++`, `f64`', increment('f64', 'local.x')],
  ['`slot.add(1)`, `u32`', increment('u32', 'slot.add(1)')],
  ['`array[i]++`, a `Float64Array`', increment('f64', 'view[i]')],
  ['`object.x++`, a plain object', increment('u32', 'object.x')],
  ['`map.set(k, map.get(k) + 1)`, one key', increment('u32', 'Map, constant key')],
  ['the same, with a key built from two strings', increment('u32', 'Map, built string key')],
  ['`Atomics.add`, no other thread writing', increment('u32', 'Atomics.add')],
  ['`counter.inc()` of prom-client', increment('u32', 'prom-client inc()')],
  ...['i32', 'i64', 'f64'].map(
    type =>
      [
        `a kernel in WebAssembly, \`${type}\``,
        figureAt('access', 'increment by WebAssembly', type, 'kernel'),
      ] as const,
  ),
  ['`local.time.record(ms)`, a histogram', recording('local.time.record(value)')],
  ['`histogram.observe(ms)` of prom-client', recording('prom-client observe()')],
]

export function accessBlock(results: readonly Results[]): string {
  const [{ machine, date, threadslots }] = results as [Results]
  return [
    '![What one increment costs with each contender, on a logarithmic scale](../bench/results/access.svg)',
    '',
    `Nanoseconds for one increment: medians of threadslots ${threadslots}, measured on ${date.slice(0, 10)} with ${machine.processors} processors (${machine.processor}).`,
    '',
    markdownTable(
      ['', ...results.map(({ runtime }) => runtimeTitle(runtime))],
      ROWS.map(([label, lookup]) => [label, ...results.map(one => lookup(one)?.median.toFixed(1) ?? '–')]),
    ),
    '',
    threadsText(results),
    '',
    '![Increments per second of all threads together, by number of threads](../bench/results/contention.svg)',
    '',
    workText(results),
    '',
    readingText(results),
    '',
    '![What one reading of all threads costs, by number of threads](../bench/results/reading.svg)',
  ].join('\n')
}

/** From the least to the greatest value of all runtimes. */
function range(values: readonly number[], show: (value: number) => string): string {
  const bounds = [Math.min(...values), Math.max(...values)].map(show)
  return [...new Set(bounds)].join(' to ')
}

const ratios = (results: readonly Results[], above: Lookup, below: Lookup): number[] =>
  results.flatMap(one => {
    const [a, b] = [above(one), below(one)]
    return a && b ? [ratioOf(a, b)] : []
  })

function threadsText(results: readonly Results[]): string {
  const scaling = (method: string) => {
    const rate = (threads: string) =>
      figureAt('contention', 'increments per second, all threads together', threads, method)
    return range(ratios(results, rate('2'), rate('1')), value => value.toFixed(1))
  }
  return (
    `With slots, two threads together make ${scaling('local.x++')} times as many increments per second as one thread. ` +
    `With \`Atomics.add\` on one shared cell, they make ${scaling('Atomics.add, one cell')} times as many.`
  )
}

function workText(results: readonly Results[]): string {
  const added = (column: string) => {
    const time = (contender: string) => figureAt('workload', 'time for one', column, contender)
    return range(
      ratios(results, time('slots'), time('no counting')),
      value => `${String(Math.round(100 * (value - 1))).replace('-', '−')} %`,
    )
  }
  return (
    `In loops that do real work, three counters in slots add ${added('record of 1 KiB hashed')} to the time of hashing ` +
    `1 KiB, and ${added('word split off')} to splitting a word off a text. One counter adds ${added('cell of a stencil')} ` +
    'to one cell of a stencil, the smallest of these loops.'
  )
}

function readingText(results: readonly Results[]): string {
  const time = (keys: string) => {
    const lookup = figureAt('reading', `one reading of ${keys}, by number of threads`, '128', 'totals(local)')
    return range(
      results.flatMap(one => lookup(one)?.median ?? []),
      value => quantity('ns', value),
    )
  }
  return (
    `Reading the totals of 128 threads takes ${time('one key')} for one key and ${time('64 keys')} for 64 keys. ` +
    'It does not slow the threads that are read.'
  )
}
