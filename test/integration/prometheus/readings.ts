// What Prometheus makes of a counter, asked so that an exact answer can be expected.
import { type Prometheus, type Sample, SCRAPE_MS } from './prometheus.js'

export interface Reading {
  /** All that was scraped; the first before the work began, the last two after it had ended. */
  readonly samples: readonly Sample[]
  /** The counter's last value. */
  readonly counter: number
  /** By how much it has grown. */
  readonly increase: number
  /** How often it fell. */
  readonly resets: number
  /** `increase()` as a dashboard asks for it: at a moment between two scrapes. */
  readonly between: {
    readonly increase: number
    /** By what factor that is above what was counted. */
    readonly factor: number
  }
}

/**
 * `increase()` takes the last sample of a window less the first, and extrapolates that to the window's
 * borders, as if the counter had gone on growing there. What was counted comes out if there is nothing to
 * extrapolate:
 *
 * - at the start: Prometheus goes back no further than to where the counter would have been zero, and the
 *   first sample is zero;
 * - at the end: the window ends with the last sample, to the millisecond.
 *
 * The factor is then (last − first) / (last − first). At a moment between two scrapes, the time since the
 * last of them comes on top, as a share of the time from first to last. (If that is over 1.1 times the mean
 * time between two scrapes, half of such a time is taken instead. So the moment is chosen soon after a
 * scrape.)
 */
export async function read(prometheus: Prometheus, series: string, time: number): Promise<Reading> {
  const samples = await prometheus.samples(series, time)
  const [first, last, beforeLast] = [samples[0], samples.at(-1), samples.at(-2)]
  if (first?.value !== 0 || !last || !beforeLast) throw new Error(`${series} has not been scraped from 0`)

  // One millisecond more: a sample at the very start of a window is in it for Prometheus 2, not for
  // Prometheus 3.
  const windowTo = (end: number) => `${series}[${end - first.time + 1}ms]`
  const moment = beforeLast.time + Math.min(100, Math.floor((last.time - beforeLast.time) / 2))
  const [counter, increase, resets, atMoment] = await Promise.all([
    prometheus.value(series, last.time),
    prometheus.value(`increase(${windowTo(last.time)})`, last.time),
    prometheus.value(`resets(${windowTo(last.time)})`, last.time),
    prometheus.value(`increase(${windowTo(moment)})`, moment),
  ])
  const factor = (moment - first.time) / (beforeLast.time - first.time)
  return { samples, counter, increase, resets, between: { increase: atMoment, factor } }
}

/** A counter that has a series for each thread, as the sum of all. */
export interface SumReading {
  readonly counter: number
  /** How often the sum fell: what a thread leaves is at all times in one series, its own or another. */
  readonly resets: number
}

export async function readSum(
  prometheus: Prometheus,
  name: string,
  { samples }: Reading,
): Promise<SumReading> {
  const [from, to] = [samples[0]?.time ?? 0, samples.at(-1)?.time ?? 0]
  const [counter, resets] = await Promise.all([
    prometheus.value(`sum(${name})`, to),
    prometheus.value(`resets(sum(${name})[${to - from}ms:${SCRAPE_MS}ms])`, to),
  ])
  return { counter, resets }
}
