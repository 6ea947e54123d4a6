/*
 * Durations as text.
 */

/** From this number of a unit on, the next larger unit is used. */
const UNITS: readonly (readonly [seconds: number, unit: string, limit: number])[] = [
  [1, 's', 120],
  [60, 'min', 120],
  [3600, 'h', 72],
  [86_400, 'days', Infinity],
]

/** A duration in whole units, such as `5 s` or `90 min`. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, ms / 1000)
  const [size, unit] = UNITS.find(([size, , limit]) => seconds < limit * size) as (typeof UNITS)[number]
  return `${Math.floor(seconds / size)} ${unit}`
}
