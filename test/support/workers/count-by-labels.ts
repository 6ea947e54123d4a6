// Makes the definition that it is given, and counts by labels whenever it is told to.
import { parentPort, workerData } from 'node:worker_threads'
import { nameThread, type Schema, threadLocal } from 'threadslots'
// Its definitions are made elsewhere, so nothing else here would load what they need.
import 'threadslots/labels'

/** What to count: an amount, under labels, in a property. Histograms record it. */
export type LabelledCount = readonly [property: string, labels: object, amount: number]

interface Handle {
  add?(amount: number): void
  record?(value: number): void
}

const { name, schema, threadName } = workerData as { name: string; schema: Schema; threadName?: string }
if (threadName) nameThread(threadName)
const local = threadLocal(name, schema) as unknown as {
  [property: string]: { with(labels: object): Handle }
}
parentPort?.on('message', (counts: readonly LabelledCount[]) => {
  for (const [property, labels, amount] of counts) {
    const handle = local[property]?.with(labels)
    handle?.add?.(amount)
    handle?.record?.(amount)
  }
  parentPort?.postMessage('counted')
})
parentPort?.postMessage('ready')
