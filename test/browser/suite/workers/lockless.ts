// A worker without Web Locks.

import { locks } from '../without-locks.js'

// Only then the package.

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
