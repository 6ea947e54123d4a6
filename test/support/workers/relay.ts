// A worker that plays many threads, one after the other: each counts once, and is released at once. Some add a fraction.
import { workerData } from 'node:worker_threads'
import { SlotTable } from 'threadslots'

const { buffer, first, count } = workerData as { buffer: SharedArrayBuffer; first: number; count: number }
const supervisor = SlotTable.from(buffer)
for (let threadId = first; threadId < first + count; threadId++) {
  const table = SlotTable.from(buffer, { threadId })
  const row = table.attach()
  row.slot(table.key('operations', 'u32')).add(1)
  // Tenths are rounded, and so are their sums. Most threads add none, so that one that falls is not up again at once.
  if (threadId % 8 === 0) row.slot(table.key('fractions', 'f64')).add((threadId % 100) * 0.1)
  supervisor.release(threadId)
}
