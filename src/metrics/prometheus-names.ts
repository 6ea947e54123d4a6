/*
 * The names of Prometheus's metrics and labels.
 */
import type { Instrument, Kind } from './instruments.js'
import type { AddedLabels } from './label-names.js'
import { snakeCase } from './names.js'

export const ADDED_LABELS: AddedLabels = {
  index: 'index',
  thread: 'thread',
  threadName: 'thread_name',
  histogram: ['le'],
}

/** What the names of a histogram's lines add to its own name. */
export const HISTOGRAM_SUFFIXES = ['_bucket', '_sum', '_count'] as const

/** How the names of a thread-local's metrics begin. */
export const prefixOf = (definitionName: string): string =>
  `${snakeCase(definitionName).replaceAll('.', '_')}_`

/** The name of an instrument's metric, after the prefix. */
export const metricName = ({
  kind,
  unit,
  baseName,
}: Pick<Instrument, 'kind' | 'unit' | 'baseName'>): string =>
  [baseName, unit.suffix, kind === 'counter' ? 'total' : ''].filter(Boolean).join('_')

/** A gauge or histogram with such an ending would be taken for a counter, or for a line of a histogram. */
export const isMetricName = (name: string, kind: Kind): boolean =>
  /^[a-zA-Z_]\w*$/.test(name) && (kind === 'counter' || !/_(total|count|sum|bucket)$/.test(name))
