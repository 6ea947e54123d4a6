// Does a job, sends its thread's id, and then never yields again, or waits, or stays, or ends.
import { parentPort, threadId, workerData } from 'node:worker_threads'
import { jobs } from '../definitions/jobs.js'
import type { StartOthersData, Way } from './start-others.js'

const { way, signals } = workerData as StartOthersData & { readonly way: Way }
jobs.done++
parentPort?.postMessage(threadId)
if (way === 'spin') for (;;);
if (way === 'wait') Atomics.wait(signals, 3, 0)
if (way === 'stay') setInterval(() => {}, 1000)
