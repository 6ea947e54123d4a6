/*
 * The position of the zoom. It follows the frames that are painted, at a speed that is pleasant to watch.
 */

/** In frames per second. */
const MAX_SPEED = 1.1
/** In one second, the zoom covers this share of its distance to the newest frame. */
const PURSUIT = 0.7
/** The time constant with which its speed changes. */
const INERTIA_SECONDS = 0.5

export class Camera {
  #speed = 0
  /** In frames from the first one: 2.5 is halfway between the third and the fourth. */
  position = 0

  /** @param newest the last frame that is painted, as all frames before it are; −1 if there is none. */
  move(newest: number, seconds: number): void {
    const distance = Math.max(0, newest - this.position)
    const target = Math.min(MAX_SPEED, PURSUIT * distance)
    this.#speed += (target - this.#speed) * Math.min(1, seconds / INERTIA_SECONDS)
    this.position += Math.min(distance, this.#speed * seconds)
  }
}
