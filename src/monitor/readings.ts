/*
 * Readings of a whole table for the monitor's clients.
 */
import { internal, type Key, type SlotTable, type Snapshot } from '../index.js'
import { requireReadable } from './reading-limit.js'
import { isOwnKey } from './watch-event-loop.js'
import type { Watcher } from './watcher.js'
import { type WireKey, type WireReading, WireWriter } from './wire.js'

export class Readings {
  readonly table: SlotTable
  readonly watcher: Watcher
  readonly #writer = new WireWriter()
  #keyCount = 0

  constructor(table: SlotTable, watcher: Watcher) {
    this.table = table
    this.watcher = watcher
  }

  /** All keys that there are by now. The list only grows. */
  keys(): readonly WireKey[] {
    const keys = this.table.keys()
    if (keys.length !== this.#keyCount) {
      this.#keyCount = keys.length
      this.#writer.setKeys(keys.filter(key => !isOwnKey(key)))
    }
    return this.#writer.keys
  }

  /**
   * All values of all threads.
   * @throws {RangeError} if they are too many for one answer.
   */
  snapshot(): Snapshot {
    requireReadable(this.watcher.usage.owned, this.table.keys())
    return this.table.snapshot()
  }

  read(): WireReading {
    this.keys()
    const { statuses, isHealthy } = this.watcher
    return this.#writer.reading(this.snapshot(), statuses, {
      timeMs: Date.now(),
      uptimeMs: Math.round(process.uptime() * 1000),
      pid: process.pid,
      isHealthy,
    })
  }

  /** A thread's texts, by key name, without empty ones. */
  textsOf(threadId: number): { [name: string]: string } {
    const texts: { [name: string]: string } = Object.create(null)
    for (const key of this.table.keys().filter(({ type }) => type === 'text')) {
      const thread = this.table.perThread(key).find(thread => thread.threadId === threadId)
      if (thread?.value) texts[key.name] = String(thread.value)
    }
    return texts
  }

  /** Values by key name, as JSON can hold them. Those of a labelled key are a list of its children's. */
  plainValues(values: { readonly [name: string]: unknown }): { [name: string]: unknown } {
    // Without a prototype, a key may be called `__proto__`.
    const plain: { [name: string]: unknown } = Object.create(null)
    for (const key of this.table.keys()) {
      if (isOwnKey(key) || !Object.hasOwn(values, key.name)) continue
      const value = plainValueOf(key, values[key.name])
      if (key.labels) {
        // The overflow child, while nobody has needed it.
        if (key.name === key.family && internal.isEmptyFold(key, values[key.name])) continue
        plain[key.family] ??= []
        const children = plain[key.family] as object[]
        children.push({ labels: key.labels, value })
      } else plain[key.name] = value
    }
    return plain
  }
}

/** 64-bit integers become numbers, rounded above 2⁵³; histograms become their figures; JSON has `null` for NaN and infinities. */
function plainValueOf({ histogram }: Key, value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  return histogram === 0 && ArrayBuffer.isView(value) ? Array.from(value as never, Number) : value
}
