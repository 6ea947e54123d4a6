// A worker that makes the kernel count in its row, in one call. The table is in the kernel's memory.
import { SlotTable, whenSupervised } from 'threadslots/browser'
import { instantiate, type SharedMemory } from '../../../../tools/kernel/kernel.js'
import type { Range } from '../../../support/collatz.js'

export interface KernelData {
  readonly memory: SharedMemory
  readonly bytes: Uint8Array
  readonly byteOffset: number
  readonly range: Range
}

self.onmessage = async ({ data }: MessageEvent<KernelData>) => {
  const { memory, bytes, byteOffset, range } = data
  const table = SlotTable.from(memory.buffer, { byteOffset })
  const row = table.attach()
  const kernel = instantiate(memory, bytes)
  await whenSupervised(table)
  kernel.collatz(
    ...range,
    row.byteAddress(table.key('numbers', 'u32')),
    row.byteAddress(table.key('steps', 'i64')),
    row.byteAddress(table.key('peaks', 'f64')),
  )
  self.postMessage('done')
}
