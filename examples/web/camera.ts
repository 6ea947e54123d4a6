/*
 * Where the zoom is: between two frames, following what is painted, never faster than is pleasant.
 */

/** Frames per second. */
const MAX_SPEED = 1.1
/** It closes so much of the distance to the newest frame in a second. */
const EAGERNESS = 0.7
/** How fast it takes up another speed: 1 in so many seconds. */
const INERTIA_SECONDS = 0.5

export class Camera {
  #speed = 0
  /** In frames from the first; 2.5 is halfway from the third to the fourth. */
  position = 0

  /** @param newest the last frame up to which all are painted; −1 if none is. */
  move(newest: number, seconds: number): void {
    const distance = Math.max(0, newest - this.position)
    const wanted = Math.min(MAX_SPEED, EAGERNESS * distance)
    this.#speed += (wanted - this.#speed) * Math.min(1, seconds / INERTIA_SECONDS)
    this.position += Math.min(distance, this.#speed * seconds)
  }
}
