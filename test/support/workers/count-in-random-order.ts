// Increments the counters 0 to `last` once each, in an order of its own, so that the threads that pass the
// gate together ask for new keys at the same time. Its exit code is the ordinal of its row.
import { workerData } from 'node:worker_threads'
import { SlotTable } from 'threadslots'
import { randomFrom } from '../random.js'
import { rowIdOf } from '../table-usage.js'

const { buffer, gate, opensAt, last, seed } = workerData as {
  buffer: SharedArrayBuffer
  gate: Int32Array
  opensAt: number
  last: number
  seed: number
}
const random = randomFrom(seed + last)
const order = Array.from({ length: last + 1 }, (_, k) => ({ k, rank: random() })).sort(
  (a, b) => a.rank - b.rank,
)
Atomics.add(gate, 0, 1)
Atomics.notify(gate, 0)
for (let here = 0; here < opensAt; here = Atomics.load(gate, 0)) Atomics.wait(gate, 0, here)

const table = SlotTable.from(buffer)
const row = table.attach()
for (const { k } of order) row.slot(table.key(`counter ${k}`, 'u32')).add(1)
process.exitCode = rowIdOf(table, row)
