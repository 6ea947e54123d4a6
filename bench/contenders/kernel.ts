/*
 * Slots in a WebAssembly module's memory, incremented by the module and by JavaScript.
 */
import { SlotTable } from 'threadslots'
import { instantiate, type Kernel, makeMemory, type SharedMemory } from '../../tools/kernel/kernel.js'
import type { Contender } from '../harness/meter.js'

type KernelType = 'i32' | 'i64' | 'f64'

/** Where the table starts in the memory; the bytes before it belong to the module. */
const BYTE_OFFSET = 65_536

function makeTable(): { memory: SharedMemory; table: SlotTable } {
  const memory = makeMemory(4)
  const dimensions = { maxThreads: 4, rowBytes: 256, maxKeys: 16 }
  return {
    memory,
    table: SlotTable.create({ ...dimensions, buffer: memory.buffer, byteOffset: BYTE_OFFSET }),
  }
}

/** Both contenders use the same table, with a slot each. */
export function kernelAndAccessor(type: KernelType, bytes: Uint8Array): Contender[] {
  const { memory, table } = makeTable()
  return [
    kernel(type, table, instantiate(memory, bytes)),
    type === 'i64' ? bigint(table) : number(type, table),
  ]
}

function kernel(type: KernelType, table: SlotTable, { [`add_${type}` as const]: add }: Kernel): Contender {
  const row = table.attach()
  const key = table.key('kernel', type)
  const address = row.byteAddress(key)
  const slot = row.slot(key)
  return {
    name: 'kernel',
    prepare: () => slot.reset(),
    run: times => add(address, times),
    result: () => Number(slot.value),
  }
}

function number(type: 'i32' | 'f64', table: SlotTable): Contender {
  const local = table.attach().locals({ x: type })
  return {
    name: 'local.x',
    prepare() {
      local.x = 0
    },
    run(times) {
      for (let i = 0; i < times; i++) local.x++
    },
    result: () => local.x,
  }
}

function bigint(table: SlotTable): Contender {
  const local = table.attach().locals({ x: 'i64' })
  return {
    name: 'local.x',
    prepare() {
      local.x = 0n
    },
    run(times) {
      for (let i = 0; i < times; i++) local.x += 1n
    },
    result: () => Number(local.x),
  }
}
