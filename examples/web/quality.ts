/*
 * How fine the frames are: as fine as the workers can, while the zoom goes on. So more workers make a finer picture, and
 * none is idle for long.
 */

const COARSEST = 2
const FINEST = 8
/** That many frames ahead of the zoom, or more, workers will soon have nothing to do. */
const FAR_AHEAD = 2.2
/** And so few, or less, it will soon stand still. */
const HARDLY_AHEAD = 1
const STEP = 1.3
/** A change shows only when the frames that were begun before are done. */
const FRAMES_PER_CHANGE = 3

export class Quality {
  #points = COARSEST
  #frames = 0

  /** For the next frame: each pixel is the mean of so many by so many points. @param ahead frames. */
  next(ahead: number): number {
    if (++this.#frames % FRAMES_PER_CHANGE === 0) {
      if (ahead >= FAR_AHEAD) this.#points = Math.min(FINEST, Math.ceil(this.#points * STEP))
      if (ahead <= HARDLY_AHEAD) this.#points = Math.max(COARSEST, Math.floor(this.#points / STEP))
    }
    return this.#points
  }
}
