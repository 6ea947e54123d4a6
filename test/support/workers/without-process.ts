// Imports the package as a browser would: without a `process`, or with one of those that bundlers put in its place.
// Sends what it refuses to do without a server, and what a table that is created by hand reads.
import { parentPort, workerData } from 'node:worker_threads'

const processes: { readonly [kind: string]: unknown } = {
  none: undefined,
  empty: {},
  shim: { env: {}, on: () => {}, getBuiltinModule: () => undefined },
}
const nodeProcess = globalThis.process
const { kind } = workerData as { kind: string }
Object.defineProperty(globalThis, 'process', { value: processes[kind], configurable: true })
const { perThread, SlotTable, threadLocal, totals, setDefaultTable } = await import('threadslots')

/** The message of the error that a function throws; otherwise what it returns. */
const outcomeOf = (run: () => unknown) => {
  try {
    return run()
  } catch (error) {
    return String(error)
  }
}
const schema = { n: 'u32' } as const
const refusals = [() => SlotTable.create(), () => threadLocal('by hand', schema)].map(outcomeOf)

const table = SlotTable.create({ maxThreads: 2, threadId: 1 })
setDefaultTable(table)
const local = threadLocal('by hand', schema)
local.n++
const other = SlotTable.from(table.buffer, { threadId: 2 })
other.attach().locals({ 'by hand.n': 'u32' })['by hand.n'] = 5
const running = perThread(local)
table.release(2)
const sums = [totals(local), totals(local, 'retired')]

Object.defineProperty(globalThis, 'process', { value: nodeProcess, configurable: true })
parentPort?.postMessage({ refusals, running, sums })
