import { variables } from './variables.js'

/**
 * How much of the longest tests is run: 1 is all of it. They are crossing (1,000 threads), and hostile and model (as many
 * random rounds as the time allows).
 */
export const DEPTH: number = Number(variables.DEPTH ?? 1)
