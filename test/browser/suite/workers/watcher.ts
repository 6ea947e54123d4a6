// A worker that supervises a table beside the page, and tells of the ends that it sees.
import { onThreadExit, SlotTable, setDefaultTable, supervise, whenSupervised } from 'threadslots/browser'
import { defineJobs } from '../jobs.js'

/** A thread that ended, as this worker saw it; none, once it supervises. */
export interface Seen {
  readonly mark?: number | undefined
  readonly n?: number | undefined
}

self.onmessage = async ({ data }: MessageEvent<SharedArrayBuffer>) => {
  const table = SlotTable.from(data)
  setDefaultTable(table)
  const jobs = defineJobs()
  supervise(table)
  onThreadExit(jobs, ({ values: { mark, n } }) => self.postMessage({ mark, n } satisfies Seen))
  await whenSupervised(table)
  self.postMessage({} satisfies Seen)
}
