/*
 * One value of one other thread: read in place, and picked from a reading of all threads.
 */
import { perThread, SlotTable, valuesOf } from 'threadslots'
import type { Contender } from '../../harness/meter.js'
import { DEFINITION, makeThreads, scalars, threadIdOf } from './threads.js'

const THREADS = 128
const THREAD = 64

export interface OneValue {
  /** These take nanoseconds. */
  readonly inPlace: readonly Contender[]
  /** These take microseconds. */
  readonly fromAll: readonly Contender[]
}

export function oneValue(): OneValue {
  const { table, local } = makeThreads(scalars(1), { living: THREADS })
  const threadId = threadIdOf(THREAD)
  const thread = SlotTable.from(table.buffer, { threadId })
  const address = thread.attach().byteAddress(thread.key(`${DEFINITION}.k0`, 'u32'))
  const cell = new Uint32Array(table.buffer, address, 1)
  const remote = valuesOf(local, threadId)
  return {
    inPlace: [
      readings('array[i], a plain load', times => {
        let sum = 0
        for (let i = 0; i < times; i++) sum += cell[0] as number
        return sum
      }),
      readings('Atomics.load(array, i)', times => {
        let sum = 0
        for (let i = 0; i < times; i++) sum += Atomics.load(cell, 0)
        return sum
      }),
      readings('valuesOf(local, threadId).k0', times => {
        let sum = 0
        for (let i = 0; i < times; i++) sum += remote.k0 as number
        return sum
      }),
    ],
    fromAll: [
      readings('perThread(local), and one of its threads', times => {
        let sum = 0
        for (let i = 0; i < times; i++) {
          sum += perThread(local).find(one => one.threadId === threadId)?.k0 as number
        }
        return sum
      }),
    ],
  }
}

/** The result is the mean, which is the value. */
function readings(name: string, sumOf: (times: number) => number): Contender {
  let mean = 0
  return {
    name,
    run: times => (mean = sumOf(times) / times),
    result: () => mean,
  }
}
