// Does a job and starts a worker that does the same, and so on, until the chain is long enough. Sends the
// thread ids of the chain from itself downwards. Then it stays, or never yields again, or ends when its
// worker has ended.
import { parentPort, threadId, workerData } from 'node:worker_threads'
import { defaultTable, perThread, totals } from 'threadslots'
import { ended, message, start } from '../workers.js'

export interface ChainData {
  /** Number of workers below this one. */
  readonly below: number
  readonly ending: 'stay' | 'spin' | 'end'
  /** The worker with this number of workers below it does no job and only opens the table. */
  readonly idle?: number
}

const data = workerData as ChainData
const { below, ending } = data
const ids = [threadId]
const seen = { before: 0, after: 0, running: [] as number[] }
if (below === data.idle) defaultTable()
else (await import('../definitions/jobs.js')).jobs.done++
if (below > 0) {
  const worker = start('worker-chain.js', { ...data, below: below - 1 })
  const end = ending === 'end' ? ended(worker) : undefined
  ids.push(...(await message<{ ids: number[] }>(worker)).ids)
  if (end !== undefined) {
    const { jobs } = await import('../definitions/jobs.js')
    seen.before = totals(jobs).done
    await end
    seen.after = totals(jobs).done
    seen.running = perThread(jobs).map(({ threadId }) => threadId)
  }
}
parentPort?.postMessage({ ids, seen })
if (ending === 'spin') for (;;);
if (ending === 'stay') setInterval(() => {}, 1000)
