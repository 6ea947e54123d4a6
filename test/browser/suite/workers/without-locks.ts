// A worker without Web Locks, which counts and reports how it is refused supervision.

import { locks } from '../setup/remove-locks.js'

// The package must be imported after that, so this comment keeps the imports in their order.

import { SlotTable, setDefaultTable, supervise, threadLocal, whenSupervised } from 'threadslots/browser'

self.onmessage = async ({ data }: MessageEvent<SharedArrayBuffer>) => {
  const table = SlotTable.from(data)
  setDefaultTable(table)
  threadLocal('jobs', { n: 'u32' }).n = 5
  const refusals: unknown[] = locks ? ['there are locks'] : []
  try {
    supervise(table)
  } catch (error) {
    refusals.push(String(error))
  }
  await whenSupervised(table).catch(error => refusals.push(String(error)))
  self.postMessage(refusals)
}
