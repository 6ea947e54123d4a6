/*
 * A task that computes until its ticket is cancelled.
 */
import { parentPort, threadId } from 'node:worker_threads'
import { throwIfCancelled } from 'threadslots/cancel'
import { clock } from './clock.js'
import type { Ended, Started, Task } from './spinning.js'
import { computeFrom, SEED } from './work.js'

export default function spin({ task, ticket }: Required<Task>): Ended {
  parentPort?.postMessage({ event: 'started', task, threadId, at: clock() } satisfies Started)
  try {
    for (let point = SEED; ; point = computeFrom(point)) throwIfCancelled(ticket)
  } catch (error) {
    const at = clock()
    const { name, code } = error as Ended
    return { event: 'ended', task, at, name, code }
  }
}
