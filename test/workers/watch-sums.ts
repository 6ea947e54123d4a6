// A worker that reads sums over and over, until it is stopped; it tells if one has ever gone back. It has no row.
import { parentPort, workerData } from 'node:worker_threads'
import { SlotTable } from 'threadslots'

const { buffer, stop } = workerData as { buffer: SharedArrayBuffer; stop: Int32Array }
const table = SlotTable.from(buffer)
const operations = table.key('operations', 'u32')
let checks = 0
let problem: string | undefined
const last = { retired: 0, all: 0 }
while (Atomics.load(stop, 0) === 0 && problem === undefined) {
  for (let i = 0; i < 100; i++, checks++) {
    for (const scope of ['retired', 'all'] as const) {
      const now = table.fold(operations, scope)
      if (now < last[scope]) problem ??= `${scope} went from ${last[scope]} back to ${now}`
      last[scope] = now
    }
    if (last.retired > last.all) problem ??= `${last.retired} retired of ${last.all} in all`
  }
  const { threads } = table.snapshot()
  if (new Set(threads.map(({ threadId }) => threadId)).size !== threads.length) problem ??= 'a thread twice'
  Atomics.wait(stop, 0, 0, 1)
}
parentPort?.postMessage({ checks, problem })
