/*
 * The readings of another process, as its monitor sends them.
 */
import type { EventSourceMessage } from 'eventsource-parser'
import '../histogram.js'
import '../labels.js'
import { internal, type LabelledChild, type LabelledSpec } from '../index.js'
import { ailingMs, isAiling } from '../monitor/ailing.js'
import { type ReceivedReading, type ReceivedValues, type WireKey, WireReader } from '../monitor/wire.js'
import { Column, type ShownKey } from '../top/column.js'
import { LabelledColumn } from '../top/labelled-column.js'
import { type NamedValues, RATE_SECONDS, type TopReading } from '../top/reading.js'
import type { TopSource } from '../top/source.js'
import { areKeys, areSiblings, isReading } from './checks.js'
import { durationText } from './duration.js'
import { definitionName, KeySelection, propertyName } from './key-names.js'
import { OtherProcessError, ProtocolError } from './problems.js'

// What messages call the events.
const LIST_OF_KEYS = 'a list of keys'
const READING = 'a reading'

/** A key of the other process. */
type RemoteKey = LabelledChild[0] & ShownKey

/** What one column shows. */
interface RemoteField {
  /** The name of its values in readings: the key's id, which no property of a thread is called. */
  readonly name: string
  /** The key; of a labelled one, the overflow child. */
  readonly key: RemoteKey
  /** All children of a labelled key; undefined for others. */
  readonly children: RemoteKey[] | undefined
  readonly column: Column
}

/** The totals at one time. */
interface Sample {
  readonly seconds: number
  readonly totals: NamedValues
}

export class RemoteSource implements TopSource {
  /** One for each key that is shown, in the order of the keys' ids. */
  readonly columns: Column[] = []
  readonly #selection: KeySelection
  readonly #wire = new WireReader()
  /** All keys, as they were sent. */
  #keys: readonly WireKey[] = []
  readonly #keysById = new Map<string, WireKey>()
  readonly #fields: RemoteField[] = []
  readonly #families = new Map<string, RemoteField>()
  #last: ReceivedReading | undefined
  #first: Sample | undefined
  /** The one that the present rates end with. */
  #sampled: Sample | undefined
  #rates: NamedValues | undefined
  #readingCount = 0

  /** @param patterns which keys to show: see `KeySelection`. */
  constructor(patterns: readonly string[] | undefined) {
    this.#selection = new KeySelection(patterns)
  }

  get readingCount(): number {
    return this.#readingCount
  }

  /** Rates need two readings. */
  get hasRates(): boolean {
    return this.#rates !== undefined
  }

  /** The last reading. There is one from the first `receive` on that returned true. */
  get last(): ReceivedReading {
    return this.#last as ReceivedReading
  }

  /** Names to choose from, if no key has been chosen so far. */
  get unmatched():
    | { readonly patterns: readonly string[]; readonly definitions: readonly string[] }
    | undefined {
    const { patterns } = this.#selection
    if (!patterns || this.columns.length > 0) return undefined
    const definitions = new Set(this.#keys.map(({ name, family = name }) => definitionName(family) || family))
    return { patterns, definitions: [...definitions] }
  }

  /**
   * Takes an event.
   * @returns true if it was a reading.
   * @throws {ProtocolError} if it is not what a monitor sends.
   * @throws {OtherProcessError} if it is from another process than the events before.
   */
  receive({ event, data }: EventSourceMessage): boolean {
    if (event === 'keys') {
      const keys = parse(LIST_OF_KEYS, data)
      if (!areKeys(keys)) throw notUnderstood(LIST_OF_KEYS)
      this.#setKeys(keys)
    }
    // Later versions may send further events.
    if (event !== 'reading') return false
    const reading = parse(READING, data)
    if (!isReading(reading, this.#keysById)) throw notUnderstood(READING)
    if (this.#last && this.#last.pid !== reading.pid) throw new OtherProcessError()
    this.#add(this.#wire.read(reading))
    return true
  }

  read(): TopReading {
    return this.#readingWith(this.#rates ?? {})
  }

  readLast(): TopReading {
    const first = this.#first as Sample
    return this.#readingWith(this.#ratesBetween(first, this.#sampleOf(this.last)))
  }

  /** Takes all keys. They are those of the time before, and perhaps more. */
  #setKeys(keys: readonly WireKey[]): void {
    const known = this.#keys.length
    if (JSON.stringify(keys.slice(0, known)) !== JSON.stringify(this.#keys))
      throw this.#last ? new OtherProcessError() : notUnderstood(LIST_OF_KEYS)
    this.#keys = keys
    this.#wire.setKeys(keys)
    for (const key of keys.slice(known)) {
      this.#keysById.set(String(key.keyId), key)
      if (this.#selection.has(key.family ?? key.name)) this.#show(key)
    }
    const definitions = new Set(this.#fields.map(({ key }) => definitionName(key.family)))
    for (const { key, column } of this.#fields)
      column.rename(definitions.size > 1 ? key.family : propertyName(key.family))
  }

  /** Gives a key a column, or a place among the children of its labelled key. */
  #show(wireKey: WireKey): void {
    const { family = wireKey.name, labels, unit } = wireKey
    const key: RemoteKey = { ...wireKey, family, labels, unit }
    const siblings = labels && this.#families.get(family)
    if (siblings?.children) {
      if (!areSiblings(siblings.children[0] as WireKey, wireKey)) throw notUnderstood(LIST_OF_KEYS)
      siblings.children.push(key)
      return
    }
    const name = String(key.keyId)
    const children = labels && [key]
    const column = children ? new LabelledColumn([name, key], {}, () => children) : new Column([name, key])
    const field = { name, key, children, column }
    this.#fields.push(field)
    this.columns.push(column)
    if (labels) this.#families.set(family, field)
  }

  #add(reading: ReceivedReading): void {
    this.#last = reading
    this.#readingCount++
    const seconds = reading.uptimeMs / 1000
    if (this.#sampled && seconds - this.#sampled.seconds < RATE_SECONDS) return
    const sample = this.#sampleOf(reading)
    if (this.#sampled) this.#rates = this.#ratesBetween(this.#sampled, sample)
    this.#first ??= sample
    this.#sampled = sample
  }

  /** The process's uptime measures the time, because the time of day may jump. */
  #sampleOf({ uptimeMs, totals }: ReceivedReading): Sample {
    return { seconds: uptimeMs / 1000, totals: this.#valuesOf(totals, true) }
  }

  /** The increase per second of keys that accumulate. A key that is new has grown from 0. */
  #ratesBetween(earlier: Sample, later: Sample): NamedValues {
    const seconds = later.seconds - earlier.seconds
    const rates = this.#fields.flatMap(({ name, key }) => {
      const value = later.totals[name]
      if (key.fold !== 'sum' || !key.retire || value === undefined) return []
      const previous = earlier.totals[name]
      const growth =
        previous === undefined ? value : internal.differenceOf(key, value as never, previous as never)
      return [[name, internal.rateOf(growth as never, seconds)]]
    })
    return Object.fromEntries(rates)
  }

  #readingWith(rates: NamedValues): TopReading {
    const { threads, retired, totals } = this.last
    const first = this.#first as Sample
    const kept = this.#fields.filter(({ key }) => key.retire)
    return {
      seconds: this.last.uptimeMs / 1000 - first.seconds,
      threads: threads
        .map(({ threadId, threadName, values }) => ({
          ...this.#valuesOf(values, false),
          threadId,
          ...(threadName !== undefined && { threadName }),
        }))
        .sort((a, b) => a.threadId - b.threadId),
      states: new Map(threads.map(thread => [thread.threadId, stateText(thread)])),
      retired: this.#valuesOf(retired, true, kept),
      totals: this.#valuesOf(totals, true),
      rates,
    }
  }

  /** Values by key name become values by the names of fields. */
  #valuesOf(
    values: ReceivedValues,
    isFold: boolean,
    fields: readonly RemoteField[] = this.#fields,
  ): NamedValues {
    const entries = fields.flatMap(({ name, key, children }): [string, unknown][] => {
      if (!children) return key.name in values ? [[name, values[key.name]]] : []
      const present = children
        .filter(child => child.name in values)
        .map(child => [child, values[child.name]] as LabelledChild)
      if (present.length === 0) return []
      return [[name, internal.labelledReading(key, specOf(key), present, isFold)]]
    })
    return Object.fromEntries(entries)
  }
}

/** The definition of a labelled key, as far as its readings need it. */
const specOf = ({ labels = {} }: RemoteKey): LabelledSpec => ({
  spec: 'count',
  labels,
  values: {},
  maxChildren: Infinity,
})

function parse(what: string, data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    throw new ProtocolError(`the monitor sent ${what} that is not JSON`)
  }
}

const notUnderstood = (what: string): ProtocolError =>
  new ProtocolError(
    `the monitor sent ${what} that this version can't read; use the version of threadslots that the process uses`,
  )

const SHOWN_STATES = ['busy', 'idle', 'blocked', 'stuck']

type RemoteThread = ReceivedReading['threads'][number]

/** What a thread does; empty if nothing is known. */
function stateText(thread: RemoteThread): string {
  const word = SHOWN_STATES.includes(thread.state) ? thread.state : ''
  return isAiling(thread) ? `${word} ${durationText(ailingMs(thread))}` : word
}
