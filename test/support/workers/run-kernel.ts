// Lets the WebAssembly kernel count in this thread's row, in one call. The table lies in the kernel's memory.
import { parentPort, workerData } from 'node:worker_threads'
import { SlotTable } from 'threadslots'
import { kernelBytes } from '../../../tools/kernel/bytes.js'
import { instantiate, type SharedMemory } from '../../../tools/kernel/kernel.js'

export interface KernelData {
  readonly memory: SharedMemory
  readonly byteOffset: number
  /** Numbers from the first to below the second. */
  readonly range: readonly [from: number, to: number]
}

const { memory, byteOffset, range } = workerData as KernelData
const table = SlotTable.from(memory.buffer, { byteOffset })
const row = table.attach()
instantiate(memory, await kernelBytes()).collatz(
  ...range,
  row.byteAddress(table.key('numbers', 'u32')),
  row.byteAddress(table.key('steps', 'i64')),
  row.byteAddress(table.key('peaks', 'f64')),
)
parentPort?.postMessage('done')
