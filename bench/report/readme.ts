/*
 * The README's figures: between two marks, made of results.
 */

import { titleOf } from '../harness/runtimes.js'
import { type Figure, find, type Results, ratioOf } from './results.js'
import { quantity } from './tables.js'

const START = '<!-- bench: written by `npm run bench -- --save` -->'
const END = '<!-- /bench -->'

interface Row {
  readonly label: string
  readonly type: string
  readonly contender: string
  /** Where it was measured, if not among the increments of `access`. */
  readonly place?: readonly [group: string, table: string]
}

const ROWS: readonly Row[] = [
  { label: '`local.x++`, `u32`', type: 'u32', contender: 'local.x' },
  { label: '`local.x++`, `i32`', type: 'i32', contender: 'local.x' },
  { label: '`local.x += 1n`, `i64`', type: 'i64', contender: 'local.x' },
  { label: '`local.x++`, `f64`', type: 'f64', contender: 'local.x' },
  { label: '`slot.add(1)`, `u32`', type: 'u32', contender: 'slot.add(1)' },
  { label: '`array[i]++`, a `Float64Array`', type: 'f64', contender: 'view[i]' },
  { label: '`object.x++`, a plain object', type: 'u32', contender: 'object.x' },
  { label: '`map.set(k, map.get(k) + 1)`, one key', type: 'u32', contender: 'Map, constant key' },
  { label: 'the same, with a key built from two strings', type: 'u32', contender: 'Map, built string key' },
  { label: '`Atomics.add`, nobody else writing', type: 'u32', contender: 'Atomics.add' },
  { label: '`counter.inc()` of prom-client', type: 'u32', contender: 'prom-client inc()' },
  ...(['i32', 'i64', 'f64'] as const).map(type => ({
    label: `a kernel in WebAssembly, \`${type}\``,
    type,
    contender: 'kernel',
    place: ['access', 'increment by WebAssembly'] as const,
  })),
  {
    label: '`local.time.record(ms)`, a histogram',
    type: 'value noted',
    contender: 'local.time.record(value)',
    place: ['histogram', 'time for one'],
  },
  {
    label: '`histogram.observe(ms)` of prom-client',
    type: 'value noted',
    contender: 'prom-client observe()',
    place: ['histogram', 'time for one'],
  },
]

/** @throws {Error} if the marks are not there. */
export const updateReadme = (readme: string, results: readonly Results[]): string =>
  replaceSection(readme, START, END, section(results))

/**
 * What is between two marks, in lines of its own.
 * @throws {Error} if the marks are not there.
 */
export function replaceSection(readme: string, start: string, end: string, text: string): string {
  const startIndex = readme.indexOf(start)
  const endIndex = readme.indexOf(end)
  if (startIndex === -1 || endIndex < startIndex) throw new Error(`README.md has no ${start} … ${end}`)
  return `${readme.slice(0, startIndex + start.length)}\n${text}\n${readme.slice(endIndex)}`
}

/** Of Markdown, with the first column as text, the others as numbers. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)]
}

function section(results: readonly Results[]): string {
  const [{ machine, date, threadslots }] = results as [Results]
  const cell = (one: Results, { type, contender, place = ['access', 'increment'] }: Row) =>
    find(...place, type, contender)(one)?.median.toFixed(1) ?? '–'
  return [
    '![What one increment costs, by every means, on a logarithmic scale](bench/results/access.svg)',
    '',
    `One increment, in nanoseconds: medians, threadslots ${threadslots}, ${date.slice(0, 10)}, ${machine.processors} processors (${machine.processor}).`,
    '',
    ...markdownTable(
      ['', ...results.map(({ runtime }) => titleOf(runtime))],
      ROWS.map(row => [row.label, ...results.map(one => cell(one, row))]),
    ),
    '',
    sentence(results),
  ].join('\n')
}

type Find = (results: Results) => Figure | undefined

/** Threads together, real work, and reading: from the least to the greatest of all runtimes. */
function sentence(results: readonly Results[]): string {
  const range = (values: readonly number[], show: (value: number) => string) =>
    [...new Set([Math.min(...values), Math.max(...values)].map(show))].join(' to ')
  const ratios = (above: Find, below: Find, show: (value: number) => string) =>
    range(
      results.map(one => ratioOf(above(one) as Figure, below(one) as Figure)),
      show,
    )
  const scaling = (means: string) => {
    const rate = (threads: string) =>
      find('contention', 'increments per second, all threads together', threads, means)
    return ratios(rate('2'), rate('1'), value => value.toFixed(1))
  }
  const work = (column: string) =>
    ratios(
      find('workload', 'time for one', column, 'slots'),
      find('workload', 'time for one', column, 'no counting'),
      value => `${Math.round(100 * (value - 1))} %`,
    )
  const reading = (keys: string, contender: string) =>
    range(
      results.map(
        one =>
          find('reading', `one reading of ${keys}, by number of threads`, '128', contender)(one)?.median ??
          NaN,
      ),
      value => quantity('ns', value),
    )
  return (
    `Two threads get ${scaling('local.x++')} times as much counted as one, with slots; with \`Atomics.add\` on one cell ` +
    `${scaling('Atomics.add, one cell')} times. In loops that do real work, three counters in slots add ${work('record of 1 KiB hashed')} to ` +
    `hashing 1 KiB, ${work('word split off')} to splitting off a word, and one adds ${work('cell of a stencil')} to a cell of a ` +
    `stencil, the smallest of loops. To read 128 threads takes ${reading('one key', 'totals(local)')} for one key, ` +
    `${reading('64 keys', 'totals(local)')} for 64, and disturbs none of them.`
  )
}
