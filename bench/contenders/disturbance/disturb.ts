/*
 * What a thread that counts loses while this thread reads all threads without a pause. A processor that reads what another
 * one has just written takes the cache line from it, however the two are programmed; two plain loops show how much that
 * alone costs.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { totals } from 'threadslots'
import type { Meter } from '../../harness/meter.js'
import { runLoop } from '../../harness/run-loop.js'
import { shuffle } from '../../harness/shuffle.js'
import { addFirsts, type IntegerRows, makeIntegerRows } from '../reading/plain-loops.js'
import { makeThreads, scalars } from '../reading/threads.js'
import { ENDING, type Method, ROWS, SWITCHES, type ThreadData, WINDOWS } from './methods.js'

/** The columns: what this thread does meanwhile. */
const COLUMNS = ['undisturbed', 'read without a pause'] as const
type Column = (typeof COLUMNS)[number]

/** The number of windows for each column, in one process. */
const WINDOWS_OF_EACH = 5
/** Readings between two looks at the clock. */
const READINGS = 10

export async function disturb(meter: Meter, method: Method): Promise<void> {
  const rows = makeIntegerRows(ROWS)
  const read = readerOf(method, rows)
  const sumBefore = read()
  const control = new SharedArrayBuffer(8)
  const report = new SharedArrayBuffer(16)
  const workerData: ThreadData = { method, control, report, cell: rows.cells.subarray(0, 1) }
  const worker = new Worker(new URL('./thread.js', import.meta.url), { workerData })
  await once(worker, 'message')

  const words = new Int32Array(control)
  const figures = new Float64Array(report)
  const loop = {
    run(times: number) {
      let last = 0
      for (let i = 0; i < times; i++) last = read()
      return last
    },
  }
  let made = 0
  /** Lets the thread count for a while. Returns the nanoseconds of one increment. */
  const count = (column: Column): number => {
    const windows = Atomics.load(words, WINDOWS)
    const end = performance.now() + meter.milliseconds
    Atomics.add(words, SWITCHES, 1)
    Atomics.notify(words, SWITCHES)
    // Nothing is reported before the window closes, so this thread only sleeps.
    if (column === 'undisturbed') Atomics.wait(words, WINDOWS, windows, meter.milliseconds)
    else while (performance.now() < end) runLoop(loop, READINGS)
    Atomics.add(words, SWITCHES, 1)
    Atomics.wait(words, WINDOWS, windows)
    const [increments, milliseconds] = [...figures] as [number, number]
    made += increments
    return (milliseconds * 1e6) / increments
  }
  // The first windows also compile the loops.
  for (const column of COLUMNS) count(column)
  const samples = new Map(COLUMNS.map(column => [column, [] as number[]]))
  for (let window = 0; window < WINDOWS_OF_EACH; window++) {
    for (const column of shuffle(COLUMNS)) samples.get(column)?.push(count(column))
  }
  Atomics.store(words, SWITCHES, ENDING)
  Atomics.notify(words, SWITCHES)
  await once(worker, 'exit')
  const counted = read() - sumBefore
  // Modulo 2³², because cells wrap there.
  if ((made - counted) % 2 ** 32 !== 0) throw new Error(`${method} counted ${counted} of ${made} increments`)
  for (const [column, ns] of samples) meter.record(method, 'ns', ns, { column })
}

function readerOf(method: Method, rows: IntegerRows): () => number {
  switch (method) {
    case 'local.x++, read by totals(local)': {
      const { local } = makeThreads(scalars(1), { living: ROWS - 1, maxThreads: ROWS })
      return () => totals(local).k0 as number
    }
    case 'array[i]++, read by a plain loop':
      return () => addFirsts(rows)
  }
}
