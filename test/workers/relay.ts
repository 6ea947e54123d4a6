// A worker that plays many threads, one after the other: each counts once, and is released at once.
import { workerData } from 'node:worker_threads'
import { SlotTable } from 'threadslots'

const { buffer, first, count } = workerData as { buffer: SharedArrayBuffer; first: number; count: number }
const supervisor = SlotTable.from(buffer)
for (let threadId = first; threadId < first + count; threadId++) {
  const table = SlotTable.from(buffer, { threadId })
  table.attach().slot(table.key('operations', 'u32')).add(1)
  supervisor.release(threadId)
}
