// Asks the main thread where it is, again and again, until this thread is terminated or has had enough answers.
import { workerData } from 'node:worker_threads'
import { askMainThread } from '../../../src/monitor/main-stack.js'

export interface DieData {
  /** The first is set when the thread begins to ask. */
  readonly signals: Int32Array
  /** After so many answers it ends itself at once. */
  readonly maxAnswers: number
}

const { signals, maxAnswers } = workerData as DieData
Atomics.store(signals, 0, 1)
for (let i = 0; i < maxAnswers; i++) await askMainThread(1000)
process.exit()
