// A worker that loads the package late, and never returns to its event loop then: in Chromium, nobody sees its lock.
import type { IS_ENOUGH, schema as jobsSchema, Task } from '../jobs.js'

// Not imported: the package would come with them, and early.
const isEnough: typeof IS_ENOUGH = 2
const schema: typeof jobsSchema = { n: 'u32', mark: { type: 'u32', fold: 'none' } }

self.onmessage = async ({ data: { buffer, mark, log } }: MessageEvent<Task>) => {
  // Beside this script, whether it is a module or not.
  const url = new URL('copy.js', self.location.href).href
  const { SlotTable, threadLocal, setDefaultTable }: typeof import('threadslots/browser') = await import(url)
  setDefaultTable(SlotTable.from(buffer))
  const jobs = threadLocal('jobs', schema)
  jobs.mark = mark
  while (!Atomics.load(log, isEnough)) jobs.n++
}
