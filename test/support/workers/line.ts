// A worker that does a job, has a worker that does a job, and so on, until the line is long enough. It says whose
// ids the line has, its own first. Then it stays, or never yields again, or ends when its worker has ended.
import { parentPort, threadId, workerData } from 'node:worker_threads'
import { defaultTable, perThread, totals } from 'threadslots'
import { ended, message, start } from './run.js'

export interface LineData {
  /** Workers below this one. */
  readonly below: number
  readonly ending: 'stay' | 'spin' | 'end'
  /** The worker with so many below it only looks at the table. */
  readonly idle?: number
}

const data = workerData as LineData
const { below, ending } = data
const ids = [threadId]
const seen = { before: 0, after: 0, running: [] as number[] }
if (below === data.idle) defaultTable()
else (await import('./jobs.js')).jobs.done++
if (below > 0) {
  const worker = start('line.js', { ...data, below: below - 1 })
  const end = ending === 'end' ? ended(worker) : undefined
  ids.push(...(await message<{ ids: number[] }>(worker)).ids)
  if (end !== undefined) {
    const { jobs } = await import('./jobs.js')
    seen.before = totals(jobs).done
    await end
    seen.after = totals(jobs).done
    seen.running = perThread(jobs).map(({ threadId }) => threadId)
  }
}
parentPort?.postMessage({ ids, seen })
if (ending === 'spin') for (;;);
if (ending === 'stay') setInterval(() => {}, 1000)
