// Queries a counter in such a way that Prometheus' answers can be compared with exact numbers.
import { type Prometheus, type Sample, SCRAPE_MS } from './prometheus-server.js'

export interface CounterReading {
  /** All scraped samples. The first was taken before the pool started, the last two after it had ended. */
  readonly samples: readonly Sample[]
  /** The counter's last value. */
  readonly counter: number
  /** Its `increase()` from the first sample to the last. */
  readonly increase: number
  /** How often it fell. */
  readonly resets: number
  /** `increase()` as a dashboard would query it: at a time between two scrapes. */
  readonly betweenScrapes: {
    readonly increase: number
    /** The factor by which extrapolation raises the counted increase. */
    readonly factor: number
  }
}

/**
 * `increase()` subtracts the first sample of a window from the last one. It then extrapolates the difference to the
 * window's borders, as if the counter had grown there at the same rate. The result is exact if there is nothing to
 * extrapolate:
 *
 * - at the start: Prometheus doesn't extrapolate to before the time at which the counter would have been zero, and the
 *   first sample is zero;
 * - at the end: the window ends with the last sample, to the millisecond.
 *
 * The factor is then (last − first) / (last − first). For a time between two scrapes, the time since the last scrape is
 * added to the numerator. (If that exceeds 1.1 times the mean interval, Prometheus takes half an interval instead, so the
 * time is chosen soon after a scrape.)
 */
export async function queryCounter(
  prometheus: Prometheus,
  series: string,
  time: number,
): Promise<CounterReading> {
  const samples = await prometheus.samples(series, time)
  const [first, last, beforeLast] = [samples[0], samples.at(-1), samples.at(-2)]
  if (first?.value !== 0 || !last || !beforeLast) throw new Error(`${series} has not been scraped from 0`)

  // One millisecond more, because Prometheus 3 leaves out a sample at the very start of a window. Prometheus 2 includes it.
  const windowUntil = (end: number) => `${series}[${end - first.time + 1}ms]`
  const between = beforeLast.time + Math.min(100, Math.floor((last.time - beforeLast.time) / 2))
  const [counter, increase, resets, increaseBetween] = await Promise.all([
    prometheus.value(series, last.time),
    prometheus.value(`increase(${windowUntil(last.time)})`, last.time),
    prometheus.value(`resets(${windowUntil(last.time)})`, last.time),
    prometheus.value(`increase(${windowUntil(between)})`, between),
  ])
  const factor = (between - first.time) / (beforeLast.time - first.time)
  return { samples, counter, increase, resets, betweenScrapes: { increase: increaseBetween, factor } }
}

/** The sum of a counter that has a series for each thread. */
export interface SumReading {
  readonly counter: number
  /** How often the sum fell. It never should: a dead thread's count moves from one series to another, all at once. */
  readonly resets: number
}

export async function querySum(
  prometheus: Prometheus,
  name: string,
  { samples }: CounterReading,
): Promise<SumReading> {
  const [from, to] = [samples[0]?.time ?? 0, samples.at(-1)?.time ?? 0]
  const [counter, resets] = await Promise.all([
    prometheus.value(`sum(${name})`, to),
    prometheus.value(`resets(sum(${name})[${to - from}ms:${SCRAPE_MS}ms])`, to),
  ])
  return { counter, resets }
}
