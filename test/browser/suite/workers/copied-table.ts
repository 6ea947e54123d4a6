// A worker that receives a table in an ArrayBuffer, which is a copy, and tries to open it.
import { SlotTable } from 'threadslots/browser'

self.onmessage = ({ data }: MessageEvent<SharedArrayBuffer>) => {
  try {
    SlotTable.from(data)
    self.postMessage('the table was opened')
  } catch (error) {
    self.postMessage(String(error))
  }
}
