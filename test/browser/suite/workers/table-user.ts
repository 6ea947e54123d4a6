// A worker that makes or opens a table, counts in it, and may supervise it.
import { SlotTable, supervise, whenSupervised } from 'threadslots/browser'

export interface TableUse {
  /** Without one, the worker makes the table. */
  readonly buffer?: SharedArrayBuffer
  readonly adds: number
  readonly supervises?: boolean
}

self.onmessage = async ({ data }: MessageEvent<TableUse>) => {
  const table = data.buffer ? SlotTable.from(data.buffer) : SlotTable.create({ maxThreads: 8 })
  table.attach().slot(table.key('n', 'u32')).add(data.adds)
  if (data.supervises) supervise(table)
  await whenSupervised(table)
  self.postMessage(table.buffer)
}
