/*
 * A thread that counts: file after file in one synchronous run, until none is left. Only then does it say a word.
 */
import { parentPort, threadId, workerData } from 'node:worker_threads'
import { type Claims, claim, doJob, type Takeover, takeOver } from './claims.js'
import { countFile } from './count.js'
import { local } from './counters.js'
import { fileOf, type Plan } from './plan.js'
import type { Tally } from './tally.js'

export interface WorkerData {
  readonly plan: Plan
  readonly claims: Claims
  /** What a dead thread left for this one to finish. */
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
// Stays alive, and so in the table of running threads, until the last picture is drawn.
parentPort?.once('message', () => {})
