/*
 * What every worker counts, and the page reads: all that it draws but for the picture is from here.
 */
import { type ThreadLocal, type ThreadValues, type Totals, threadLocal, type Values } from 'threadslots'

const schema = {
  /** Each tile is counted once, whoever dies in the middle of it: see tiles.ts. */
  tiles: 'u32',
  /** All work that was done, also that on a tile which another worker had to paint again. */
  pixels: 'f64',
  iterations: 'f64',
  deepest: { type: 'u32', fold: 'max' },
  /** The worker's number: the page made it, and finds it by that. */
  worker: { type: 'i32', fold: 'none' },
  /** The tile in hand, numbered through all frames; −1 before the first. */
  job: { type: 'i32', fold: 'none', init: -1 },
  /** What `tiles` was before that job. */
  tilesBefore: { type: 'u32', fold: 'none' },
} as const

export type Slots = ThreadLocal<typeof schema>
export type WorkerValues = Values<typeof schema>
export type WorkerReading = ThreadValues<typeof schema>
export type Sums = Totals<typeof schema>

/** This thread's own. In a worker, only after `setDefaultTable`. */
export const makeLocal = (): Slots => threadLocal('mandelbrot', schema)
