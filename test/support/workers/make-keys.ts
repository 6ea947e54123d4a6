// Makes keys as fast as it can, and counts them in shared memory.
import { parentPort, workerData } from 'node:worker_threads'
import { SlotTable } from 'threadslots'

const { buffer, progress, place, count } = workerData as {
  buffer: SharedArrayBuffer
  /** Element 0 is the highest `place` that may begin. The element at a worker's `place` is its number of keys. */
  progress: Int32Array
  place: number
  count: number
}
const table = SlotTable.from(buffer)
parentPort?.postMessage('ready')
for (let open = 0; open < place; open = Atomics.load(progress, 0)) Atomics.wait(progress, 0, open)
for (let i = 0; i < count; i++) {
  table.key(`key ${i}`, i % 3 ? 'u32' : 'f64')
  Atomics.store(progress, place, i + 1)
}
