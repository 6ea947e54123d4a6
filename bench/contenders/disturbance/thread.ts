/*
 * The counting thread of the benchmark of disturbance: counts as fast as it can during windows of time, and reports each.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { threadLocal } from 'threadslots'
import { runLoop } from '../../harness/run-loop.js'
import { DEFINITION } from '../reading/threads.js'
import { ENDING, type Method, SWITCHES, type ThreadData, WINDOWS } from './methods.js'

const BATCH = 10_000

const { method, control, report, cell } = workerData as ThreadData
const words = new Int32Array(control)
const figures = new Float64Array(report)
const loop = { run: loopOf(method) }

parentPort?.postMessage('ready')
for (let window = 0; ; window++) {
  Atomics.wait(words, SWITCHES, 2 * window)
  if (Atomics.load(words, SWITCHES) === ENDING) break
  let increments = 0
  const started = performance.now()
  // At least once, because a short window may be over before this thread gets a processor.
  do {
    runLoop(loop, BATCH)
    increments += BATCH
  } while (Atomics.load(words, SWITCHES) === 2 * window + 1)
  figures[0] = increments
  figures[1] = performance.now() - started
  Atomics.add(words, WINDOWS, 1)
  Atomics.notify(words, WINDOWS)
}

/** This thread runs only one of these loops. */
function loopOf(method: Method): (times: number) => void {
  switch (method) {
    case 'local.x++, read by totals(local)': {
      const local = threadLocal(DEFINITION, { k0: 'u32' })
      return times => {
        for (let i = 0; i < times; i++) local.k0++
      }
    }
    case 'array[i]++, read by a plain loop':
      return times => {
        for (let i = 0; i < times; i++) cell[0] = ((cell[0] as number) + 1) >>> 0
      }
  }
}
