// Starts a second thread that ends the process if this one hangs. In a browser there is none: the program that opened
// the page closes it.
import { isBrowser } from '../../../tools/testing/runtime.js'

const LIMIT_MS = 10_000
const MAX_TEXT_BYTES = 1000

const shared = new SharedArrayBuffer(8 + MAX_TEXT_BYTES)
const [words, text] = [new Int32Array(shared, 0, 2), new Uint8Array(shared, 8)]
if (!isBrowser) {
  const { start } = await import('../../support/workers.js')
  start('watchdog.js', { shared, limitMs: LIMIT_MS }).unref()
}

/** Tells the watchdog what comes next, and restarts its clock. Without a description, the clock stops. */
export function announce(what = ''): void {
  // `encodeInto` refuses shared memory.
  const bytes = new TextEncoder().encode(what).subarray(0, MAX_TEXT_BYTES)
  text.set(bytes)
  Atomics.store(words, 1, bytes.length)
  Atomics.add(words, 0, 1)
}
