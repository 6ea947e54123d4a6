// A worker that supervises a table, as the page does, and reports the exits that it is told of.
import { onThreadExit, SlotTable, setDefaultTable, supervise, whenSupervised } from 'threadslots/browser'
import { measurePauses } from '../pauses.js'
import { defineJobs } from '../tasks.js'

/** What a thread left. An empty message says that the worker supervises now. */
export interface Exit {
  readonly mark?: number | undefined
  readonly n?: number | undefined
}

export interface Supervision {
  readonly buffer: SharedArrayBuffer
  /** One element: the longest time in ms that this worker was kept from its event loop. */
  readonly longestPause: Int32Array<SharedArrayBuffer>
}

self.onmessage = async ({ data: { buffer, longestPause } }: MessageEvent<Supervision>) => {
  measurePauses(longestPause)
  const table = SlotTable.from(buffer)
  setDefaultTable(table)
  const jobs = defineJobs()
  supervise(table)
  onThreadExit(jobs, ({ values: { mark, n } }) => self.postMessage({ mark, n } satisfies Exit))
  await whenSupervised(table)
  self.postMessage({} satisfies Exit)
}
