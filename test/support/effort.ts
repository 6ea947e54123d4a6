import { settings } from './settings.js'

/**
 * The share of the longest tests to run, up to 1, which is all of it. It applies to thousand-workers (to the
 * number of threads), and to hostile and model (to the time for their random rounds).
 */
export const TEST_EFFORT: number = Number(settings.TEST_EFFORT ?? 1)
