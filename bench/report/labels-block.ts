/*
 * The block `labels` of docs/performance.md: increments by labels and of handles that were found by them once, and readings.
 */
import type { Results } from '../harness/results.js'
import { figureAt, type Lookup } from './figures.js'
import { markdownTable } from './markdown.js'
import { measuredOn } from './measured-on.js'
import { quantity } from './quantity.js'
import { range, ratios, times } from './ranges.js'
import { runtimeTitle } from './runtime-title.js'

const byLabels =
  (contender: string) =>
  (labels: string): Lookup =>
    figureAt('labels', 'one increment by labels', labels, contender)
const kept = (contender: string): Lookup =>
  figureAt('labels', 'one increment of a kept handle', 'count', contender)

const slots = byLabels('local.requests.with(labels).add(1)')
const promClient = byLabels('prom-client inc(labels)')

const overflow = figureAt(
  'labels',
  'one increment beyond maxChildren',
  'method, status',
  'local.requests.with(labels).add(1)',
)
const reading = (what: string): Lookup =>
  figureAt('labels', 'one reading', '128 threads', `totals(local) of ${what}`)

const LABELS = ['method, status', 'method, route, status']
const rowsOf = (labels: string): readonly (readonly [label: string, lookup: Lookup])[] => [
  [`\`requests.with({ ${labels} }).add(1)\``, slots(labels)],
  [`\`counts[${labels.replaceAll(', ', '][')}]++\`, nested objects`, byLabels('nested objects')(labels)],
  ['the same in a `Map`, by a key built from the labels', byLabels('Map, built string key')(labels)],
  [`\`counter.inc({ ${labels} })\` of prom-client`, promClient(labels)],
  ['the same of @prometheus-io/client', byLabels('@prometheus-io/client inc(labels)')(labels)],
]

const ROWS: readonly (readonly [label: string, lookup: Lookup])[] = [
  ...LABELS.flatMap(rowsOf),
  ['`handle.add(1)`, a handle that `with` returned', kept('child.add(1)')],
  ['`slot.add(1)`, without labels', kept('slot.add(1)')],
  ['`child.inc()` of prom-client, a child that `labels` returned', kept('prom-client labels(…).inc()')],
  ['the same of @prometheus-io/client', kept('@prometheus-io/client labels(…).inc()')],
]

export function labelsBlock(results: readonly Results[]): string {
  const faster = times(
    LABELS.flatMap(labels => ratios(results, promClient(labels), slots(labels))),
    1,
  )
  const longer = times(ratios(results, reading('16 label sets'), reading('16 keys')), 1)
  const overflowing = range(
    results.flatMap(one => overflow(one)?.median ?? []),
    ns => quantity('ns', ns),
  )
  return [
    `Nanoseconds for one increment: medians of ${measuredOn(results, ['labels'])}.`,
    '',
    markdownTable(
      ['', ...results.map(({ runtime }) => runtimeTitle(runtime))],
      ROWS.map(([label, lookup]) => [label, ...results.map(one => lookup(one)?.median.toFixed(1) ?? '–')]),
    ),
    '',
    `\`with\` and \`add\` together are ${faster} times as fast as prom-client's \`inc\`. A label set beyond \`maxChildren\` is ` +
      `looked up from scratch each time, which takes ${overflowing}. Reading the totals of 16 label sets over 128 threads takes ` +
      `${longer} times as long as reading 16 keys.`,
  ].join('\n')
}
