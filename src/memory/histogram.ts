/*
 * Histograms, as far as the core knows them: vectors of counts that are shown as distributions. How they are shown is up
 * to kinds/histogram.ts, which only programs that use histograms load.
 */
import type { AnyUnit } from './unit.js'

/** The bounds and precision of a histogram. */
export interface HistogramOptions {
  /** The smallest value to be told apart from smaller ones; above 0. In the unit of the recorded values. */
  readonly min: number
  /** The largest value to be told apart from larger ones. */
  readonly max: number
  /** Correct digits of values from `min` to `max`, 1 to 5: the relative error is at most 10^−digits. */
  readonly digits: number
  /** The unit of the recorded values, such as `'milliseconds'`: up to 60 bytes. Every reader finds it in the key. */
  readonly unit?: AnyUnit | undefined
  /** What is recorded, in a sentence: up to 400 bytes. Every reader finds it in the key. */
  readonly help?: string | undefined
}

/** A histogram's definition, as `histogram()` from `threadslots/histogram` makes it. */
export interface HistogramSpec {
  readonly type: 'u32'
  /** Number of buckets. */
  readonly length: number
  /** Code of the buckets' scale, never 0. Every thread finds it in the key's record. */
  readonly histogram: number
  readonly unit?: string | undefined
  readonly help?: string | undefined
}

/**
 * A distribution of values. Values from the definition's `min` to its `max` keep the promised digits; values beyond them
 * count as the nearer bound.
 */
export interface Histogram {
  /** Number of recorded values. */
  readonly count: number
  /** Sum of all values; 0 if there are none. */
  readonly sum: number
  /** NaN if there are no values, as for `min` and `max`. */
  readonly mean: number
  readonly min: number
  readonly max: number
  /**
   * The smallest value that at least `p` percent of the values don't exceed; NaN if there are none.
   * @throws {RangeError} if `p` is not from 0 to 100.
   */
  percentile(p: number): number
  /**
   * Number of values up to each of a list of rising bounds. The counts are exact, the bounds follow from the definition
   * alone, and the last bound is Infinity.
   * @param perDoubling number of bounds from a value to its double: a power of 2. Default: 1.
   * @throws {RangeError} if `perDoubling` is anything else, or finer than the histogram's buckets.
   */
  cumulative(perDoubling?: number): { readonly upTo: number; readonly count: number }[]
  /**
   * What was recorded since an earlier reading of the same histogram. A count that wrapped has grown.
   * @throws {TypeError} if `earlier` is not a histogram, or one of another scale.
   */
  since(earlier: Histogram): Histogram
  /**
   * This histogram plus the positive counts of others, which have the same scale. A negative count means that a reading had
   * fallen; it is ignored.
   * @internal
   */
  addPositive(...added: readonly Histogram[]): Histogram
  /** `count`, `mean`, `min`, `max`, `p50`, `p90` and `p99`, as `JSON.stringify` and `console.log` show them. */
  toJSON(): { readonly [figure: string]: number }
}

/** This thread's own histogram. Reading it gives what this thread has recorded. */
export interface HistogramSlot extends Histogram {
  /**
   * Counts a value. Cost: one increment of one array element, and no allocation.
   * @throws {TypeError} if `value` is not a number, or NaN.
   */
  record(value: number): void
}

/** What a wrapper needs to know of a key. */
export interface WrappedKey {
  readonly type: string
  readonly length: number | undefined
  readonly histogram: number
}

/** Presents the counts of a histogram key as a `Histogram`. */
export type HistogramWrapper = (key: WrappedKey, counts: unknown) => unknown

let wrapHistogram: HistogramWrapper = (_, counts) => counts

/** Called by `threadslots/histogram` when it is loaded. Without it, histograms read as vectors of counts. */
export function setHistogramWrapper(wrapper: HistogramWrapper): void {
  wrapHistogram = wrapper
}

/** A key's value as the user sees it: the value itself, or a histogram over it. */
export const wrap = (key: WrappedKey, value: unknown): unknown =>
  key.histogram === 0 ? value : wrapHistogram(key, value)
