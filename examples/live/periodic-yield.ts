/*
 * Lets the event loop turn during long synchronous work in the main thread, so that Ctrl-C works and progress
 * is drawn.
 */
import { setImmediate } from 'node:timers/promises'

const PERIOD_MS = 50

/** Returns a function to await often. Every 50 ms, it calls `onYield` and lets the event loop turn. */
export function periodicYield(onYield: () => void): () => Promise<void> {
  let last = performance.now()
  return async () => {
    if (performance.now() - last < PERIOD_MS) return
    onYield()
    await setImmediate()
    last = performance.now()
  }
}
