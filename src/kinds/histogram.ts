/*
 * Histograms: `histogram({ min, max, digits })` in a schema.
 *
 * The scheme is that of Gil Tene's HdrHistogram (https://hdrhistogram.org): each doubling of the value is divided into
 * equal parts, so few that a thread's counts are a short vector, and so many that the promised digits are right. Of a
 * float that division is already there: its bits, read as an integer, are exponent and fraction, so the upper ones are
 * the number of a bucket. Half as many parts as in HdrHistogram do, since a bucket is shown as its middle.
 *
 *   bits of a float:   sign 1 | exponent 8 | fraction 23
 *                      \_________________________/ \_____/
 *                         number of the bucket       shift
 *
 * A bucket holds what is above its lower edge, and up to its upper one, that included: so that counts at edges are what
 * Prometheus calls `le`. The first bucket of the vector is for what is below `min`, the last for what is above `max`.
 */
import {
  type Histogram,
  type HistogramOptions,
  type HistogramSlot,
  type HistogramSpec,
  internal,
} from '../index.js'

const float = new Float32Array(1)
const bits = new Int32Array(float.buffer)

const FRACTION_BITS = 23
/** Floats from here have an exponent of their own, and those up to here a bucket that ends. */
const LEAST = 2 ** -126
const GREATEST = 2 ** 127
const MAX_DIGITS = 5

// A histogram's code: the number of its first bucket, then its digits.
const DIGIT_BITS = 3
const DIGITS = 2 ** DIGIT_BITS - 1

/** As many parts of a doubling, as a power of 2, that half of one is at most 10^−digits of the value. */
const partBitsOf = (digits: number): number => Math.ceil(Math.log2(10 ** digits / 2))

/** The number of the bucket that a value falls into. */
function bucketOf(value: number, shift: number): number {
  float[0] = value
  // What is exactly at an edge belongs below it.
  return ((bits[0] as number) - 1) >> shift
}

/** The lower edge of a bucket. */
function edgeOf(bucket: number, shift: number): number {
  bits[0] = bucket << shift
  return float[0] as number
}

type Counts = Uint32Array | Float64Array

/** Counts as what they stand for. */
class Buckets implements HistogramSlot {
  // Public, since private names cost twice as much on Node 20.
  readonly counts: Counts
  readonly code: number
  readonly first: number
  readonly shift: number
  /** The index of the bucket for what is above `max`. */
  readonly last: number

  constructor(counts: Counts, code: number) {
    this.counts = counts
    this.code = code
    this.first = code >> DIGIT_BITS
    this.shift = FRACTION_BITS - partBitsOf(code & DIGITS)
    this.last = counts.length - 1
  }

  record(value: number): void {
    let index = bucketOf(value, this.shift) - this.first
    if (index < 0 || index > this.last) index = this.#indexBeyond(value, index)
    const { counts } = this
    counts[index] = ((counts[index] as number) + 1) >>> 0
  }

  /** Where a value outside of the range counts. NaN is at either end: its bits may have any sign. */
  #indexBeyond(value: number, index: number): number {
    if (Number.isNaN(float[0])) throw new TypeError(`${value} is no number to record`)
    // The bits of −0 are the least integer, and one less is the greatest.
    return index > 0 && value > 0 ? this.last : 0
  }

  get count(): number {
    let count = 0
    for (const bucketCount of this.counts) count += bucketCount
    return count
  }

  get sum(): number {
    let sum = 0
    for (let index = 0; index <= this.last; index++)
      sum += (this.counts[index] as number) * this.#valueAt(index)
    return sum
  }

  get mean(): number {
    return this.sum / this.count
  }

  get min(): number {
    return this.percentile(0)
  }

  get max(): number {
    return this.percentile(100)
  }

  percentile(p: number): number {
    if (!(p >= 0 && p <= 100)) throw new RangeError(`percentile is ${p}; use a number from 0 to 100`)
    // Without the last bits, 7 % of 100 values would be 7.000000000000001 of them.
    let rank = Math.max(1, Math.ceil((p / 100) * this.count * (1 - 2 ** -50)))
    for (let index = 0; index <= this.last; index++) {
      rank -= this.counts[index] as number
      if (rank <= 0) return this.#valueAt(index)
    }
    return Number.NaN
  }

  cumulative(perDoubling = 1): { upTo: number; count: number }[] {
    const { counts, first, shift, last } = this
    const finest = 2 ** (FRACTION_BITS - shift)
    if (!(perDoubling >= 1 && finest % perDoubling === 0)) {
      throw new RangeError(`perDoubling is ${perDoubling}; use a power of 2 up to ${finest}`)
    }
    const step = finest / perDoubling
    const bounds: { upTo: number; count: number }[] = []
    let count = 0
    for (let index = 0; index <= last; index++) {
      count += counts[index] as number
      const next = first + index + 1
      if (index === last) bounds.push({ upTo: Number.POSITIVE_INFINITY, count })
      else if (next % step === 0 || index === last - 1) bounds.push({ upTo: edgeOf(next, shift), count })
    }
    return bounds
  }

  since(earlier: Histogram): Histogram {
    const { counts, code } = Object(earlier) as Partial<Buckets>
    if (code !== this.code || counts?.length !== this.counts.length) {
      throw new TypeError(
        `${String(earlier)} is no reading of this histogram; use an earlier one of the same key`,
      )
    }
    return this.#with((count, index) => count - (counts[index] as number))
  }

  addPositive(added: Histogram): Histogram {
    const { counts } = added as Buckets
    return this.#with((count, index) => count + Math.max(0, counts[index] as number))
  }

  /** A histogram of the same scale. */
  #with(countOf: (count: number, index: number) => number): Buckets {
    return new Buckets(Float64Array.from(this.counts, countOf), this.code)
  }

  toJSON(): { [figure: string]: number } {
    const { count, mean, min, max } = this
    const [p50, p90, p99] = [50, 90, 99].map(p => this.percentile(p)) as [number, number, number]
    return { count, mean, min, max, p50, p90, p99 }
  }

  /** As a number, a histogram is its count: so that its rate is values per second. */
  valueOf(): number {
    return this.count
  }

  [Symbol.for('nodejs.util.inspect.custom')](): unknown {
    return this.toJSON()
  }

  /** What stands for the values of a bucket: its middle; for those at the ends, the edge that they are beyond of. */
  #valueAt(index: number): number {
    const { first, shift, last } = this
    const lower = edgeOf(first + index, shift)
    if (index === last) return lower
    const upper = edgeOf(first + index + 1, shift)
    return index === 0 ? upper : (lower + upper) / 2
  }
}

/**
 * Defines a histogram in a schema, or for `table.key`. It is a vector of `u32` counts, merged over threads by adding them.
 *
 * ```js
 * const local = threadLocal('server', { ms: histogram({ min: 0.1, max: 60_000, digits: 2 }) })
 * local.ms.record(12.5)
 * ```
 *
 * Room: 8, 64 or 512 buckets of 4 bytes per doubling from `min` to `max`, for 1, 2 or 3 digits.
 * @throws {TypeError} if the options are not an object of numbers.
 * @throws {RangeError} if `min`, `max` or `digits` is out of range.
 */
export function histogram(options: HistogramOptions): HistogramSpec {
  const { min, max, digits } = internal.requireObject(
    'the options of a histogram',
    options,
    '{ min, max, digits }',
  ) as HistogramOptions
  internal.requireNumber("a histogram's min", min, LEAST, GREATEST)
  internal.requireNumber("a histogram's max", max, min, GREATEST)
  internal.requireWhole("a histogram's digits", digits, 1, MAX_DIGITS)
  const shift = FRACTION_BITS - partBitsOf(digits)
  const first = bucketOf(min, shift) - 1
  return {
    type: 'u32',
    length: bucketOf(max, shift) - first + 2,
    histogram: (first << DIGIT_BITS) | digits,
  }
}

/**
 * A histogram over a key's counts. In a damaged table, or one of a later version, the code may mean nothing here, or belong
 * to a key that holds no counts; then the value is left as it is.
 * @internal
 */
export function wrapHistogram({ type, length, histogram }: internal.WrappedKey, value: unknown): unknown {
  const digits = histogram & DIGITS
  const isScale = type === 'u32' && length !== undefined && digits >= 1 && digits <= MAX_DIGITS
  return isScale ? new Buckets(value as Counts, histogram) : value
}
