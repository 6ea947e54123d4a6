/*
 * Units of measurement, as definitions state them.
 */

/**
 * A unit that `collect` and `observe` convert to a base unit: times to seconds, percentages to ratios, the others stay as they
 * are.
 */
export type Unit =
  | 'seconds'
  | 'milliseconds'
  | 'microseconds'
  | 'nanoseconds'
  | 'bytes'
  | 'ratio'
  | 'percent'
  | 'celsius'
  | 'meters'
  | 'volts'
  | 'amperes'
  | 'joules'
  | 'grams'
  /** The things that are counted, in OpenTelemetry's notation: '{request}'. Prometheus has no suffix for them. */
  | `{${string}}`

/** Any text may be a unit. The intersection keeps the compiler from forgetting the units above, which editors suggest. */
export type AnyUnit = Unit | (string & Record<never, never>)
