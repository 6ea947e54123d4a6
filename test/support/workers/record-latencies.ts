// Records values, sends its own histogram, and stays until it is terminated.
import { parentPort, workerData } from 'node:worker_threads'
import { latency } from '../definitions/latency.js'

const values = workerData as Float64Array
for (const value of values) latency.time.record(value)
parentPort?.postMessage(latency.time.toJSON())
parentPort?.on('message', () => {})
