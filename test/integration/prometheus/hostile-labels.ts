// Metrics of every kind, with labels whose values are hard to write down.
import { threadLocal } from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { labelled } from 'threadslots/labels'
import { collect } from 'threadslots/prometheus'
import type { AnyRegistry } from './clients.js'

const TEXTS = [
  '',
  ' ',
  '"',
  '\\',
  '\n',
  '\\n',
  '\\"',
  '\\\\',
  '\r\n',
  '\t',
  '\0',
  '\u2028',
  'é',
  '😀',
  ',',
  'a="b",c="d"',
  '} 1',
  '# EOF\n',
  '# {a="b"} 1',
  'x'.repeat(250),
]

/** One series, as text or as Prometheus has it. */
export interface LabelledSample {
  readonly name: string
  readonly labels: { readonly [label: string]: string }
  readonly value: number
}

const local = threadLocal('hostile', {
  seen: labelled({ type: 'count', help: 'A "help", \\ and\nall.' }, ['text', 'dotted.name']),
  largest: labelled({ type: 'f64', fold: 'max' }, ['text']),
  open: labelled({ type: 'i32', retire: false }, ['text']),
  waited: labelled(histogram({ min: 1, max: 1000, digits: 1, unit: 'milliseconds' }), ['text']),
})

export function collectHostileLabels(registry: AnyRegistry): void {
  collect(registry, local)
}

export function collectHostileLabelsByThread(registry: AnyRegistry): void {
  collect(registry, local, { prefix: 'hostile_by_thread_', perThread: true, threadName: true })
}

/** What has been counted here: all threads together, and of histograms the counts alone. */
export const HOSTILE_SAMPLES: readonly LabelledSample[] = TEXTS.flatMap(countWith)

/** Each text gets a value of its own, so that a mix-up shows. */
function countWith(text: string, index: number): LabelledSample[] {
  const value = index + 1
  local.seen.with({ text, 'dotted.name': 'plain' }).add(value)
  local.seen.with({ text: 'plain', 'dotted.name': text }).add(value)
  local.largest.with({ text }).max(value)
  local.open.with({ text }).add(-value)
  for (let i = 0; i < value; i++) local.waited.with({ text }).record(10)
  return [
    { name: 'hostile_seen_total', labels: { text, dotted_name: 'plain' }, value },
    { name: 'hostile_seen_total', labels: { text: 'plain', dotted_name: text }, value },
    { name: 'hostile_largest', labels: { text }, value },
    { name: 'hostile_open', labels: { text }, value: -value },
    { name: 'hostile_waited_seconds_count', labels: { text }, value },
  ]
}

/** The samples that are to be compared, in an order that depends on nothing but them. */
export const hostileSamplesIn = (samples: readonly LabelledSample[]): string[] => {
  const names = new Set(HOSTILE_SAMPLES.map(({ name }) => name))
  return samples
    .filter(({ name }) => names.has(name))
    .map(({ name, labels, value }) => JSON.stringify([name, Object.entries(labels).sort(), value]))
    .sort()
}
