/*
 * What the keys' totals were in the last minutes.
 */
import { type Histogram, internal } from '../../index.js'
import type { ReceivedReading, WireKey } from '../wire.js'
import { kindOf } from './key-groups.js'

export const SPAN_SECONDS = 600
/** Percentiles are those of the values recorded in this time. One second alone may have too few. */
export const PERCENTILE_SECONDS = 5
/** If there was no reading for this long, lines have a gap. */
const GAP_SECONDS = 5

export const PERCENTILES = [50, 90, 99] as const

/** Values at the times of the history; null where there is none. */
export type Line = readonly (number | null)[]

/** What is kept of a key. */
interface Track {
  readonly key: WireKey
  /** The rate per second; the value; or three percentiles, and the number of values recorded per second. */
  readonly lines: (number | null)[][]
  /** Its total in the latest reading. */
  total: unknown
  /** A histogram's totals in the last seconds, the oldest first. */
  recent: { readonly time: number; readonly histogram: Histogram }[]
}

/** The readings of one process. */
export class History {
  /** Seconds since the process started: unlike the time of day, they never go back. */
  readonly times: number[] = []
  readonly #tracks = new Map<string, Track>()
  /** The latest reading. */
  reading: ReceivedReading | undefined

  /** Adds the next reading. Keys that weren't there before have gaps until now. */
  add(reading: ReceivedReading, keys: readonly WireKey[]): void {
    const time = reading.uptimeMs / 1000
    const before = this.times.at(-1)
    if (before !== undefined && time <= before) return
    if (before !== undefined && time - before > GAP_SECONDS) this.#addGap((before + time) / 2)
    for (const key of keys) this.#noteKey(key)
    this.times.push(time)
    const seconds = before === undefined ? undefined : time - before
    for (const track of this.#tracks.values())
      this.#note(track, reading.totals[track.key.name], time, seconds)
    this.reading = reading
    this.#dropBefore(time - SPAN_SECONDS)
  }

  /** True if a reading is of another process than those before it. */
  isOfOther({ pid, uptimeMs }: ReceivedReading): boolean {
    const { reading } = this
    // In containers, all processes have the same id.
    return reading !== undefined && (pid !== reading.pid || uptimeMs < reading.uptimeMs)
  }

  /** A key's lines; empty if it isn't charted. */
  linesOf({ name }: WireKey): readonly Line[] {
    return this.#tracks.get(name)?.lines ?? []
  }

  /** A key's latest total; undefined if it has none. */
  totalOf({ name }: WireKey): unknown {
    return this.#tracks.get(name)?.total
  }

  /** What a histogram has recorded in the last seconds; undefined if that is unknown. */
  recentOf({ name }: WireKey): Histogram | undefined {
    const { recent } = this.#tracks.get(name) ?? { recent: [] }
    const [first, last] = [recent[0], recent.at(-1)]
    return first && last && first !== last ? last.histogram.since(first.histogram) : undefined
  }

  #noteKey(key: WireKey): void {
    const kind = kindOf(key)
    if (!kind || this.#tracks.has(key.name)) return
    const count = { rate: 1, value: 1, percentiles: PERCENTILES.length + 1, bars: 0 }[kind]
    const lines = Array.from({ length: count }, () => new Array<number | null>(this.times.length).fill(null))
    this.#tracks.set(key.name, { key, lines, total: undefined, recent: [] })
  }

  #note(track: Track, total: unknown, time: number, seconds: number | undefined): void {
    const points = this.#pointsOf(track, total, time, seconds)
    track.lines.forEach((line, i) => {
      line.push(points[i] ?? null)
    })
    track.total = total
  }

  #pointsOf(track: Track, total: unknown, time: number, seconds: number | undefined): (number | null)[] {
    const kind = kindOf(track.key)
    if (total === undefined || kind === 'bars') return []
    if (kind === 'value') return [finite(Number(total))]
    if (kind === 'rate') {
      return seconds === undefined || track.total === undefined
        ? []
        : [rateOf(track.key, track.total as number | bigint, total as number | bigint, seconds)]
    }
    return this.#percentilesOf(track, total as Histogram, time, seconds)
  }

  #percentilesOf(
    track: Track,
    histogram: Histogram,
    time: number,
    seconds: number | undefined,
  ): (number | null)[] {
    const { recent, key } = track
    const previous = recent.at(-1)?.histogram
    recent.push({ time, histogram })
    // The reading that is just older than the span stays, to be compared with.
    while ((recent[1]?.time ?? time) <= time - PERCENTILE_SECONDS) recent.shift()
    const added = this.recentOf(key)
    const rate = previous && seconds && Math.max(0, histogram.count - previous.count) / seconds
    return [...PERCENTILES.map(p => (added ? finite(added.percentile(p)) : null)), rate ?? null]
  }

  #addGap(time: number): void {
    this.times.push(time)
    for (const { lines, recent } of this.#tracks.values()) {
      for (const line of lines) line.push(null)
      recent.length = 0
    }
  }

  #dropBefore(time: number): void {
    const count = this.times.findIndex(kept => kept >= time)
    if (count === 0) return
    this.times.splice(0, count)
    for (const { lines } of this.#tracks.values()) for (const line of lines) line.splice(0, count)
  }
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)

/**
 * What a sum grew by per second. Null if it fell, because what was added meanwhile is then unknown: a thread set its slot back.
 * A 32-bit sum that wraps hasn't fallen.
 */
export function rateOf(
  key: Pick<WireKey, 'type' | 'retire'>,
  before: number | bigint,
  now: number | bigint,
  seconds: number,
): number | null {
  // Two large bigints lose their last digits as numbers; their difference doesn't.
  const difference = typeof now === 'bigint' ? Number(now - BigInt(before)) : now - Number(before)
  const growth = internal.growthOf(key, difference)
  return growth >= 0 ? finite(growth / seconds) : null
}
