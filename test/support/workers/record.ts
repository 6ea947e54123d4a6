// A worker that records values, sends back its own histogram, and waits to be ended.
import { parentPort, workerData } from 'node:worker_threads'
import { latency } from './latency.js'

const values = workerData as Float64Array
for (const value of values) latency.time.record(value)
parentPort?.postMessage(latency.time.toJSON())
parentPort?.on('message', () => {})
