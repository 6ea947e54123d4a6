// A worker that is sent a table in an ArrayBuffer: a copy of it.
import { SlotTable } from 'threadslots/browser'

self.onmessage = ({ data }: MessageEvent<SharedArrayBuffer>) => {
  try {
    SlotTable.from(data)
    self.postMessage('it is opened')
  } catch (error) {
    self.postMessage(String(error))
  }
}
