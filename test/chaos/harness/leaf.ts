// A worker whose parent doesn't use the package. It counts in its own element of a vector, and acknowledges each count.
import { parentPort, workerData } from 'node:worker_threads'
import { defineLeafCounts, type LeafOrders } from './leaf-orders.js'

const { acknowledged, number, steps } = workerData as LeafOrders
const { counts } = defineLeafCounts()
parentPort?.postMessage('here')
for (let step = 1; step <= steps; step++) {
  counts[number] = step
  Atomics.store(acknowledged, number, step)
}
