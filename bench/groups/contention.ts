/*
 * How many increments several threads make together. All threads are started at the beginning; in each window
 * of time, some of them count and the others sleep. So one thread and two threads are measured under the same
 * conditions.
 */
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { SlotTable } from 'threadslots'
import { METHODS, type Method, PADDED_BYTES, type ThreadData } from '../contenders/contention/methods.js'
import type { Group } from '../harness/group.js'
import type { Meter } from '../harness/meter.js'
import { shuffle } from '../harness/shuffle.js'

/** 1, 2, 4 … up to twice the number of processors, where threads take turns. */
const THREADS: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128].filter(
  threads => threads <= Math.max(2, 2 * availableParallelism()),
)
const MAX_THREADS = Math.max(...THREADS)
/** The number of windows in one process, for each number of threads. */
const WINDOWS = 5

export const group: Group = {
  name: 'contention',
  question: 'How much do threads get done together, and do they slow each other?',
  scenarios: METHODS.map(method => ({
    table: 'increments per second, all threads together',
    column: 'threads',
    measure: meter => contend(meter, method),
  })),
}

async function contend(meter: Meter, method: Method): Promise<void> {
  const control = new SharedArrayBuffer(4)
  const cells = new SharedArrayBuffer(MAX_THREADS * PADDED_BYTES)
  const done = new SharedArrayBuffer(MAX_THREADS * PADDED_BYTES)
  const table = SlotTable.create({ maxThreads: MAX_THREADS + 1 })
  table.attach()
  const workers = Array.from({ length: MAX_THREADS }, (_, position) => {
    const workerData: ThreadData = { method, position, control, cells, done, table: table.buffer }
    return new Worker(new URL('../contenders/contention/thread.js', import.meta.url), { workerData })
  })
  await Promise.all(workers.map(worker => once(worker, 'message')))

  const phase = new Int32Array(control)
  const reports = workers.map((_, i) => new Float64Array(done, i * PADDED_BYTES, 2))
  /** Lets this many threads count for a while. Returns the increments per second of all of them together. */
  const count = (threads: number, milliseconds: number): number => {
    const before = reports.map(report => [...report])
    setPhase(phase, threads)
    sleep(milliseconds)
    setPhase(phase, 0)
    // Threads report after each batch, which takes 1 ms at most.
    sleep(10)
    return reports.slice(0, threads).reduce((sum, [operations = 0, seconds = 0], i) => {
      const [operationsBefore = 0, secondsBefore = 0] = before[i] as number[]
      // A thread that never got a processor has made no increments, in 0 seconds.
      return sum + (operations - operationsBefore) / (seconds - secondsBefore || 1)
    }, 0)
  }
  count(MAX_THREADS, meter.milliseconds)
  const rates = new Map(THREADS.map(threads => [threads, [] as number[]]))
  for (let window = 0; window < WINDOWS; window++) {
    for (const threads of shuffle(THREADS)) rates.get(threads)?.push(count(threads, meter.milliseconds))
  }
  setPhase(phase, -1)
  await Promise.all(workers.map(worker => once(worker, 'exit')))
  check(method, reports, table, new Uint32Array(cells))
  for (const [threads, samples] of rates) {
    meter.record(method, 'per s', samples, { column: String(threads) })
  }
}

/** Throws if the increments counted differ from the increments made, modulo 2³². */
function check(method: Method, reports: readonly Float64Array[], table: SlotTable, cells: Uint32Array): void {
  const done = reports.reduce((sum, [operations = 0]) => sum + operations, 0)
  const counted =
    method === 'local.x++' ? table.fold(table.key('x', 'u32')) : cells.reduce((sum, n) => sum + n, 0)
  if ((done - counted) % 2 ** 32 !== 0) throw new Error(`${method} counted ${counted} of ${done} increments`)
}

function setPhase(phase: Int32Array, value: number): void {
  Atomics.store(phase, 0, value)
  Atomics.notify(phase, 0)
}

/** Blocks this thread, so that it does not take a processor from the others. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}
