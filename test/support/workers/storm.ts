// A worker that makes keys and counts until it is terminated. It acknowledges each operation once it is counted.
// It may have a worker that does the same.
import { parentPort, threadId, workerData } from 'node:worker_threads'
import { SlotTable } from 'threadslots'
import { message, randomFrom, start } from './run.js'

export interface StormData {
  readonly buffer: SharedArrayBuffer
  readonly acks: Int32Array
  /** Where this thread acknowledges, then where its workers do. */
  readonly line: readonly number[]
  readonly seed: number
}

const data = workerData as StormData
const [place = 0, ...below] = data.line
const random = randomFrom(data.seed)
const table = SlotTable.from(data.buffer)
// First of all: a release finds a thread's workers by what the thread itself holds.
const row = table.attach()
const threadIds = [threadId]
if (below.length > 0) {
  threadIds.push(
    ...(await message<number[]>(start('storm.js', { ...data, line: below, seed: data.seed + 1 }))),
  )
}
parentPort?.postMessage(threadIds)

const operations = row.locals({ operations: 'u32' })
for (let operation = 1; ; operation++) {
  operations.operations++
  Atomics.store(data.acks, place, operation)
  // Names that no other thread has, and names that others are just making too.
  const n = operation % 16 < 2 && operation < 64 ? `${place} ${operation}` : `${Math.floor(random() * 100)}`
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
