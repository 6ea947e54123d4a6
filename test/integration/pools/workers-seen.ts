// The workers of this process, whoever starts them: who lives, and what threadslots has left at them.
import { setTimeout as delay } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'

export interface WorkersSeen {
  /** Those that run, by their ids. */
  readonly running: ReadonlyMap<number, Worker>
  /** The most that ran at once. */
  readonly most: () => number
  /** So many have ended. */
  readonly ended: () => number
  /** `exit` listeners that threadslots added to a worker: how many, of each worker. */
  readonly added: readonly number[]
  /** Those that it left there, once the worker had ended. */
  readonly left: () => number
}

/** From now on. */
export function seeWorkers(): WorkersSeen {
  const running = new Map<number, Worker>()
  const added: number[] = []
  const counts = { most: 0, ended: 0, left: 0 }
  let before: readonly unknown[] = []
  // A listener before the one of threadslots, and one after it: what is new in between is of threadslots.
  process.prependListener('worker', worker => {
    before = worker.rawListeners('exit')
  })
  process.on('worker', worker => {
    const news = worker.rawListeners('exit').filter(listener => !before.includes(listener))
    added.push(news.length)
    // In its `exit` event it is −1.
    const { threadId } = worker
    running.set(threadId, worker)
    counts.most = Math.max(counts.most, running.size)
    worker.once('exit', () => {
      running.delete(threadId)
      counts.ended++
      const left = worker.rawListeners('exit')
      counts.left += news.filter(listener => left.includes(listener)).length
    })
  })
  return { running, added, most: () => counts.most, ended: () => counts.ended, left: () => counts.left }
}

/** Waits for what will come about, and says what did not: a pool that hangs is no reason to wait for ever. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 60_000
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not in a minute: ${what}`)
    await delay(1)
  }
}
