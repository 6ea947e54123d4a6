/*
 * Histograms, as far as the core knows them: vectors of counts that show themselves as something else. What they show
 * is in histogram.ts, an entry of its own, so that programs without histograms don't carry it.
 */

export interface HistogramOptions {
  /** The smallest value to tell from smaller ones; more than 0. In the unit of what is recorded. */
  readonly min: number
  /** The largest value to tell from larger ones. */
  readonly max: number
  /** Of values from `min` to `max`, so many digits are right: the relative error is at most 10^−digits. 1 to 5. */
  readonly digits: number
}

/** How values are distributed. Needs `import 'threadslots/histogram'` in each thread that names it. */
export interface HistogramSpec {
  readonly histogram: HistogramOptions
}

/**
 * Values as they were distributed. Of each value some digits are kept, as the definition promises; values outside of
 * its `min` and `max` count as the nearer of the two.
 */
export interface Histogram {
  /** How many values were recorded. */
  readonly count: number
  /** Of all values together; 0 if there are none. */
  readonly sum: number
  /** NaN if there are no values; so are the next two. */
  readonly mean: number
  readonly min: number
  readonly max: number
  /**
   * The smallest value that at least `p` percent of the values don't exceed; NaN if there are none.
   * @throws {RangeError} if `p` is not from 0 to 100.
   */
  percentile(p: number): number
  /**
   * How many values are at most as great as each of some bounds: exact counts, at bounds that depend on the definition
   * alone, and rise. The last is Infinity.
   * @param perDoubling bounds from a value to its double: a power of 2.
   * @throws {RangeError} if it is none, or finer than the histogram is.
   */
  cumulative(perDoubling?: number): { readonly upTo: number; readonly count: number }[]
  /**
   * What was recorded since an earlier reading of the same histogram.
   * @throws {TypeError} if it is no histogram, or one of another scale.
   */
  since(earlier: Histogram): Histogram
  /**
   * With what another of the same scale has on top. A count below 0 adds nothing: there, a reading had less than the one
   * before.
   * @internal
   */
  grownBy(added: Histogram): Histogram
  /** `count`, `mean`, `min`, `max` and some percentiles: what `JSON.stringify` and `console.log` show. */
  toJSON(): { readonly [figure: string]: number }
}

/** This thread's own histogram. To read it here is to read what this thread has recorded. */
export interface HistogramSlot extends Histogram {
  /**
   * Counts a value: one increment of one element of a vector, and no allocation.
   * @throws {TypeError} for what is no number.
   */
  record(value: number): void
}

/** Details of a definition. A histogram's is a code for its scale, which is kept in the key's record. */
export interface Details {
  readonly [detail: string]: unknown
  readonly histogram?: number
}

/** What `threadslots/histogram` puts its own functions in the place of. */
interface Extension {
  /** A definition; a histogram's as that of the vector which holds it. */
  complete(spec: object, key: string): Details
  /** What a key's value is shown as: itself, or a histogram over it. */
  present(key: { readonly histogram: number }, value: unknown): unknown
}

/** @internal */
export const extension: Extension = {
  complete: (spec: Details, key) => {
    if (spec.histogram) throw new TypeError(`histogram ${key}: import threadslots/histogram`)
    return spec
  },
  present: (_, value) => value,
}
