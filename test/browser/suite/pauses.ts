// Measures whether a thread gets enough of a processor to return to its event loop in time.

const INTERVAL_MS = 10

/** From now on, raises `longestPause[0]` to the longest time in ms by which a timer of this thread was late. */
export function measurePauses(longestPause: Int32Array<SharedArrayBuffer>): void {
  let last = performance.now()
  setInterval(() => {
    const now = performance.now()
    const pauseMs = Math.round(now - last - INTERVAL_MS)
    if (pauseMs > Atomics.load(longestPause, 0)) Atomics.store(longestPause, 0, pauseMs)
    last = now
  }, INTERVAL_MS)
}

export const makePause = (): Int32Array<SharedArrayBuffer> => new Int32Array(new SharedArrayBuffer(4))
