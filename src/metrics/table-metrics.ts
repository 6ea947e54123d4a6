/*
 * All keys of a table as Prometheus metrics: those that there are, and those that threads create later.
 *
 * Any code may have defined a key, so none is refused. The metrics of a thread-local are those that `collect` makes of it without
 * options. What `collect` rejects gets a safe name instead. It keeps that name: names are given out in the order of key ids, and
 * a table never loses a key.
 */
import type { Key, SlotTable } from '../index.js'
import { type Instrument, instrumentOfKey } from './instruments.js'
import { safeLabelNamesOf } from './label-names.js'
import { createMetric, samplesOf } from './prometheus-metric.js'
import { ADDED_LABELS, prefixOf } from './prometheus-names.js'
import { InstrumentReader, type InstrumentReading } from './readings.js'
import type { SafeNames } from './safe-names.js'

/** What registries of both clients have. */
interface Registry {
  registerMetric(metric: never): void
}

export class TableMetrics {
  readonly #table: SlotTable
  readonly #registries: readonly Registry[]
  readonly #names: SafeNames
  readonly #isHidden: (key: Key) => boolean
  readonly #reader: InstrumentReader
  #keyCount = 0
  #instrumentCount = 0

  /**
   * @param registries for which metrics are made. They change a metric's name, so each gets its own.
   * @param names in which those of other metrics are reserved.
   * @param isHidden tells keys that aren't exported.
   */
  constructor(
    table: SlotTable,
    registries: readonly Registry[],
    names: SafeNames,
    isHidden: (key: Key) => boolean,
  ) {
    this.#table = table
    this.#registries = registries
    this.#names = names
    this.#isHidden = isHidden
    this.#reader = new InstrumentReader(table.registry, [])
  }

  /** Registers metrics for the keys that were created since the last call. */
  update(): void {
    const keys = this.#table.registry.list()
    const added = keys.slice(this.#keyCount).filter(key => isExported(key) && !this.#isHidden(key))
    this.#keyCount = keys.length
    if (added.length === 0) return
    const parts = added.map(({ name }) => partsOf(name))
    const instruments = added.map((key, i) => instrumentOfKey(parts[i]?.property as string, key))
    this.#reader.add(instruments)
    instruments.forEach((instrument, i) => {
      this.#register(instrument, this.#names.take(parts[i]?.prefix as string, instrument))
    })
  }

  #register(instrument: Instrument, name: string): void {
    const { help, key, kind } = instrument
    const labelNames = safeLabelNamesOf(instrument, ADDED_LABELS)
    const place = this.#instrumentCount++
    for (const registry of this.#registries) {
      const metric = createMetric({ name, help, type: kind, fold: key.fold }, name =>
        samplesOf(name, this.#reader.readOncePerScrape()[place] as InstrumentReading, labelNames),
      )
      registry.registerMetric(metric as never)
    }
  }
}

/** Texts aren't measurements, and fold `none` has no value over all threads. A family is exported by its overflow child. */
const isExported = ({ fold, labels, name, family }: Key): boolean =>
  fold !== 'none' && (!labels || name === family)

/** The name of a thread-local and that of a key in its schema, from the key's full name. A table's own keys have no prefix. */
function partsOf(keyName: string): { prefix: string; property: string } {
  const dot = keyName.lastIndexOf('.')
  return { prefix: dot < 0 ? '' : prefixOf(keyName.slice(0, dot)), property: keyName.slice(dot + 1) }
}
