/*
 * The block `monitor` of docs/monitor.md: what a monitor costs the program.
 */
import {
  IDLE,
  IDLE_MEMORY,
  MONITORED_START,
  NO_MONITOR,
  PLAIN_START,
  SCRAPED,
  SCRAPED_MEMORY,
} from '../contenders/monitor/names.js'
import type { Results } from '../harness/results.js'
import { differenceOf, figureAt, type Lookup } from './figures.js'
import { markdownTable } from './markdown.js'
import { measuredOn } from './measured-on.js'
import { runtimeTitle } from './runtime-title.js'

const increment = (condition: string): Lookup =>
  figureAt('monitor', 'one increment in a worker', 'local.x++', condition)
const start = (command: string): Lookup =>
  figureAt('monitor', "from the process's start to its first line", 'time', command)
const memory = (state: string): Lookup => figureAt('monitor', 'resident memory', 'bytes', state)

const ns = (one: Results, lookup: Lookup): string | undefined => lookup(one)?.median.toFixed(2)

function mebibytes(one: Results, lookup: Lookup): string | undefined {
  const bytes = lookup(one)?.median
  return bytes === undefined ? undefined : (bytes / 2 ** 20).toFixed(1)
}

function longerStart(one: Results): string | undefined {
  const [plain, monitored] = [start(PLAIN_START)(one), start(MONITORED_START)(one)]
  return plain && monitored && (differenceOf(monitored, plain) / 1e6).toFixed(1)
}

const ROWS: readonly (readonly [label: string, show: (one: Results) => string | undefined])[] = [
  ...[NO_MONITOR, IDLE, SCRAPED].map(
    condition =>
      [
        `\`local.x++\` in a worker, with ${condition}, ns`,
        (one: Results) => ns(one, increment(condition)),
      ] as const,
  ),
  [`\`${MONITORED_START}\`: later than \`${PLAIN_START}\`, ms`, longerStart],
  ['resident memory before anybody asks, MiB', one => mebibytes(one, memory(IDLE_MEMORY))],
  ['the same after 100 readings, MiB', one => mebibytes(one, memory(SCRAPED_MEMORY))],
]

export const monitorBlock = (results: readonly Results[]): string =>
  [
    `Medians of ${measuredOn(results, ['monitor'])}, with 64 threads of 64 keys each.`,
    '',
    markdownTable(
      ['', ...results.map(({ runtime }) => runtimeTitle(runtime))],
      ROWS.map(([label, show]) => [label, ...results.map(one => show(one) ?? '–')]),
    ),
  ].join('\n')
