// Makes many keys while other threads do the same: some with names that others use too, some with names of its own.
import { type HistogramSpec, type Key, type SlotSpec, SlotTable } from 'threadslots'
import type { KeyMakingOrders } from './orders.js'

type PlainSpec = Exclude<SlotSpec, HistogramSpec>

const SPECS: readonly PlainSpec[] = [
  'u32',
  'f64',
  'i64',
  { type: 'i32', length: 3 },
  'f32',
  'u64',
  'count',
  { type: 'f64', length: 2 },
]

/** A key's definition follows from its name, so all threads that make it agree, and any thread can check it. */
export const specOf = (name: string): PlainSpec =>
  SPECS[Number(name.slice(name.lastIndexOf(' '))) % SPECS.length] as PlainSpec

const sharedName = (n: number): string => `shared ${n}`
const ownName = (prefix: string, n: number): string => `${prefix} ${n}`

/**
 * Makes keys and adds 1 to each, endlessly, or until the orders say that this thread exits while making one. Acknowledges
 * each addition after it is done.
 */
export function makeKeys(orders: KeyMakingOrders, acknowledge: (count: number) => void): void {
  const { cursor, ownPrefix, keys, swaps } = orders
  const table = SlotTable.from(orders.buffer)
  const row = table.attach()
  for (let count = 1; ; count++) {
    const next = Atomics.load(cursor, 0)
    let name = count % 3 === 0 ? ownName(ownPrefix, count) : sharedName(next)
    if (count > keys) {
      exitAfter(swaps)
      // No other thread makes a key of this name, so this one takes all the steps of making it.
      name = ownName(ownPrefix, count)
    }
    try {
      addOne(row, table.key(name, specOf(name)))
    } catch (error) {
      if (!(error instanceof RangeError && error.message.includes('maxKeys'))) throw error
      // The table is full. Existing keys can still be counted; this thread's time to exit may have come, though.
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

/** Makes this thread exit right after its next compare-and-swaps, whatever it is doing then. */
function exitAfter(swaps: number): void {
  const { compareExchange } = Atomics
  let left = swaps
  Atomics.compareExchange = ((view: BigInt64Array, index: number, expected: bigint, replacement: bigint) => {
    const found = compareExchange(view, index, expected, replacement)
    if (--left === 0) process.exit(4)
    return found
  }) as typeof compareExchange
}
