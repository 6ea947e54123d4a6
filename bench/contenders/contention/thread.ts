/*
 * A thread of the contention benchmark: counts as fast as it can, by one method, while others do the same.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { SlotTable } from 'threadslots'
import { runLoop } from '../../harness/run-loop.js'
import { type Method, PADDED_BYTES, type ThreadData } from './methods.js'

const BATCH = 10_000

const { method, position, control, cells, table, done } = workerData as ThreadData
const phase = new Int32Array(control)
const report = new Float64Array(done, position * PADDED_BYTES, 2)
const loop = { run: loopOf(method) }

parentPort?.postMessage('ready')
for (let threads = 0; threads !== -1; ) {
  Atomics.wait(phase, 0, threads)
  threads = Atomics.load(phase, 0)
  if (position >= threads) continue
  let operations = 0
  const started = performance.now()
  while (Atomics.load(phase, 0) === threads) {
    runLoop(loop, BATCH)
    operations += BATCH
  }
  report[1] = (report[1] as number) + (performance.now() - started) / 1000
  report[0] = (report[0] as number) + operations
}

/** This thread runs no other of these loops. */
function loopOf(method: Method): (times: number) => void {
  switch (method) {
    case 'local.x++': {
      const local = SlotTable.from(table).attach().locals({ x: 'u32' })
      return times => {
        for (let i = 0; i < times; i++) local.x++
      }
    }
    case 'cells 8 bytes apart': {
      const cell = new Uint32Array(cells, position * 8, 1)
      return times => {
        for (let i = 0; i < times; i++) cell[0] = ((cell[0] as number) + 1) >>> 0
      }
    }
    case 'Atomics.add, own padded cell': {
      const cell = new Uint32Array(cells, position * PADDED_BYTES, 1)
      return times => {
        for (let i = 0; i < times; i++) Atomics.add(cell, 0, 1)
      }
    }
    case 'Atomics.add, one cell': {
      const cell = new Uint32Array(cells)
      return times => {
        for (let i = 0; i < times; i++) Atomics.add(cell, 0, 1)
      }
    }
    case 'own Map': {
      const values = new Map([['x', 0]])
      // No other thread can read this map, so we copy the value to a cell after each batch.
      const cell = new Uint32Array(cells, position * PADDED_BYTES, 1)
      return times => {
        for (let i = 0; i < times; i++) values.set('x', (values.get('x') as number) + 1)
        cell[0] = values.get('x') as number
      }
    }
  }
}
