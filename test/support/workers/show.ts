// A worker that shows its thread-local in all the ways that there are.
import { inspect } from 'node:util'
import { parentPort, workerData } from 'node:worker_threads'
import { threadLocal } from 'threadslots'

const local = threadLocal('shown', { hits: 'u32', ms: 'f64' })
Object.assign(local, workerData)
parentPort?.postMessage([Object.keys(local), { ...local }, JSON.stringify(local), inspect(local)])
