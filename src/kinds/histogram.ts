/*
 * Histograms: `histogram({ min, max, digits })` in a schema.
 *
 * The scheme is that of Gil Tene's HdrHistogram (https://hdrhistogram.org). Each doubling of the value is divided into equal
 * buckets: few enough to keep a thread's counts in a short vector, and enough to keep the promised digits correct. A float
 * already has this form. Its bits, read as an integer, are an exponent and a fraction, so the upper bits are the number of a
 * bucket. Half as many buckets as in HdrHistogram suffice, because we show a bucket as its middle.
 *
 *   bits of a float:   sign 1 | exponent 8 | fraction 23
 *                      \_________________________/ \_____/
 *                             bucket number     dropped bits
 *
 * A bucket excludes its lower bound and includes its upper one, as Prometheus's `le` does. The vector's first element counts
 * all values below the bucket of `min`, and its last element all values above the bucket of `max`.
 */
import {
  type Histogram,
  type HistogramOptions,
  type HistogramSlot,
  type HistogramSpec,
  internal,
  type WrappedKey,
} from '../index.js'

const float = new Float32Array(1)
const bits = new Int32Array(float.buffer)

const FRACTION_BITS = 23
/** The smallest normal float. The bits of smaller ones don't divide doublings. */
const SMALLEST_MIN = 2 ** -126
/** The largest float whose bucket still has a finite upper bound at every precision. */
const LARGEST_MAX = 2 ** 127
const MAX_DIGITS = 5

// A scale code contains all that a reader needs: the number of the first bucket, then the digits in the lowest bits.
const DIGIT_BITS = 3
const DIGIT_MASK = 2 ** DIGIT_BITS - 1

/** The bits of the fraction that a bucket number leaves out. Half a bucket is then at most 10^−digits of its values. */
const droppedBitsOf = (digits: number): number => FRACTION_BITS - Math.ceil(Math.log2(10 ** digits / 2))

/** The number of the bucket that a value belongs to. */
function bucketNumber(value: number, droppedBits: number): number {
  float[0] = value
  // Subtract 1 because a bucket includes its upper bound.
  return ((bits[0] as number) - 1) >> droppedBits
}

/** The lower bound of a bucket, which is the upper one of the bucket before it. */
function lowerBound(bucket: number, droppedBits: number): number {
  bits[0] = bucket << droppedBits
  return float[0] as number
}

type Counts = Uint32Array | Float64Array

/** What a histogram's counts are. */
const COUNTS = { type: 'u32', retire: true } as const

/** A histogram over a vector of counts, one per bucket. */
class BucketHistogram implements HistogramSlot {
  // These are public because private names cost twice as much on Node 20.
  readonly counts: Counts
  readonly scaleCode: number
  /** The number of the first bucket. */
  readonly firstBucket: number
  readonly droppedBits: number
  /** The index of the last bucket, which counts values above `max`. */
  readonly lastIndex: number
  /** See `#upTo`. */
  sums: Float64Array | undefined

  constructor(counts: Counts, scaleCode: number) {
    this.counts = counts
    this.scaleCode = scaleCode
    this.firstBucket = scaleCode >> DIGIT_BITS
    this.droppedBits = droppedBitsOf(scaleCode & DIGIT_MASK)
    this.lastIndex = counts.length - 1
    this.sums = undefined
  }

  record(value: number): void {
    let index = bucketNumber(value, this.droppedBits) - this.firstBucket
    if (index < 0 || index > this.lastIndex) index = this.#indexOutside(value, index)
    const { counts } = this
    counts[index] = ((counts[index] as number) + 1) >>> 0
  }

  /**
   * The index for a value below `min` or above `max`. NaN always gets here, on one side or the other, because its bits have
   * the largest exponent and any sign.
   */
  #indexOutside(value: number, index: number): number {
    if (Number.isNaN(float[0]))
      throw internal.wrongType('the recorded value', value, 'a number other than NaN')
    // A positive index alone doesn't mean a large value: the bits of −0 are the smallest integer, so 1 less wraps around.
    return index > 0 && value > 0 ? this.lastIndex : 0
  }

  get count(): number {
    return this.#upTo()[this.lastIndex] as number
  }

  get sum(): number {
    let sum = 0
    for (let index = 0; index <= this.lastIndex; index++) {
      sum += (this.counts[index] as number) * this.#valueAt(index)
    }
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
    internal.requireNumber('the percentile', p, 0, 100)
    const upTo = this.#upTo()
    const count = upTo[this.lastIndex] as number
    if (count === 0) return Number.NaN
    // Drop the last bits of the product: otherwise 7 % of 100 values would be 7.000000000000001, and round up to 8.
    const rank = Math.max(1, Math.ceil((p / 100) * count * (1 - 2 ** -50)))
    let [low, high] = [0, this.lastIndex]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((upTo[middle] as number) >= rank) high = middle
      else low = middle + 1
    }
    return this.#valueAt(low)
  }

  cumulative(perDoubling = 1): { upTo: number; count: number }[] {
    const { firstBucket, droppedBits, lastIndex } = this
    const bucketsPerDoubling = 2 ** (FRACTION_BITS - droppedBits)
    if (!(perDoubling >= 1 && bucketsPerDoubling % perDoubling === 0)) {
      throw internal.outOfRange('perDoubling', perDoubling, `a power of 2 up to ${bucketsPerDoubling}`)
    }
    const bucketsPerBound = bucketsPerDoubling / perDoubling
    const upTo = this.#upTo()
    const bounds: { upTo: number; count: number }[] = []
    const add = (index: number, bound: number) => bounds.push({ upTo: bound, count: upTo[index] as number })
    // The index of the bucket whose upper bound is the first of the rising bounds.
    let index = bucketsPerBound - 1 - (firstBucket & (bucketsPerBound - 1))
    for (; index < lastIndex; index += bucketsPerBound)
      add(index, lowerBound(firstBucket + index + 1, droppedBits))
    // The bucket of `max` ends the finite ones.
    if (index !== lastIndex - 1 + bucketsPerBound)
      add(lastIndex - 1, lowerBound(firstBucket + lastIndex, droppedBits))
    add(lastIndex, Number.POSITIVE_INFINITY)
    return bounds
  }

  since(earlier: Histogram): Histogram {
    const { counts, scaleCode } = Object(earlier) as Partial<BucketHistogram>
    if (scaleCode !== this.scaleCode || counts?.length !== this.counts.length) {
      throw internal.wrongType('the earlier reading', earlier, 'a histogram that was read from the same key')
    }
    return this.#mapCounts((count, index) => internal.growthOf(COUNTS, count - (counts[index] as number)))
  }

  addPositive(...added: readonly Histogram[]): Histogram {
    const sums = Float64Array.from(this.counts)
    for (const { counts } of added as readonly BucketHistogram[]) {
      for (let index = 0; index <= this.lastIndex; index++) {
        sums[index] = (sums[index] as number) + Math.max(0, counts[index] as number)
      }
    }
    return new BucketHistogram(sums, this.scaleCode)
  }

  /** A histogram of the same scale with other counts. */
  #mapCounts(callback: (count: number, index: number) => number): BucketHistogram {
    return new BucketHistogram(Float64Array.from(this.counts, callback), this.scaleCode)
  }

  toJSON(): { [figure: string]: number } {
    const { count, mean, min, max } = this
    const [p50, p90, p99] = [50, 90, 99].map(p => this.percentile(p)) as [number, number, number]
    return { count, mean, min, max, p50, p90, p99 }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): unknown {
    return this.toJSON()
  }

  /**
   * For each bucket, the number of values in it and in all before it. A reading keeps them, because it doesn't change: it is
   * alone in its memory. A thread's own histogram lies among other slots.
   */
  #upTo(): Float64Array {
    if (this.sums) return this.sums
    const { counts } = this
    const sums = new Float64Array(counts.length)
    let sum = 0
    for (let index = 0; index < sums.length; index++) {
      sum += counts[index] as number
      sums[index] = sum
    }
    if (counts.byteLength === counts.buffer.byteLength) this.sums = sums
    return sums
  }

  /** The value that represents a bucket: its middle. The first and the last bucket have only one bound, and are shown as it. */
  #valueAt(index: number): number {
    const { firstBucket, droppedBits, lastIndex } = this
    const lower = lowerBound(firstBucket + index, droppedBits)
    if (index === lastIndex) return lower
    const upper = lowerBound(firstBucket + index + 1, droppedBits)
    return index === 0 ? upper : (lower + upper) / 2
  }
}

/**
 * Defines a histogram in a schema, or for `table.key`. It is a vector of `u32` counts. The counts of several threads are
 * added.
 *
 * ```js
 * const local = threadLocal('server', { ms: histogram({ min: 0.1, max: 60_000, digits: 2 }) })
 * local.ms.record(12.5)
 * ```
 *
 * Size in each thread's row: 8, 64 or 512 buckets of 4 bytes per doubling from `min` to `max`, for 1, 2 or 3 digits.
 * @throws {TypeError} if the options are not an object of numbers.
 * @throws {RangeError} if `min`, `max` or `digits` is out of range.
 */
export function histogram(options: HistogramOptions): HistogramSpec {
  const { min, max, digits, unit, help } = internal.requireObject(
    'the options of a histogram',
    options,
    '{ min, max, digits, unit, help }',
  ) as HistogramOptions
  internal.requireNumber("a histogram's min", min, SMALLEST_MIN, LARGEST_MAX)
  internal.requireNumber("a histogram's max", max, min, LARGEST_MAX)
  internal.requireWhole("a histogram's digits", digits, 1, MAX_DIGITS)
  const droppedBits = droppedBitsOf(digits)
  const firstBucket = bucketNumber(min, droppedBits) - 1
  return {
    type: 'u32',
    length: bucketNumber(max, droppedBits) - firstBucket + 2,
    histogram: (firstBucket << DIGIT_BITS) | digits,
    unit,
    help,
  }
}

/**
 * Presents a key's counts as a histogram. In a table that is damaged or of a later version, the scale code may be unknown, or
 * belong to a key without counts. Such a value is returned unchanged.
 * @internal
 */
export function wrapHistogram({ type, length, histogram }: WrappedKey, value: unknown): unknown {
  const digits = histogram & DIGIT_MASK
  const isKnown = type === 'u32' && length !== undefined && digits >= 1 && digits <= MAX_DIGITS
  return isKnown ? new BucketHistogram(value as Counts, histogram) : value
}
