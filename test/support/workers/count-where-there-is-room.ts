// Counts under one name, whether or not the default table has room, and tells what it sees. Ends when it is told to.
import { parentPort, workerData } from 'node:worker_threads'
import {
  defaultTable,
  nameThread,
  perThread,
  reset,
  type Schema,
  sampler,
  threadLocal,
  totals,
} from 'threadslots'

export interface Sight {
  readonly own: object
  readonly totals: object
  readonly threads: number
  readonly lost: object
  readonly warnings: readonly (readonly [message: string, code: string])[]
}

const { schema, amount } = workerData as { schema: Schema; amount: number }
const warnings: [string, string][] = []
// Instead of the listener that prints them.
process.removeAllListeners('warning')
process.on('warning', warning => {
  warnings.push([warning.message, (warning as { code?: string }).code ?? ''])
})
const { lost } = defaultTable()
const local = threadLocal('jobs', schema) as { [name: string]: number }
for (const name of Object.keys(schema)) local[name] = amount
const again = threadLocal('jobs', schema) as typeof local
for (const name of Object.keys(schema)) again[name] = (again[name] ?? 0) + 1
// Nothing else fails either.
nameThread('counter')
reset(local as never)
sampler(local as never)()
setTimeout(() => {
  parentPort?.postMessage({
    own: { ...local },
    totals: totals(local as never),
    threads: perThread(local as never).length,
    lost: { before: lost, after: defaultTable().lost },
    warnings,
  })
}, 10)
parentPort?.once('message', () => process.exit())
