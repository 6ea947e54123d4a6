import { settings } from './settings.js'

/**
 * The share of the longest tests to run, up to 1, which is all of it. It applies to thousand-workers (to the
 * number of threads), and to hostile and model (to the time for their random rounds, and to hostile's lists of damages).
 */
export const TEST_EFFORT: number = Number(settings.TEST_EFFORT ?? 1)

/** The fractions of this number's multiples are evenly spread and never periodic; a list's entries may be periodic. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2

/** That share of a list, evenly spread over it. */
export const shareOf = <T>(list: Iterable<T>): T[] =>
  [...list].filter((_, i) => (i * GOLDEN_RATIO) % 1 < TEST_EFFORT)
