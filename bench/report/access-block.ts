/*
 * The block `access` of docs/performance.md: increments in Node, and what several threads, real work and
 * readings cost.
 */
import type { Results } from '../harness/results.js'
import { figureAt, type Lookup } from './figures.js'
import { markdownTable } from './markdown.js'
import { measuredOn } from './measured-on.js'
import { quantity } from './quantity.js'
import { range, ratios, times } from './ranges.js'
import { runtimeTitle } from './runtime-title.js'

const increment = (type: string, contender: string): Lookup =>
  figureAt('access', 'increment', type, contender)
const recording = (contender: string): Lookup =>
  figureAt('histogram', 'time for one', 'value recorded', contender)

const largeCount = (contender: string): Lookup =>
  figureAt('access', 'increment of a large count', 'from 2^31', contender)

const ROWS: readonly (readonly [label: string, lookup: Lookup])[] = [
  ['`local.x++`, `count`', increment('count', 'local.x')],
  ['the same, above 2³¹', largeCount('local.x')],
  ['`slot.add(1)`, `count`', increment('count', 'slot.add(1)')],
  ['the same, above 2³¹', largeCount('slot.add(1)')],
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
  ["a field of V8's shared structs, behind a flag", increment('u32', 'shared struct')],
  ['`counter.inc()` of prom-client', increment('u32', 'prom-client inc()')],
  ['`counter.inc()` of @prometheus-io/client', increment('u32', '@prometheus-io/client inc()')],
  ...['i32', 'i64', 'f64'].map(
    type =>
      [
        `a kernel in WebAssembly, \`${type}\``,
        figureAt('access', 'increment by WebAssembly', type, 'kernel'),
      ] as const,
  ),
  ['`local.time.record(ms)`, a histogram', recording('local.time.record(value)')],
  ["`histogram.record(ms)`, Node's `createHistogram()`", recording('perf_hooks record()')],
  ['`histogram.observe(ms)` of prom-client', recording('prom-client observe()')],
  ['`histogram.observe(ms)` of @prometheus-io/client', recording('@prometheus-io/client observe()')],
]

/** The groups that this block shows. */
const GROUPS = ['access', 'contention', 'workload', 'histogram', 'reading']

export function accessBlock(results: readonly Results[]): string {
  return [
    '![What one increment costs with each contender, on a logarithmic scale](../bench/results/access.svg)',
    '',
    `Nanoseconds for one increment: medians of ${measuredOn(results, GROUPS)}.`,
    '',
    markdownTable(
      ['', ...results.map(({ runtime }) => runtimeTitle(runtime))],
      ROWS.filter(([, lookup]) => results.some(lookup)).map(([label, lookup]) => [
        label,
        ...results.map(one => lookup(one)?.median.toFixed(1) ?? '–'),
      ]),
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
  const reading = (keys: string, contender: string) =>
    figureAt('reading', `one reading of ${keys}, by number of threads`, '128', contender)
  const time = (keys: string) =>
    range(
      results.flatMap(one => reading(keys, 'totals(local)')(one)?.median ?? []),
      value => quantity('ns', value),
    )
  const timesTheLoop = (keys: string) =>
    times(ratios(results, reading(keys, 'totals(local)'), reading(keys, 'a plain loop')), 1)
  const [oneKey, manyKeys] = [timesTheLoop('one key'), timesTheLoop('64 keys')]
  return [
    `Reading the totals of 128 threads takes ${time('one key')} for one key and ${time('64 keys')} for 64 keys.`,
    ...(oneKey && manyKeys
      ? [`Plain loops that add as many values are ${oneKey} and ${manyKeys} times as fast.`]
      : []),
    disturbanceText(results),
  ].join(' ')
}

function disturbanceText(results: readonly Results[]): string {
  const slowdown = (contender: string) => {
    const increment = (column: string) =>
      figureAt('reading', 'one increment, while another thread reads', column, contender)
    return times(ratios(results, increment('read without a pause'), increment('undisturbed')), 2)
  }
  const slots = slowdown('local.x++, read by totals(local)')
  const loops = slowdown('array[i]++, read by a plain loop')
  if (!slots || !loops) return 'It does not slow the threads that are read.'
  return (
    'The threads that are read run no code for it. ' +
    `While another thread reads totals without a pause, \`local.x++\` takes ${slots} times as long as undisturbed; ` +
    `\`array[i]++\` takes ${loops} times as long while a plain loop reads the array.`
  )
}
