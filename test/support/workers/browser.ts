// A worker that looks like a browser: there is no `process`, or one of those that bundlers put in its place.
import { parentPort, workerData } from 'node:worker_threads'

const processes: { readonly [kind: string]: unknown } = {
  none: undefined,
  empty: {},
  shim: { env: {}, on: () => {}, getBuiltinModule: () => undefined },
}
const server = globalThis.process
const { kind } = workerData as { kind: string }
Object.defineProperty(globalThis, 'process', { value: processes[kind], configurable: true })
const { perThread, SlotTable, threadLocal, totals, setDefaultTable } = await import('threadslots')

const refusalOf = (run: () => unknown) => {
  try {
    return run()
  } catch (error) {
    return String(error)
  }
}
const schema = { n: 'u32' } as const
const refusals = [() => SlotTable.create(), () => threadLocal('by hand', schema)].map(refusalOf)

const table = SlotTable.create({ maxThreads: 2, threadId: 1 })
setDefaultTable(table)
const local = threadLocal('by hand', schema)
local.n++
const other = SlotTable.from(table.buffer, { threadId: 2 })
other.attach().locals({ 'by hand.n': 'u32' })['by hand.n'] = 5
const running = perThread(local)
table.release(2)
const sums = [totals(local), totals(local, 'retired')]

Object.defineProperty(globalThis, 'process', { value: server, configurable: true })
parentPort?.postMessage({ refusals, running, sums })
