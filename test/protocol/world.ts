// A table at an interesting moment, what its threads do, and what must hold whatever happens to them.
import { type Key, SlotTable } from 'threadslots'
import * as assert from 'uvu/assert'
import { bytesOf, recordAddress, recordsOf, rowAddress } from '../../src/layout.js'
import { as, throws } from '../helpers.js'

export const dimensions = { maxThreads: 7, rowBytes: 64, maxKeys: 8 }
export const BASE = 10
export const FRESH: { readonly type: 'u32'; readonly init: number } = { type: 'u32', init: BASE }
const schema = {
  n: 'u32',
  base: { type: 'i32', init: BASE },
  low: { type: 'f64', fold: 'min' },
  v: { type: 'i64', length: 2 },
  last: { type: 'u32', fold: 'none' },
} as const

/** A table, and what its threads have done for certain. */
export interface World {
  /** Of a thread without a row, which outlives all others. */
  readonly supervisor: SlotTable
  /** What each thread added, dead ones too. */
  readonly amounts: Map<number, number>
  /** Threads that own a row. */
  readonly alive: Set<number>
  /** The sum of the key 'fresh', where it is certain. */
  fresh?: number
}

/** A thread attaches, finds everything as if it were the first, and adds an amount to every key. */
export function work(world: World, threadId: number, amount: number, parentThreadId = -1): void {
  const row = as(world.supervisor, threadId, parentThreadId).attach()
  world.alive.add(threadId)
  assert.ok(
    row.u8.every(byte => byte === 0),
    `thread ${threadId} finds bytes of another`,
  )
  const local = row.locals(schema)
  const initial = [local.n, local.base, local.low, local.last, ...local.v]
  assert.equal(initial, [0, BASE, Infinity, 0, 0n, 0n], `thread ${threadId} starts from init`)
  // No step of the protocol from here on: all of it is done, or nothing.
  local.n += amount
  local.base += amount
  local.low = amount
  local.v[1] = BigInt(amount)
  local.last = amount
  world.amounts.set(threadId, amount)
}

/** One thread releases another, which is dead; with thread 4 died 5 and 6. */
export function bury({ supervisor, alive }: World, threadId: number, by = 0): void {
  as(supervisor, by).release(threadId)
  for (const dead of threadId === 4 ? [4, 5, 6] : [threadId]) alive.delete(dead)
}

/**
 * Row 0: thread 1, running. Row 1: what dead thread 3 left, and in the bank what thread 2 left there before. Rows 2 to
 * 4: thread 4, which made the keys, its child 5, and its grandchild 6. Rows 5 and 6 are virgin.
 */
function createWorld(): World {
  const supervisor = SlotTable.create({ ...dimensions, threadId: 0, parentThreadId: -1 })
  const world: World = { supervisor, amounts: new Map(), alive: new Set() }
  for (const [name, spec] of Object.entries(schema)) as(supervisor, 4).key(name, spec)
  work(world, 1, 100)
  work(world, 2, 2)
  work(world, 4, 40)
  work(world, 5, 5000, 4)
  work(world, 6, 600, 5)
  bury(world, 2)
  work(world, 3, 30000)
  bury(world, 3)
  return world
}

const origin = createWorld()

/** The same world, from its first byte to its last, as often as it is needed. */
export function freshWorld(): World {
  const buffer = new SharedArrayBuffer(origin.supervisor.byteLength)
  new Uint8Array(buffer).set(new Uint8Array(origin.supervisor.buffer))
  const supervisor = SlotTable.from(buffer, { threadId: 0, parentThreadId: -1 })
  return { supervisor, amounts: new Map(origin.amounts), alive: new Set(origin.alive) }
}

export const total = (amounts: Iterable<number>): number =>
  [...amounts].reduce((sum, amount) => sum + amount, 0)

export const keyNamed = (table: SlotTable, name: string): Key<'u32'> =>
  table.keys().find(key => key.name === name) as Key<'u32'>

/** What holds at any instant: for a thread that reads the table for the first time, every amount counts, once. */
export function check({ supervisor, amounts, fresh }: World, where: string): void {
  const values = [...amounts.values()]
  const sum = total(values)
  const reader = as(supervisor, 98)
  const { threads, retired, totals } = reader.snapshot()
  const { fresh: freshTotal = 0, n, base, low, v } = totals
  const folded = [n, base, low, ...(v as BigInt64Array)]
  assert.equal(folded, [sum, sum + BASE * values.length, Math.min(...values), 0n, BigInt(sum)], where)
  assert.ok(
    (fresh === undefined ? [0, BASE] : [fresh]).includes(freshTotal as number),
    `${where}: ${freshTotal}`,
  )

  const key = keyNamed(reader, 'n')
  const [all, live, dead] = [reader.fold(key), reader.fold(key, 'live'), reader.fold(key, 'retired')]
  assert.equal([all, live + dead, retired.n], [sum, sum, dead], where)
  for (const { threadId, values } of threads) {
    const { n = amounts.get(threadId), last = amounts.get(threadId) } = values
    assert.equal([n, last], [amounts.get(threadId), amounts.get(threadId)], `${where}: thread ${threadId}`)
    assert.ok(
      values.fresh === undefined || Number(values.fresh) >= BASE,
      `${where}: thread ${threadId} has no init`,
    )
  }
}

/** What holds when nobody is in the middle of anything: nothing is leaked, and the table can be used to the full. */
export function checkAtRest(world: World, where: string): void {
  check(world, where)
  const { supervisor, amounts, alive } = world
  const claims = new BigInt64Array(supervisor.buffer)
  const ownersAt = (addresses: number[]) =>
    addresses
      .map(address => Number(BigInt.asIntN(32, claims[address / 8] as bigint)) - 1)
      .filter(id => id !== -1)
  const rows = Array.from({ length: dimensions.maxThreads }, (_, rowId) => rowAddress(dimensions, rowId))
  assert.equal(ownersAt(rows).sort(), [...alive].sort(), `${where}: owners of rows`)
  const running = [...alive].map(threadId => amounts.get(threadId) ?? 0)
  assert.is(supervisor.fold(keyNamed(supervisor, 'n'), 'live'), total(running), where)

  const keys = as(supervisor, 97).keys()
  const records = Array.from({ length: recordsOf(dimensions) }, (_, i) => recordAddress(dimensions, i))
  assert.is(ownersAt(records).length, keys.length, `${where}: records`)
  const firstKeys = origin.supervisor.keys()
  assert.equal(keys.slice(0, firstKeys.length), firstKeys, where)
  keys.reduce((endBytes, { name, type, length, byteOffset }) => {
    assert.ok(byteOffset >= endBytes, `${where}: ${name} overlaps the key before it`)
    return byteOffset + bytesOf(type) * (length ?? 1)
  }, 0)

  for (let threadId = 100 + alive.size; threadId < 100 + dimensions.maxThreads; threadId++)
    work(world, threadId, 7)
  throws(() => as(supervisor, 200).attach(), RangeError, /maxThreads/)
  for (let i = keys.length; i < dimensions.maxKeys; i++) as(supervisor, 200 + i).key(`filler ${i}`, 'u32')
  throws(() => as(supervisor, 300).key('one more', 'u32'), RangeError, /maxKeys/)
  check(world, `${where}, filled`)
}
