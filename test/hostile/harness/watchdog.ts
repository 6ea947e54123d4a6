// A second thread that ends the process if this one hangs; a page that hangs is ended by who has opened it.
import { isBrowser } from '../../support/runtime.js'

const LIMIT_MS = 10_000
const MAX_TEXT_BYTES = 1000

const shared = new SharedArrayBuffer(8 + MAX_TEXT_BYTES)
const [count, text] = [new Int32Array(shared, 0, 2), new Uint8Array(shared, 8)]
if (!isBrowser) {
  const { start } = await import('../../support/workers/run.js')
  start('watchdog.js', { shared, limitMs: LIMIT_MS }).unref()
}

/** Says what comes now; without anything: nothing that could hang. */
export function now(what = ''): void {
  // Encoders refuse shared memory.
  const bytes = new TextEncoder().encode(what).subarray(0, MAX_TEXT_BYTES)
  text.set(bytes)
  Atomics.store(count, 1, bytes.length)
  Atomics.add(count, 0, 1)
}
