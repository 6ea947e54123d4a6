// A worker that reads sums over and over, until it is stopped: it tells of each that goes back. It counts nothing.
import { setTimeout as delay } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { perThread, SlotTable, totals } from 'threadslots'
import { FALLS, READINGS, STOP } from './deaths.js'
import { define, defineFractions, type Flat, fallen, flat } from './model.js'

const cells = workerData as Int32Array
const AT_ONCE = 50

/** The last reading of each kind, to compare the next one with. */
const last = new Map<string, Flat>()

function compare(what: string, now: Flat): void {
  const falls = fallen(last.get(what) ?? {}, now)
  last.set(what, now)
  if (falls.length > 0) parentPort?.postMessage(`${what}: ${falls.join(', ')}`)
  Atomics.add(cells, FALLS, falls.length)
  Atomics.add(cells, READINGS, 1)
}

const local = define()
const fractions = defineFractions()
let keys: SlotTable | undefined
// Tables in which keys are made, as they come.
parentPort?.on('message', (buffer: SharedArrayBuffer) => {
  keys = SlotTable.from(buffer)
  last.delete('keys')
})
parentPort?.postMessage('')
while (Atomics.load(cells, STOP) === 0) {
  for (let i = 0; i < AT_ONCE; i++) {
    const retired = flat(totals(local, 'retired'))
    const all = flat(totals(local))
    compare('retired', retired)
    compare('all', all)
    compare('retired fractions', flat(totals(fractions, 'retired')))
    compare('all fractions', flat(totals(fractions)))
    const more = fallen(retired, all)
    if (more.length > 0) parentPort?.postMessage(`there is more of dead threads than of all: ${more}`)
  }
  if (keys) compare('keys', flat(keys.snapshot().totals))
  const ids = perThread(local).map(({ threadId }) => threadId)
  if (new Set(ids).size !== ids.length) parentPort?.postMessage(`a thread twice among ${ids}`)
  await delay(1)
}
parentPort?.unref()
