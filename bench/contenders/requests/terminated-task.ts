/*
 * A task that computes until its thread is terminated. It imports no package, so that its thread starts as fast as one can.
 */
import { parentPort, threadId } from 'node:worker_threads'
import { clock } from './clock.js'
import type { Started, Task } from './spinning.js'
import { computeFrom, SEED } from './work.js'

export default function spin({ task }: Task): never {
  parentPort?.postMessage({ event: 'started', task, threadId, at: clock() } satisfies Started)
  for (let point = SEED; ; ) point = computeFrom(point)
}
