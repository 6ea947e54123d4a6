// The task that every pool runs: it counts, records that it did, and ends as it is told.
import { threadId } from 'node:worker_threads'
import { counts } from './counts.js'
import type { TaskRecords } from './task-records.js'

export type TaskEnding = keyof typeof endings

export interface Task {
  readonly number: number
  readonly ending: TaskEnding
  readonly records: TaskRecords
}

const endings = {
  returns: ({ number }: Task): unknown => number,
  /** Blocks its thread for some milliseconds, so that a pool that can grow does. */
  pauses: ({ number, records }: Task): unknown => Atomics.wait(records.threads, number, threadId + 1, 4),
  throws: (): unknown => {
    throw new Error('thrown on purpose')
  },
  /** Throws in a callback, where neither a promise nor the pool catches it. */
  'throws in a callback': (): unknown =>
    new Promise(() => {
      setImmediate(endings.throws)
    }),
  exits: (): unknown => process.exit(3),
  'fills the heap': (): unknown => {
    for (const heap: unknown[] = []; ; ) heap.push({ heap })
  },
  'never ends': ({ number, records: { startedSteps, countedSteps } }: Task): unknown => {
    for (let step = 1; ; step++) {
      Atomics.store(startedSteps, number, step)
      counts.steps++
      Atomics.store(countedSteps, number, step)
    }
  },
}

export function doTask(task: Task): unknown {
  const { number, ending, records } = task
  counts.tasks++
  counts.numbers += number
  counts.largest = Math.max(counts.largest, number)
  Atomics.add(records.counted, number, 1)
  // The last store: a test that waits for it may terminate this thread at once.
  Atomics.store(records.threads, number, threadId + 1)
  return endings[ending](task)
}
