// Defines and counts, and then blocks for good, like an idle thread of some pools.
import { parentPort } from 'node:worker_threads'
import { jobs } from '../definitions/jobs.js'

jobs.done++
parentPort?.postMessage('counted')
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
