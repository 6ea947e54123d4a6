// Makes keys and counts until it is terminated. Acknowledges each operation in shared memory once it is counted.
// May start a worker that does the same, and so on.
import { parentPort, threadId, workerData } from 'node:worker_threads'
import { SlotTable } from 'threadslots'
import { randomFrom } from '../random.js'
import { message, start } from '../workers.js'

export interface CountingData {
  readonly buffer: SharedArrayBuffer
  readonly acks: Int32Array
  /** Indices in `acks`: this thread's own, then those of the workers below it. */
  readonly ackIndices: readonly number[]
  readonly seed: number
}

const data = workerData as CountingData
const [ackIndex = 0, ...below] = data.ackIndices
const random = randomFrom(data.seed)
const table = SlotTable.from(data.buffer)
// Attach before starting a worker: a release finds a thread's workers only through the thread's own row.
const row = table.attach()
const threadIds = [threadId]
if (below.length > 0) {
  threadIds.push(
    ...(await message<number[]>(
      start('count-until-terminated.js', { ...data, ackIndices: below, seed: data.seed + 1 }),
    )),
  )
}
parentPort?.postMessage(threadIds)

const operations = row.locals({ operations: 'u32' })
for (let operation = 1; ; operation++) {
  operations.operations++
  Atomics.store(data.acks, ackIndex, operation)
  // Some names are this thread's own; other threads may be making the others at the same time.
  const n =
    operation % 16 < 2 && operation < 64 ? `${ackIndex} ${operation}` : `${Math.floor(random() * 100)}`
  switch (operation % 4) {
    case 0:
      row.slot(table.key(`f64 ${n}`, 'f64')).add(2)
      break
    case 1:
      row.slot(table.key(`u32 ${n}`, 'u32')).add(1)
      break
    case 2:
      row.slot(table.key(`i64 ${n}`, 'i64')).add(-3n)
      break
    default:
      row.slot(table.key(`f32 ${n}`, 'f32')).add(1)
  }
}
