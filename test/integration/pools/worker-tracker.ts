// Follows all workers of this process, whoever starts them: which ones run, and which listeners threadslots adds to them
// and leaves behind.
import { channel, subscribe } from 'node:diagnostics_channel'
import type { Worker } from 'node:worker_threads'
import { RUNTIME } from '../../../tools/testing/runtime.js'

/** Whether threadslots learns of workers by the `worker` event, rather than from Node's channel. */
const hasWorkerEvent = RUNTIME !== 'node'

export interface WorkerTracker {
  /** Running workers by thread id. */
  readonly running: ReadonlyMap<number, Worker>
  readonly peak: () => number
  readonly endedCount: () => number
  /** For each worker so far, the number of `exit` listeners that threadslots added. */
  readonly addedListeners: readonly number[]
  /** How many of these were still there after their worker had ended. */
  readonly leftoverListeners: () => number
}

/** Starts with the workers that are created after this call. */
export function trackWorkers(): WorkerTracker {
  const running = new Map<number, Worker>()
  const addedListeners: number[] = []
  const counts = { peak: 0, ended: 0, leftover: 0 }
  onNewWorker((worker, added) => {
    addedListeners.push(added.length)
    // Read now, because it is −1 in the `exit` event.
    const { threadId } = worker
    running.set(threadId, worker)
    counts.peak = Math.max(counts.peak, running.size)
    worker.once('exit', () => {
      running.delete(threadId)
      counts.ended++
      const remaining = worker.rawListeners('exit')
      counts.leftover += added.filter(listener => remaining.includes(listener)).length
    })
  })
  return {
    running,
    peak: () => counts.peak,
    endedCount: () => counts.ended,
    addedListeners,
    leftoverListeners: () => counts.leftover,
  }
}

type Listeners = ReturnType<Worker['rawListeners']>

/** Calls a function for each new worker, with the `exit` listeners that threadslots has added to it. */
function onNewWorker(call: (worker: Worker, added: Listeners) => void): void {
  if (hasWorkerEvent) {
    let before: Listeners = []
    // One of our listeners runs before the one of threadslots, the other after it. What is new in between is threadslots'.
    process.prependListener('worker', worker => {
      before = worker.rawListeners('exit')
    })
    process.on('worker', worker =>
      call(
        worker,
        worker.rawListeners('exit').filter(listener => !before.includes(listener)),
      ),
    )
    return
  }
  // Node publishes a worker in its constructor, before the program can add listeners, and threadslots has subscribed first.
  subscribe('worker_threads', message => {
    const { worker } = message as { readonly worker: Worker }
    call(worker, worker.rawListeners('exit'))
  })
}

/** Number of listeners that wait for new workers of this thread. */
export const workerListeners = (): number =>
  hasWorkerEvent
    ? process.listenerCount('worker')
    : ((channel('worker_threads') as { _subscribers?: readonly unknown[] })._subscribers?.length ?? 0)
