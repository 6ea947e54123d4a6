/*
 * A counting thread. It counts file after file without yielding to its event loop, and sends a message only
 * when no file is left.
 */
import { parentPort, threadId, workerData } from 'node:worker_threads'
import { type Claims, claim, doJob, type Takeover, takeOver } from './claims.js'
import { countFile } from './count-file.js'
import { local } from './counters.js'
import { fileOf, type Plan } from './plan.js'
import type { Tally } from './tally.js'

export interface WorkerData {
  readonly plan: Plan
  readonly claims: Claims
  /** The job of a dead thread, for this thread to finish. */
  readonly takeover: Takeover | undefined
}

const { plan, claims, takeover } = workerData as WorkerData

const countJob = (job: number) => (tally: Tally) => countFile(fileOf(plan, job).path, tally)

if (takeover) takeOver(claims, takeover, local, countJob(takeover.job))

for (let job = claim(claims, 0, threadId); job !== undefined; job = claim(claims, job + 1, threadId)) {
  doJob(claims, job, local, countJob(job))
}
local.job = -1

parentPort?.postMessage('done')
// Stays alive, so that it is among the running threads until the table is drawn for the last time.
parentPort?.once('message', () => {})
