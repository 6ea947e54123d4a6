// Kills the process when its main thread hangs in a case, and prints which case it was. See
// test/hostile/harness/watchdog.ts.
import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'

const { shared, limitMs } = workerData as { shared: SharedArrayBuffer; limitMs: number }
const [count, text] = [new Int32Array(shared, 0, 2), new Uint8Array(shared, 8)]
const never = new Int32Array(new SharedArrayBuffer(4))

for (let last = -1; ; ) {
  const now = Atomics.load(count, 0)
  const bytes = Atomics.load(count, 1)
  if (now === last && bytes > 0) {
    writeSync(2, `not finished within ${limitMs} ms: ${new TextDecoder().decode(text.slice(0, bytes))}\n`)
    process.kill(process.pid, 'SIGKILL')
  }
  last = now
  Atomics.wait(never, 0, 0, limitMs)
}
