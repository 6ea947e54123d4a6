/*
 * Chooses how fine the frames are: as fine as possible while the zoom keeps moving. So more workers make a
 * finer picture, and none is idle for long.
 */
const COARSEST = 2
const FINEST = 8
/** If the workers are at least this many frames ahead of the zoom, they will soon have nothing to do. */
const FAR_AHEAD = 2.2
/** If they are at most this many frames ahead, the zoom will soon have to wait. */
const HARDLY_AHEAD = 1
const STEP = 1.3
/** A change has an effect only once the frames that were begun before it are done. */
const FRAMES_PER_CHANGE = 3

export class Quality {
  #points = COARSEST
  #frames = 0

  /**
   * Returns n for the next frame: each of its pixels is the mean of n × n points.
   * @param ahead how many frames the workers are ahead of the zoom.
   */
  next(ahead: number): number {
    if (++this.#frames % FRAMES_PER_CHANGE === 0) {
      if (ahead >= FAR_AHEAD) this.#points = Math.min(FINEST, Math.ceil(this.#points * STEP))
      if (ahead <= HARDLY_AHEAD) this.#points = Math.max(COARSEST, Math.floor(this.#points / STEP))
    }
    return this.#points
  }
}
