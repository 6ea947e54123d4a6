/*
 * Long synchronous work in the main thread, with breaks in which Ctrl-C is heard and progress is drawn.
 */
import { setImmediate } from 'node:timers/promises'

const BREATH_MS = 50

/** A function to be called often, and awaited: now and then it calls back and lets the event loop turn. */
export function breather(onBreath: () => void): () => Promise<void> {
  let last = performance.now()
  return async () => {
    if (performance.now() - last < BREATH_MS) return
    onBreath()
    await setImmediate()
    last = performance.now()
  }
}
