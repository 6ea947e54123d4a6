// Sends what its thread-local shows: keys, a spread copy, JSON, and what console.log prints.
import { inspect } from 'node:util'
import { parentPort, workerData } from 'node:worker_threads'
import { threadLocal } from 'threadslots'

const local = threadLocal('shown', { hits: 'u32', ms: 'f64' })
Object.assign(local, workerData)
parentPort?.postMessage([Object.keys(local), { ...local }, JSON.stringify(local), inspect(local)])
