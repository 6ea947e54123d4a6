import { SlotTable } from 'threadslots'

/** A table as another thread sees it: a new object over the same memory, which acts for that thread id. */
export function asThread(table: SlotTable, threadId: number, parentThreadId = -1): SlotTable {
  return SlotTable.from(table.buffer, { byteOffset: table.byteOffset, threadId, parentThreadId })
}
