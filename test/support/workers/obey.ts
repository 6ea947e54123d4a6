// A worker that makes the definition it was started with, and then does as it is told.
import { parentPort, workerData } from 'node:worker_threads'
import { defaultTable, type Schema, threadLocal } from 'threadslots'

/** Ways to end. */
export type Way = 'return' | 'throw' | 'reject' | 'exit' | 'spin' | 'fill the heap'

export interface Order {
  /** Values to assign; arrays are copied into vectors. */
  readonly set?: { readonly [property: string]: unknown }
  /** Properties to send back. */
  readonly get?: readonly string[]
  readonly end?: Way
}

const { name, schema } = workerData as { name: string; schema: Schema }
const local: { [property: string]: unknown } = threadLocal(name, schema)
const port = parentPort

port?.on('message', ({ set = {}, get, end }: Order) => {
  for (const [property, value] of Object.entries(set)) {
    if (typeof value === 'object') (local[property] as Uint32Array).set(value as Uint32Array)
    else local[property] = value
  }
  port.postMessage(get && Object.fromEntries(get.map(property => [property, local[property]])))
  // Deno's parentPort can't be closed.
  if (end === 'return') port.unref()
  if (end === 'throw') throw new Error('as it was told')
  if (end === 'reject') Promise.reject(new Error('as it was told'))
  if (end === 'exit') process.exit(7)
  if (end === 'spin') for (;;);
  // By small objects: large arrays pass a heap's limit on Node 26, which then can't even be terminated.
  if (end === 'fill the heap') for (const full: unknown[] = []; ; ) full.push({ full })
})
port?.postMessage(defaultTable().attach().u8.byteOffset)
