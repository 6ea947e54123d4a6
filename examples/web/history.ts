/*
 * What was read in the last minute.
 */

export const SPAN_SECONDS = 60
/** Rates are of so long. */
const RATE_SECONDS = 2

/** What is read at one moment. */
export interface Moment {
  /** In seconds. */
  readonly time: number
  /** Tiles of all workers that ever were, and of those that are gone. */
  readonly total: number
  readonly retired: number
  /** Iterations of each worker, by number. */
  readonly iterations: ReadonlyMap<number, number>
}

export class History {
  readonly #moments: Moment[] = []
  /** Per second, one for each moment. */
  readonly #rates: ReadonlyMap<number, number>[] = []

  add(moment: Moment): void {
    this.#moments.push(moment)
    this.#rates.push(this.#ratesAt(moment))
    const tooOld = this.#moments.filter(({ time }) => time < moment.time - SPAN_SECONDS).length
    this.#moments.splice(0, tooOld)
    this.#rates.splice(0, tooOld)
  }

  #ratesAt({ time, iterations }: Moment): ReadonlyMap<number, number> {
    const rates = new Map<number, number>()
    for (const [worker, count] of iterations) {
      const since = this.#moments.find(
        moment => moment.time >= time - RATE_SECONDS && moment.iterations.has(worker),
      )
      // In its first moment it has none yet.
      if (!since || since.time === time) continue
      rates.set(worker, (count - (since.iterations.get(worker) as number)) / (time - since.time))
    }
    return rates
  }

  get moments(): readonly Moment[] {
    return this.#moments
  }

  /** The last rates: iterations per second of each worker. */
  get rates(): ReadonlyMap<number, number> {
    return this.#rates.at(-1) ?? new Map()
  }

  /** Workers that have had a rate, by number, ascending. */
  get workers(): readonly number[] {
    return [...new Set(this.#rates.flatMap(rates => [...rates.keys()]))].sort((a, b) => a - b)
  }

  /** One worker's rates; null where it had none. */
  ratesOf(worker: number): (number | null)[] {
    return this.#rates.map(rates => rates.get(worker) ?? null)
  }
}
