/*
 * Readings as they travel from the monitor to a page or a terminal: JSON, with values by key id.
 *
 * A stream begins with a list of all keys, and sends it again whenever there are more. JSON has no bigints, no infinities and
 * no histograms, so the receiver needs the keys to restore values.
 */
import { type Fold, internal, type Key, type Snapshot } from '../index.js'
import type { ThreadState, ThreadStatus } from './watcher.js'

/** What `/events?interval=…` accepts: milliseconds between two readings. */
export const MIN_INTERVAL_MS = 100
export const MAX_INTERVAL_MS = 60_000

/** A key as its record in the table describes it. */
export interface WireKey {
  readonly keyId: number
  /** Unique. A child of a labelled key has its labels in its name. */
  readonly name: string
  readonly type: Key['type']
  readonly fold: Fold
  readonly retire: boolean
  /** Number of elements of a vector, or bytes of a text. Missing for scalars. */
  readonly length?: number
  /** Code of a histogram's scale; 0 for other keys. */
  readonly histogram: number
  readonly unit?: string
  readonly help?: string
  /** The name of the labelled key that this is a child of. The family's first child is its overflow child. */
  readonly family?: string
  readonly labels?: { readonly [label: string]: string }
}

/**
 * A number; an infinity, NaN or a 64-bit integer as a string; a text; the elements of a vector; or the counts of a histogram,
 * as pairs of a bucket's index and its count, without empty buckets.
 */
export type WireValue = number | string | readonly (number | string)[]

/** Values by key id. */
export interface WireValues {
  readonly [keyId: string]: WireValue
}

export interface WireThread {
  readonly threadId: number
  /** Missing if the thread has no name. */
  readonly threadName?: string
  readonly state: ThreadState
  /** Milliseconds since one of its slots was last seen to change. */
  readonly unchangedMs: number
  /** Milliseconds since its event loop last turned. Missing if the thread isn't watched. */
  readonly blockedMs?: number
  readonly values: WireValues
}

/** One reading of the whole table. */
export interface WireReading {
  /** When it was taken: milliseconds since 1970. */
  readonly timeMs: number
  /** Milliseconds since the process started. */
  readonly uptimeMs: number
  readonly pid: number
  /** False while a thread is blocked or stuck. */
  readonly isHealthy: boolean
  /** Running threads, by their ids. */
  readonly threads: readonly WireThread[]
  /** What dead threads left. */
  readonly retired: WireValues
  /** Running and dead threads together; keys that have a fold. */
  readonly totals: WireValues
}

/** The events of the stream `/events`, by name, with the type of their JSON. */
export interface WireEvents {
  readonly keys: readonly WireKey[]
  readonly reading: WireReading
}

/** A reading whose values are restored, by key name. */
export interface ReceivedReading extends Omit<WireReading, 'threads' | 'retired' | 'totals'> {
  readonly threads: readonly (Omit<WireThread, 'values'> & { readonly values: ReceivedValues })[]
  readonly retired: ReceivedValues
  readonly totals: ReceivedValues
}

/**
 * Values by key name, as readings in the process itself have them: numbers, bigints, strings, typed arrays and, once
 * `threadslots/histogram` is loaded, histograms.
 */
export interface ReceivedValues {
  readonly [name: string]: unknown
}

export const wireKeyOf = (key: Key): WireKey => {
  const { keyId, name, type, fold, retire, length, histogram, unit, help, family, labels } = key
  return {
    keyId,
    name,
    type,
    fold,
    retire,
    histogram,
    ...(length !== undefined && { length }),
    ...(unit !== undefined && { unit }),
    ...(help !== undefined && { help }),
    ...(labels && { family, labels }),
  }
}

/** Writes snapshots of a table as wire readings. */
export class WireWriter {
  #keys: readonly Key[] = []
  #idOf = new Map<string, Key>()

  /** Takes notice of the keys that there are by now. Values of other keys aren't written. */
  setKeys(keys: readonly Key[]): void {
    this.#keys = keys
    this.#idOf = new Map(keys.map(key => [key.name, key]))
  }

  get keys(): readonly WireKey[] {
    return this.#keys.map(wireKeyOf)
  }

  valuesOf(values: { readonly [name: string]: unknown }): WireValues {
    const written: { [keyId: string]: WireValue } = {}
    for (const name of Object.keys(values)) {
      const key = this.#idOf.get(name)
      if (key) written[key.keyId] = wireValueOf(key, values[name])
    }
    return written
  }

  reading(
    { threads, retired, totals }: Snapshot,
    statuses: readonly ThreadStatus[],
    about: Pick<WireReading, 'timeMs' | 'uptimeMs' | 'pid' | 'isHealthy'>,
  ): WireReading {
    const valuesByThread = new Map(threads.map(({ threadId, values }) => [threadId, values]))
    return {
      ...about,
      threads: statuses.map(status => ({
        ...status,
        values: this.valuesOf(valuesByThread.get(status.threadId) ?? {}),
      })),
      retired: this.valuesOf(retired),
      totals: this.valuesOf(totals),
    }
  }
}

const wireNumber = (value: number | bigint): number | string =>
  typeof value === 'number' && Number.isFinite(value) ? value : String(value)

function wireValueOf({ histogram }: Key, value: unknown): WireValue {
  if (typeof value === 'string') return value
  if (typeof value !== 'object') return wireNumber(value as number | bigint)
  if (histogram === 0) return Array.from(value as ArrayLike<number>, wireNumber)
  return Array.from((value as { counts: ArrayLike<number> }).counts).flatMap((count, i) =>
    count ? [i, count] : [],
  )
}

/** Restores what a stream has sent. */
export class WireReader {
  #keys = new Map<string, WireKey>()

  /** Takes an event `keys`. */
  setKeys(keys: readonly WireKey[]): void {
    this.#keys = new Map(keys.map(key => [String(key.keyId), key]))
  }

  get keys(): readonly WireKey[] {
    return [...this.#keys.values()]
  }

  /** Takes an event `reading`. */
  read(reading: WireReading): ReceivedReading {
    return {
      ...reading,
      threads: reading.threads.map(thread => ({ ...thread, values: this.#valuesOf(thread.values) })),
      retired: this.#valuesOf(reading.retired),
      totals: this.#valuesOf(reading.totals),
    }
  }

  #valuesOf(values: WireValues): ReceivedValues {
    // Without a prototype, a key may be called `__proto__`.
    const restored: { [name: string]: unknown } = Object.create(null)
    for (const [keyId, value] of Object.entries(values)) {
      const key = this.#keys.get(keyId)
      if (key) restored[key.name] = restoredValue(key, value)
    }
    return restored
  }
}

function restoredValue({ type, length, histogram }: WireKey, value: WireValue): unknown {
  if (type === 'text') return value
  const isBigint = type === 'i64' || type === 'u64'
  if (!Array.isArray(value)) return isBigint ? BigInt(value as string) : Number(value)
  if (type === 'i64') return BigInt64Array.from(value, BigInt)
  if (type === 'u64') return BigUint64Array.from(value, BigInt)
  if (type === 'u8') return Uint8Array.from(value, Number)
  if (histogram === 0) return Float64Array.from(value, Number)
  const counts = new Float64Array(length as number)
  for (let i = 0; i < value.length; i += 2) counts[value[i] as number] = value[i + 1] as number
  return internal.wrap({ type, length, histogram }, counts)
}
