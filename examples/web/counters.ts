/*
 * What every worker counts. The page reads everything from here, except the picture.
 */
import { type ThreadLocal, type ThreadValues, type Totals, threadLocal, type Values } from 'threadslots'

const schema = {
  /** Each tile is counted once, even if a worker dies while painting it: see tiles.ts. */
  tiles: { type: 'count', help: 'Tiles painted' },
  /** All pixels painted, including those of tiles that another worker had to paint again. */
  pixels: { type: 'count', help: 'Pixels painted, including those that were painted again' },
  iterations: { type: 'count', help: 'Iterations of the formula' },
  deepest: { type: 'count', fold: 'max', help: 'Most iterations of any point' },
  /** The worker's number, which the page gave it. */
  worker: { type: 'i32', fold: 'none' },
  /** The tile that the worker paints, numbered through all frames; −1 before the first. */
  job: { type: 'i32', fold: 'none', init: -1 },
  /** The value of `tiles` before that job. */
  tilesBefore: { type: 'count', fold: 'none' },
} as const

export type Slots = ThreadLocal<typeof schema>
export type WorkerValues = Values<typeof schema>
export type WorkerReading = ThreadValues<typeof schema>
export type Sums = Totals<typeof schema>

/** Makes this thread's own slots. A worker has to call `setDefaultTable` first. */
export const makeLocal = (): Slots => threadLocal('mandelbrot', schema)
