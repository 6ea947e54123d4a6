// A worker that counts by labels.
import { SlotTable, setDefaultTable, whenSupervised } from 'threadslots/browser'
import { type CountByRoute, defineByRoute } from '../by-route.js'

self.onmessage = async ({ data: { buffer, counts } }: MessageEvent<CountByRoute>) => {
  const table = SlotTable.from(buffer)
  setDefaultTable(table)
  const { requests, ms } = defineByRoute()
  for (const { method, route } of counts) {
    requests.with({ method, route }).add(1)
    ms.with({ route }).record(10)
  }
  await whenSupervised(table)
  self.postMessage(JSON.stringify(requests))
}
