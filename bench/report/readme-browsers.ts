/*
 * The README's figures of browsers: between two marks, made of results.
 */

import { titleOf } from '../harness/runtimes.js'
import { markdownTable, replaceSection } from './readme.js'
import { find, type Results } from './results.js'

const START = '<!-- bench in browsers: written by `npm run bench -- --only browsers --save` -->'
const END = '<!-- /bench in browsers -->'

/** As the README's other table calls them. */
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
  'Atomics.add, nobody else writing': '`Atomics.add`, nobody else writing',
  'WebAssembly, i32': 'a kernel in WebAssembly, `i32`',
}

/** @throws {Error} if the marks are not there. */
export function updateBrowsers(readme: string, results: readonly Results[]): string {
  const [{ machine, date, threadslots }] = results as [Results]
  const cell = (one: Results, contender: string) =>
    find('browsers', 'increment', 'time', contender)(one)?.median.toFixed(1) ?? '–'
  const text = [
    `The same in workers of browsers: nanoseconds, medians, threadslots ${threadslots}, ${date.slice(0, 10)}, ${machine.processors} processors (${machine.processor}).`,
    '',
    ...markdownTable(
      ['', ...results.map(({ runtime }) => titleOf(runtime))],
      Object.entries(LABELS).map(([contender, label]) => [
        label,
        ...results.map(one => cell(one, contender)),
      ]),
    ),
  ]
  return replaceSection(readme, START, END, text.join('\n'))
}
