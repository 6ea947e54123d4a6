// Reads sums over and over until it is stopped, and reports whether one has ever fallen. It never attaches to
// the table.
import { parentPort, workerData } from 'node:worker_threads'
import { SlotTable } from 'threadslots'

const { buffer, stop } = workerData as { buffer: SharedArrayBuffer; stop: Int32Array }
const table = SlotTable.from(buffer)
const keys = [table.key('operations', 'u32'), table.key('fractions', 'f64')]
let checks = 0
let problem: string | undefined
const last = keys.map(() => ({ retired: 0, all: 0 }))
while (Atomics.load(stop, 0) === 0 && problem === undefined) {
  for (let i = 0; i < 100; i++, checks++) {
    for (const [k, key] of keys.entries()) {
      const sums = last[k] as { retired: number; all: number }
      for (const scope of ['retired', 'all'] as const) {
        const now = table.fold(key, scope)
        if (now < sums[scope]) problem ??= `${scope} ${key.name} fell from ${sums[scope]} to ${now}`
        sums[scope] = now
      }
      if (sums.retired > sums.all)
        problem ??= `${key.name} is ${sums.retired} for dead threads, but ${sums.all} for all`
    }
  }
  const { threads } = table.snapshot()
  if (new Set(threads.map(({ threadId }) => threadId)).size !== threads.length)
    problem ??= 'a thread is listed twice'
  Atomics.wait(stop, 0, 0, 1)
}
parentPort?.postMessage({ checks, problem })
