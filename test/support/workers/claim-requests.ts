// Claims the main thread's requests as docs/requests.md does, and counts how often each is claimed, until it is told to stop.
import { parentPort, workerData } from 'node:worker_threads'
import { valuesOf } from 'threadslots'
import { claims } from '../definitions/claims.js'

export interface ClaimRequestsData {
  readonly taken: Int32Array
  /** Per request, how often it was claimed. */
  readonly counts: Uint8Array
}

const { taken, counts } = workerData as ClaimRequestsData
const main = valuesOf(claims, 0)

function claim(): number {
  const n = Atomics.load(taken, 0)
  return n < (main.requests ?? 0) && Atomics.compareExchange(taken, 0, n, n + 1) === n ? n + 1 : 0
}

parentPort?.postMessage('ready')
while (main.stop !== 1) {
  const request = claim()
  if (!request) continue
  Atomics.add(counts, request - 1, 1)
  claims.claimed++
}
parentPort?.unref()
