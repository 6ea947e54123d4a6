/*
 * Thread-locals in a registry of a Prometheus client: prom-client, or its successor @prometheus-io/client. They are read
 * whenever Prometheus scrapes, in the thread that answers.
 */
import { definitionOf, internal, type Schema, type ThreadLocal } from '../index.js'
import { type Instrument, instrumentsOf } from './instruments.js'
import { type LabelNames, labelNamesOf } from './label-names.js'
import { checkNames } from './names.js'
import type { ExportOptions } from './options.js'
import { createMetric, samplesOf } from './prometheus-metric.js'
import { ADDED_LABELS, HISTOGRAM_SUFFIXES, isMetricName, metricName, prefixOf } from './prometheus-names.js'
import { InstrumentReader, type InstrumentReading } from './readings.js'

/** What `collect` needs of a registry: one of prom-client 15, or of @prometheus-io/client 0.16, has it. */
export interface MetricsRegistry {
  // Written as a method, whose parameter may be narrower: the clients' types allow only their own metrics.
  registerMetric(metric: never): void
  getSingleMetric(name: string): unknown
  removeSingleMetric(name: string): void
}

/**
 * Registers metrics for the keys of a thread-local. Each scrape reads the values of all threads, all keys in one reading. It
 * doesn't disturb the threads, and they send nothing. Counters keep what ended threads counted.
 *
 * ```js
 * const local = threadLocal('thumbnailer', { slowestMs: { type: 'f64', fold: 'max', unit: 'milliseconds' } })
 * collect(register, local)
 * ```
 *
 * - A sum is a counter, or a gauge with `retire: false`, and a histogram is a histogram. Any other key is a gauge, which is left
 *   out while no thread has a value.
 * - Names are in snake case and end in the unit, and in `_total` for counters: `slowestMs` becomes
 *   `thumbnailer_slowest_seconds`.
 * - Labels become labels; dots in their names become underscores. A vector has one series per element, with the label `index`.
 * - With `perThread`, the label `thread` is the place, and with `threadName` the label `thread_name` is its threads' name. Keys
 *   of fold `none` are exported only then. Histograms always cover all threads. Texts are never exported.
 * - Units and help come from the keys' definitions. A unit that isn't one of `Unit` is exported as it is.
 * - 64-bit integers become numbers, rounded above 2⁵³.
 * - `resetMetrics()` has no effect.
 * @param registry of `prom-client` or `@prometheus-io/client`, such as the global `register`. It may be one of OpenMetrics.
 * @returns a function that removes the metrics from the registry.
 * @throws {TypeError} if the object was not made by `threadLocal`, or an option is wrong: a key that the schema doesn't have,
 * an unknown option, kind or unit, a name that ends in a unit which `unit` doesn't state, or a name that Prometheus doesn't
 * accept or the registry already has. In that case nothing is registered.
 */
export function collect<S extends Schema>(
  registry: MetricsRegistry,
  local: ThreadLocal<S>,
  options: ExportOptions<S> = {},
): () => void {
  if (typeof registry?.registerMetric !== 'function') {
    const use =
      "a registry, as in collect(register, local), where prom-client or @prometheus-io/client exports 'register'"
    throw internal.wrongType('the registry', registry, use)
  }
  const instruments = instrumentsOf(local, options)
  const { name, table } = definitionOf(local)
  const { prefix = prefixOf(name) } = options
  const names = instruments.map(instrument => prefix + metricName(instrument))
  checkNames(
    instruments.map(({ kind, property }, i) => {
      const name = names[i] as string
      return { name, property, isValid: isMetricName(name, kind) }
    }),
    'letters, digits and _, no digit at the start, and no _total, _count, _sum or _bucket at the end of a gauge or histogram',
  )
  checkUnused(registry, instruments, names)
  const labelNames = instruments.map(instrument =>
    labelNamesOf(instrument, options, ADDED_LABELS, label => label.replaceAll('.', '_')),
  )

  const reader = new InstrumentReader(table.registry, instruments, options)
  const metrics = instruments.map(({ help, key: { fold }, kind: type }, i) =>
    createMetric({ name: names[i] as string, help, type, fold }, name =>
      samplesOf(name, reader.readOncePerScrape()[i] as InstrumentReading, labelNames[i] as LabelNames),
    ),
  )
  for (const metric of metrics) registry.registerMetric(metric as never)
  return () => {
    metrics.forEach((metric, i) => {
      const name = names[i] as string
      if (registry.getSingleMetric(name) === metric) registry.removeSingleMetric(name)
    })
  }
}

/** @throws {TypeError} if a metric of the registry has the name of one of ours, or of a line of a histogram. */
function checkUnused(
  registry: MetricsRegistry,
  instruments: readonly Instrument[],
  names: readonly string[],
): void {
  names.forEach((name, i) => {
    const suffixes = instruments[i]?.kind === 'histogram' ? HISTOGRAM_SUFFIXES : []
    const used = [name, ...suffixes.map(suffix => name + suffix)].find(line => registry.getSingleMetric(line))
    if (used !== undefined) {
      throw new TypeError(
        `the registry already has a metric '${used}'; use another prefix or registry, or remove that metric first`,
      )
    }
  })
}
