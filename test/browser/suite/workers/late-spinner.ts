// A worker that loads the package and then never returns to its event loop. In Chromium, no other thread sees its lock.
import type { IS_ENOUGH, schema as jobsSchema, Task } from '../tasks.js'

// Importing these values would load the package before the worker has its task.
const isEnough: typeof IS_ENOUGH = 2
const schema: typeof jobsSchema = { n: 'u32', mark: { type: 'u32', fold: 'none' } }

self.onmessage = async ({ data: { buffer, mark, log } }: MessageEvent<Task>) => {
  // A classic worker can import it too.
  const url = new URL('package-copy.js', self.location.href).href
  const { SlotTable, threadLocal, setDefaultTable }: typeof import('threadslots/browser') = await import(url)
  setDefaultTable(SlotTable.from(buffer))
  const jobs = threadLocal('jobs', schema)
  jobs.mark = mark
  while (!Atomics.load(log, isEnough)) jobs.n++
}
