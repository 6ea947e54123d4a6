// A worker that counts, or makes keys, until it dies in the way that it is told.
import { parentPort, threadId, workerData } from 'node:worker_threads'
import { message, start } from '../../support/workers/run.js'
import { KEY_STEPS, makesKeys, type Orders, STEPS, THREAD } from './deaths.js'
import { makeKeys } from './keys.js'
import { define, defineFractions, take } from './model.js'

const orders = workerData as Orders
const { death, places, steps, epoch } = orders
const [place, ...below] = places
if (place === undefined) throw new Error('no place to acknowledge')
Atomics.store(place, THREAD, threadId + 1)
// Before it has a row: so it may be terminated while it takes one.
if (death === 'terminated at the start') parentPort?.postMessage('here')

const local = define()
const fractions = defineFractions()
if (below.length > 0) {
  const its: Orders = { ...orders, death: 'terminated with workers below', places: below, steps: Infinity }
  await message(start('../../chaos/harness/worker.js', its))
}
parentPort?.postMessage('here')

if (epoch && makesKeys(death)) makeKeys(epoch, n => Atomics.store(place, KEY_STEPS, n))
for (let step = 1; step <= steps; step++) {
  take(local, step)
  fractions.tenths += 0.1
  fractions.small += 0.1
  Atomics.store(place, STEPS, step)
}
if (death === 'threw') throw new Error('as it was told')
if (death === 'exited') process.exit(3)
// By small objects: large arrays pass a heap's limit on Node 26, which then can't even be terminated.
if (death === 'ran out of memory') for (const full: unknown[] = []; ; ) full.push({ full })
