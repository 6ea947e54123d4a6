// Acts for many threads, one after the other: each attaches, counts once, and is released. Some also add a fraction.
import { workerData } from 'node:worker_threads'
import { SlotTable } from 'threadslots'

const { buffer, first, count } = workerData as { buffer: SharedArrayBuffer; first: number; count: number }
const supervisor = SlotTable.from(buffer)
for (let threadId = first; threadId < first + count; threadId++) {
  const table = SlotTable.from(buffer, { threadId })
  const row = table.attach()
  row.slot(table.key('operations', 'u32')).add(1)
  // Sums of tenths are rounded. Few threads add a fraction, so that a sum that has fallen is not raised again
  // at once.
  if (threadId % 8 === 0) row.slot(table.key('fractions', 'f64')).add((threadId % 100) * 0.1)
  supervisor.release(threadId)
}
