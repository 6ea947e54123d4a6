/*
 * Sums and histograms that never fall, from readings that may.
 *
 * Monitoring systems treat a falling counter as a restart and draw a false spike. A reading falls when a thread sets its slot
 * back, when its sum becomes NaN, and when its 32 bits wrap; a wrap is growth. The same holds for each count of a histogram.
 */
import { type Histogram, internal, type Key } from '../index.js'

/** A sum that grows by what its readings grow by, and keeps its value while they fall. */
export class MonotonicSum {
  readonly #key: Key
  #reading = 0
  /** All that the readings have ever lost, by falling and by wrapping. */
  #offset = 0
  value = 0

  constructor(key: Key) {
    this.#key = key
  }

  /** Takes the next reading, and returns the sum. A reading that isn't finite changes nothing. */
  update(reading: number): number {
    if (Number.isFinite(reading)) {
      const difference = reading - this.#reading
      this.#offset += Math.max(0, internal.growthOf(this.#key, difference)) - difference
      this.#reading = reading
      // With fractions, reading + offset may be rounded to less than the value so far.
      this.value = Math.max(this.value, reading + this.#offset)
    }
    return this.value
  }

  /** Lets readings go on from another one, on top of the value so far. Returns the last reading. */
  restart(from = 0): number {
    const reading = this.#reading
    this.#reading = from
    this.#offset = this.value - from
    return reading
  }
}

/** A histogram whose counts are monotonic sums. Its other figures follow from them. */
export class MonotonicHistogram {
  #reading: Histogram | undefined
  #value: Histogram | undefined

  /** Takes the next reading, and returns the histogram. */
  update(reading: Histogram): Histogram {
    const added = reading.since(this.#reading ?? reading)
    this.#reading = reading
    this.#value = (this.#value ?? reading).addPositive(added)
    return this.#value
  }
}
