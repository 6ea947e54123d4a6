// Issues tickets for others, and sends them. At each message it cancels the run with that index.
import { parentPort, workerData } from 'node:worker_threads'
import { defaultTable } from 'threadslots'
import { cancellable } from 'threadslots/cancel'

export interface Issued {
  readonly tickets: readonly number[]
  /** Where its row is. */
  readonly row: number
}

const runs = Array.from({ length: workerData as number }, () => cancellable())
const tickets = runs.map(({ ticket }) => ticket)
parentPort?.on('message', (index: number) => {
  runs[index]?.cancel()
  parentPort?.postMessage('cancelled')
})
parentPort?.postMessage({ tickets, row: defaultTable().attach().u8.byteOffset } satisfies Issued)
