/*
 * The readings of the last minute.
 */
export const SPAN_SECONDS = 60
/** A rate is the mean over this time. */
const RATE_SECONDS = 2

/** One reading. */
export interface Moment {
  /** In seconds. */
  readonly time: number
  /** The tiles of all workers, running and dead. */
  readonly total: number
  /** The tiles of dead workers. */
  readonly retired: number
  /** Each worker's iterations, by its number. */
  readonly iterations: ReadonlyMap<number, number>
}

export class History {
  readonly #moments: Moment[] = []
  /** Each worker's iterations per second, by its number; one map for each moment. */
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
      // A worker's first reading gives no rate.
      if (!since || since.time === time) continue
      rates.set(worker, (count - (since.iterations.get(worker) as number)) / (time - since.time))
    }
    return rates
  }

  get moments(): readonly Moment[] {
    return this.#moments
  }

  /** The latest rates: each worker's iterations per second. */
  get rates(): ReadonlyMap<number, number> {
    return this.#rates.at(-1) ?? new Map()
  }

  /** The numbers of the workers that had a rate in the last minute, in ascending order. */
  get workers(): readonly number[] {
    return [...new Set(this.#rates.flatMap(rates => [...rates.keys()]))].sort((a, b) => a - b)
  }

  /** One worker's rate at each moment; null if it had none. */
  ratesOf(worker: number): (number | null)[] {
    return this.#rates.map(rates => rates.get(worker) ?? null)
  }
}
