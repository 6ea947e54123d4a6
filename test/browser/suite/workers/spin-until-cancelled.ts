// A worker that polls its ticket without returning to its event loop.
import { SlotTable, setDefaultTable } from 'threadslots/browser'
import { isCancelled } from 'threadslots/cancel'

export interface SpinTask {
  readonly buffer: SharedArrayBuffer
  readonly ticket: number
}

self.onmessage = ({ data: { buffer, ticket } }: MessageEvent<SpinTask>) => {
  setDefaultTable(SlotTable.from(buffer))
  self.postMessage('spinning')
  while (!isCancelled(ticket));
  self.postMessage('cancelled')
}
