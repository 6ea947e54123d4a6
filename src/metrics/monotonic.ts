/*
 * Sums and histograms that never fall, from readings that may.
 *
 * Monitoring systems treat a falling counter as a restart and draw a false spike. A reading falls when a thread sets its slot
 * back, and when its 32 bits wrap. The same holds for each count of a histogram.
 */
import type { Histogram } from '../index.js'

/** A sum that grows by what its readings grow by, and keeps its value while they fall. */
export class MonotonicSum {
  #reading = 0
  /** All that the readings have ever lost. */
  #offset = 0
  value = 0

  /** Takes the next reading, and returns the sum. A reading that isn't finite changes nothing. */
  update(reading: number): number {
    if (Number.isFinite(reading)) {
      this.#offset += Math.max(0, this.#reading - reading)
      this.#reading = reading
      // With fractions, reading + offset may be rounded to less than the value so far.
      this.value = Math.max(this.value, reading + this.#offset)
    }
    return this.value
  }

  /** Lets readings start from 0 again, on top of the value so far. Returns the last reading. */
  restart(): number {
    const reading = this.#reading
    this.#reading = 0
    this.#offset = this.value
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
