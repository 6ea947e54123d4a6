// Many keys, made by many threads at the same time: some of names that others make too, some of names of their own.
import { type HistogramSpec, type Key, type SlotSpec, SlotTable } from 'threadslots'
import type { EpochOrders } from './deaths.js'

type PlainSpec = Exclude<SlotSpec, HistogramSpec>

const SPECS: readonly PlainSpec[] = [
  'u32',
  'f64',
  'i64',
  { type: 'i32', length: 3 },
  'f32',
  'u64',
  { type: 'f64', length: 2 },
]

/** What a key is follows from its name, so that all threads that make it agree, and everybody can check it. */
export const specOf = (name: string): PlainSpec =>
  SPECS[Number(name.slice(name.lastIndexOf(' '))) % SPECS.length] as PlainSpec

export const sharedName = (n: number): string => `shared ${n}`
export const ownName = (own: string, n: number): string => `${own} ${n}`

/**
 * Makes keys and adds 1 to each of them, for ever, or until this thread is to end inside of making one. Each is
 * acknowledged once it is counted.
 */
export function makeKeys(orders: EpochOrders, acknowledge: (count: number) => void): void {
  const { cursor, own, keys, swaps } = orders
  const table = SlotTable.from(orders.buffer)
  const row = table.attach()
  for (let count = 1; ; count++) {
    const next = Atomics.load(cursor, 0)
    let name = count % 3 === 0 ? ownName(own, count) : sharedName(next)
    if (count > keys) {
      endAfter(swaps)
      // No other thread makes it, so all steps of making it are done.
      name = ownName(own, count)
    }
    try {
      addOne(row, table.key(name, specOf(name)))
    } catch (error) {
      if (!(error instanceof RangeError && error.message.includes('maxKeys'))) throw error
      // The table is full: to be counted again, there are keys enough.
      if (count > keys) process.exit(4)
      name = sharedName(count % Math.max(1, next))
      addOne(row, table.key(name, specOf(name)))
    }
    if (name === sharedName(next)) Atomics.compareExchange(cursor, 0, next, next + 1)
    acknowledge(count)
  }
}

function addOne(row: ReturnType<SlotTable['attach']>, key: Key): void {
  if (key.type === 'i64' || key.type === 'u64') row.slot(key as Key<'i64'>).add(1n)
  else if (key.length === undefined) row.slot(key as Key<'u32'>).add(1)
  else (row.slot(key as Key<{ type: 'f64'; length: 2 }>).value[1] as number)++
}

/** Ends this thread right after its next so many compare-and-swaps, whatever it is doing. */
function endAfter(swaps: number): void {
  const { compareExchange } = Atomics
  let left = swaps
  Atomics.compareExchange = ((view: BigInt64Array, index: number, expected: bigint, replacement: bigint) => {
    const found = compareExchange(view, index, expected, replacement)
    if (--left === 0) process.exit(4)
    return found
  }) as typeof compareExchange
}
