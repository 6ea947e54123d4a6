// A worker that counts, or makes keys, until it dies in the way that its orders say.
import { parentPort, threadId, workerData } from 'node:worker_threads'
import { message, start } from '../../support/workers.js'
import { defineCounters, defineFractions, takeStep } from './counted-values.js'
import { makesKeys } from './deaths.js'
import { makeKeys } from './key-maker.js'
import { KEY_STEPS, type Orders, STEPS, THREAD } from './orders.js'

const orders = workerData as Orders
const { death, acknowledgements, steps, keyMaking } = orders
const [own, ...ofWorkers] = acknowledgements
if (own === undefined) throw new Error('there is nowhere to acknowledge')
Atomics.store(own, THREAD, threadId + 1)
// Sent before this thread has a row, so it may be terminated while it claims one.
if (death === 'terminated at the start') parentPort?.postMessage('here')

const counters = defineCounters()
const fractions = defineFractions()
if (ofWorkers.length > 0) {
  const ordersOfWorker: Orders = {
    ...orders,
    death: 'terminated with workers of its own',
    acknowledgements: ofWorkers,
    steps: Infinity,
  }
  await message(start('../../chaos/harness/worker.js', ordersOfWorker))
}
parentPort?.postMessage('here')

if (keyMaking && makesKeys(death)) makeKeys(keyMaking, n => Atomics.store(own, KEY_STEPS, n))
for (let step = 1; step <= steps; step++) {
  takeStep(counters, step)
  fractions.tenths += 0.1
  fractions.small += 0.1
  Atomics.store(own, STEPS, step)
}
if (death === 'threw') throw new Error('as ordered')
if (death === 'exited') process.exit(3)
// Small objects fill the heap. With large arrays, a heap exceeds its limit on Node 26, and its thread can't be terminated.
if (death === 'ran out of memory') for (const full: unknown[] = []; ; ) full.push({ full })
