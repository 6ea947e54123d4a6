// Makes the definition that it is given, sends the byte offset of its row, and then follows orders.
import { parentPort, workerData } from 'node:worker_threads'
import { defaultTable, nameThread, type Schema, threadLocal } from 'threadslots'

export type WayToEnd = 'return' | 'throw' | 'reject' | 'exit' | 'spin' | 'fill the heap'

export interface Order {
  /** The name that the thread gives itself. */
  readonly threadName?: string
  /** Values to assign; arrays are copied into vectors. */
  readonly set?: { readonly [property: string]: unknown }
  /** Properties whose values are to be sent back. */
  readonly get?: readonly string[]
  readonly end?: WayToEnd
}

const { name, schema } = workerData as { name: string; schema: Schema }
const local: { [property: string]: unknown } = threadLocal(name, schema)
const port = parentPort

port?.on('message', ({ threadName, set = {}, get, end }: Order) => {
  if (threadName !== undefined) nameThread(threadName)
  for (const [property, value] of Object.entries(set)) {
    if (typeof value === 'object') (local[property] as Uint32Array).set(value as Uint32Array)
    else local[property] = value
  }
  port.postMessage(get && Object.fromEntries(get.map(property => [property, local[property]])))
  // Deno's parentPort can't be closed.
  if (end === 'return') port.unref()
  if (end === 'throw') throw new Error('as ordered')
  if (end === 'reject') Promise.reject(new Error('as ordered'))
  if (end === 'exit') process.exit(7)
  if (end === 'spin') for (;;);
  // With small objects: large arrays exceed the heap's limit on Node 26, and the worker then can't even be
  // terminated.
  if (end === 'fill the heap') for (const full: unknown[] = []; ; ) full.push({ full })
})
port?.postMessage(defaultTable().attach().u8.byteOffset)
