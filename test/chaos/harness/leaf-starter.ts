// A worker that doesn't use the package. It starts workers that do, several at once, and terminates them at random instants;
// some end by themselves. It tells its parent of each death.
import { setTimeout as delay } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { runConcurrently } from '../../support/concurrency.js'
import { randomFrom } from '../../support/random.js'
import { endedAnyhow, start } from '../../support/workers.js'
import type { LeafOrders, StarterOrders } from './leaf-orders.js'

const LANES = 3
/** A leaf is terminated at most this long after it was started, or after it has begun to count. */
const MAX_DELAY_MS = 60
const MAX_STEPS = 100_000

const { acknowledged, seed } = workerData as StarterOrders
const random = randomFrom(seed)

await runConcurrently(acknowledged.length, LANES, async number => {
  const endsItself = random() < 0.3
  const isEarly = random() < 0.3
  const ms = random() * MAX_DELAY_MS
  const steps = endsItself ? Math.floor(random() * MAX_STEPS) : Number.POSITIVE_INFINITY
  const orders: LeafOrders = { acknowledged, number, steps }
  const leaf = start('../../chaos/harness/leaf.js', orders)
  const whenGone = endedAnyhow(leaf)
  if (!endsItself) {
    if (!isEarly) await Promise.race([new Promise(resolve => leaf.once('message', resolve)), whenGone])
    await delay(ms)
    await leaf.terminate()
  }
  const thrown = await whenGone
  parentPort?.postMessage(thrown === undefined ? '' : `leaf ${number} threw ${thrown}`)
})
