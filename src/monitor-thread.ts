/*
 * The program of the monitor's thread, which `monitor` starts.
 */
import './histogram.js'
import { parentPort, workerData } from 'node:worker_threads'
import { runMonitor } from './monitor/thread.js'

const answer = await runMonitor(workerData)
parentPort?.postMessage(answer)
// The watch would keep the thread alive.
if ('error' in answer) process.exit()
