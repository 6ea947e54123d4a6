// A worker that reads totals again and again until it is stopped, and reports each one that goes back. It counts nothing.
import { setTimeout as delay } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { perThread, SlotTable, totals } from 'threadslots'
import {
  defineCounters,
  defineFractions,
  type Elements,
  elementsOf,
  fallsBetween,
  stepOf,
} from './counted-values.js'
import { FALLS, READINGS, STOP } from './orders.js'

const words = workerData as Int32Array
/** How many times it reads before it returns to its event loop. */
const READINGS_PER_TURN = 50

/** The last reading of each kind. */
const last = new Map<string, Elements>()

function compare(what: string, now: Elements): void {
  const falls = fallsBetween(last.get(what) ?? {}, now)
  last.set(what, now)
  if (falls.length > 0) parentPort?.postMessage(`${what}: ${falls.join(', ')}`)
  Atomics.add(words, FALLS, falls.length)
  Atomics.add(words, READINGS, 1)
}

const counters = defineCounters()
const fractions = defineFractions()
let keyTable: SlotTable | undefined
// The main thread sends each new table in which keys are made.
parentPort?.on('message', (buffer: SharedArrayBuffer) => {
  keyTable = SlotTable.from(buffer)
  last.delete('keys')
})
parentPort?.postMessage('')
while (Atomics.load(words, STOP) === 0) {
  for (let i = 0; i < READINGS_PER_TURN; i++) {
    const retired = elementsOf(totals(counters, 'retired'))
    const all = elementsOf(totals(counters))
    compare('retired', retired)
    if (retired.busy !== 0) parentPort?.postMessage(`dead threads are busy: ${retired.busy}`)
    compare('all', all)
    compare('retired fractions', elementsOf(totals(fractions, 'retired')))
    compare('all fractions', elementsOf(totals(fractions)))
    const more = fallsBetween(retired, all)
    if (more.length > 0)
      parentPort?.postMessage(`the totals of dead threads exceed those of all threads: ${more}`)
  }
  if (keyTable) compare('keys', elementsOf(keyTable.snapshot().totals))
  const threads = perThread(counters)
  for (const { threadId, file = '' } of threads) {
    if (Number.isNaN(stepOf(file)))
      parentPort?.postMessage(`thread ${threadId} has a text that it never assigned: '${file}'`)
  }
  const ids = threads.map(({ threadId }) => threadId)
  if (new Set(ids).size !== ids.length) parentPort?.postMessage(`a thread is listed twice: ${ids}`)
  await delay(1)
}
parentPort?.unref()
