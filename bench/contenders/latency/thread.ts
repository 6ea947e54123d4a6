/*
 * A thread of the latency benchmark: answers each message with its count.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { SLICE_MS, type State } from './ask-or-read.js'
import { local } from './counter.js'

const { state } = workerData as { state: State }

parentPort?.on('message', () => parentPort?.postMessage(local.count))
parentPort?.postMessage('ready')

function work(): void {
  const end = performance.now() + SLICE_MS
  while (performance.now() < end) local.count++
  setImmediate(work)
}
if (state === 'busy') work()
