// Solves its part of a problem at the same time as other workers, and stays until it gets a message.
import { parentPort, workerData } from 'node:worker_threads'
import { place } from '../definitions/queens.js'

const { columns, gate, opensAt } = workerData as { columns: number[]; gate: Int32Array; opensAt: number }
Atomics.add(gate, 0, 1)
Atomics.notify(gate, 0)
for (let here = 0; here < opensAt; here = Atomics.load(gate, 0)) Atomics.wait(gate, 0, here)
for (const column of columns) place(column)
parentPort?.once('message', () => {})
parentPort?.postMessage('solved')
