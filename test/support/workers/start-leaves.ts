// Doesn't use the package itself. Starts rounds of short-lived workers that do, and tells its parent after each round.
import { parentPort, workerData } from 'node:worker_threads'
import { endedAnyhow, start } from '../workers.js'

export interface StartLeavesData {
  readonly rounds: number
  readonly atOnce: number
}

const { rounds, atOnce } = workerData as StartLeavesData
for (let round = 0; round < rounds; round++) {
  const leaves = Array.from({ length: atOnce }, () => start('do-job.js'))
  const thrown = await Promise.all(leaves.map(endedAnyhow))
  parentPort?.postMessage(thrown.filter(Boolean).map(String))
}
