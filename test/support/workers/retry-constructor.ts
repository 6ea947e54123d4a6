// Makes an object whose constructor fails at first, and sends what it shows and the errors before it.
import { parentPort, workerData } from 'node:worker_threads'
import { retryUntilMade } from '../definitions/fails-at-first.js'

const { name, failures } = workerData as { name: string; failures: number }
const { fragile, errors } = retryUntilMade(name, failures)
parentPort?.postMessage({ shown: { ...fragile }, errors })
