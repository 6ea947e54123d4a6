// Answers the requests of docs/requests.md without ever yielding, until the main thread's `stop` is 1 or it has handled a request
// called `end`.
import { parentPort, threadId, workerData } from 'node:worker_threads'
import { valuesOf } from 'threadslots'
import { handled } from '../definitions/handled.js'
import type { RequestsModule } from '../page-modules.js'

export interface AnswerRequestsData {
  /** The URL of the page's module. */
  readonly module: string
  /** The thread blocks until this is no longer 0. */
  readonly gate?: Int32Array
}

const { module, gate } = workerData as AnswerRequestsData
const { answer } = (await import(module)) as RequestsModule
const main = valuesOf(handled, 0)

parentPort?.postMessage('ready')
if (gate) Atomics.wait(gate, 0, 0)

let isOver = false
const handle = (what: string) => {
  handled.requests++
  isOver = what === 'end'
  return `${what} by ${threadId}`
}
while (!isOver && main.stop !== 1) {
  answer(handle)
  handled.polls++
}
parentPort?.unref()
