/*
 * The thread that a monitor watches: it counts as fast as it can until it is told to end, and says how far it is.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { threadLocal } from 'threadslots'
import { runLoop } from '../../harness/run-loop.js'
import { DEFINITION } from '../reading/threads.js'

export interface ThreadData {
  /** One i32: not 0 once the thread has to end. */
  readonly control: SharedArrayBuffer
  /** One f64: the increments made so far. */
  readonly report: SharedArrayBuffer
}

const BATCH = 10_000

const { control, report } = workerData as ThreadData
const [isOver, made] = [new Int32Array(control), new Float64Array(report)]
const local = threadLocal(DEFINITION, { k0: 'u32' })
const loop = {
  run(times: number) {
    for (let i = 0; i < times; i++) local.k0++
  },
}

parentPort?.postMessage('ready')
for (let increments = BATCH; Atomics.load(isOver, 0) === 0; increments += BATCH) {
  runLoop(loop, BATCH)
  made[0] = increments
}
