// The task of every pool: it counts, writes down that it did, and ends as it is told.
import { threadId } from 'node:worker_threads'
import { counts } from './counts.js'
import type { Ledger } from './ledger.js'

export type Ending = keyof typeof endings

export interface Task {
  readonly number: number
  readonly ending: Ending
  readonly ledger: Ledger
}

const endings = {
  returns: ({ number }: Task): unknown => number,
  /** A few milliseconds in which the thread does nothing else: a pool that can grow does. */
  pauses: ({ number, ledger }: Task): unknown => Atomics.wait(ledger.by, number, threadId + 1, 4),
  throws: (): unknown => {
    throw new Error('as it was told')
  },
  /** Where no promise and no pool catches it. */
  'throws outside': (): unknown =>
    new Promise(() => {
      setImmediate(endings.throws)
    }),
  exits: (): unknown => process.exit(3),
  fills: (): unknown => {
    for (const full: unknown[] = []; ; ) full.push({ full })
  },
  stays: ({ number, ledger: { begun, done } }: Task): unknown => {
    for (let step = 1; ; step++) {
      Atomics.store(begun, number, step)
      counts.steps++
      Atomics.store(done, number, step)
    }
  },
}

export function doTask(task: Task): unknown {
  const { number, ending, ledger } = task
  counts.tasks++
  counts.numbers += number
  counts.largest = Math.max(counts.largest, number)
  Atomics.add(ledger.counted, number, 1)
  // Last: whoever waits for it may end this thread.
  Atomics.store(ledger.by, number, threadId + 1)
  return endings[ending](task)
}
