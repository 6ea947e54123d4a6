// A worker that makes keys as fast as it can, and says how many it has.
import { parentPort, workerData } from 'node:worker_threads'
import { SlotTable } from 'threadslots'

const { buffer, progress, place, count } = workerData as {
  buffer: SharedArrayBuffer
  /** 0: the last place that may begin. Then each worker's number of keys, in its place. */
  progress: Int32Array
  place: number
  count: number
}
const table = SlotTable.from(buffer)
parentPort?.postMessage('here')
for (let open = 0; open < place; open = Atomics.load(progress, 0)) Atomics.wait(progress, 0, open)
for (let i = 0; i < count; i++) {
  table.key(`key ${i}`, i % 3 ? 'u32' : 'f64')
  Atomics.store(progress, place, i + 1)
}
