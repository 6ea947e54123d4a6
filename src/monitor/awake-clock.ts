/*
 * A clock that counts only the time in which this thread could run.
 */

/**
 * Time that the thread could run, in milliseconds. It advances with each tick, but by no more than two intervals. So it
 * stands still while the process is stopped (SIGSTOP, a debugger) or the machine sleeps, and runs slower while the machine
 * is too busy to run this thread in time: other threads are then not to blame for what they don't do.
 */
export class AwakeClock {
  readonly #maxTickMs: number
  #lastMs: number
  now = 0

  /**
   * @param tickMs the interval between ticks.
   * @param nowMs of a clock that never goes back, such as `performance.now()`. The time of day may jump.
   */
  constructor(tickMs: number, nowMs: number) {
    this.#maxTickMs = 2 * tickMs
    this.#lastMs = nowMs
  }

  tick(nowMs: number): void {
    this.now += Math.min(nowMs - this.#lastMs, this.#maxTickMs)
    this.#lastMs = nowMs
  }
}
