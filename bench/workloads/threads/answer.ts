/*
 * A worker that tells how much it has counted, when it is asked.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { SLICE_MS, type State } from './ask.js'
import { local } from './counting.js'

const { state } = workerData as { state: State }

parentPort?.on('message', () => parentPort?.postMessage(local.count))
parentPort?.postMessage('ready')

function work(): void {
  const end = performance.now() + SLICE_MS
  while (performance.now() < end) local.count++
  setImmediate(work)
}
if (state === 'busy') work()
