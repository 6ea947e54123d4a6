/*
 * A table at an interesting moment, what its threads do, and what they have acknowledged.
 *
 * There is one buffer for all schedules, overwritten at the start of each. A thread is an object of its own over it,
 * made when the thread does something: all that lasts is in the bytes and in the history.
 */
import { setDefaultTable } from '../../../src/local/default-table.js'
import { type ThreadLocal, threadLocal } from '../../../src/local/thread-local.js'
import { describeSpec } from '../../../src/memory/schema.js'
import type { Key } from '../../../src/protocol/keys.js'
import type { Slot, VectorSlot } from '../../../src/table/handles.js'
import type { LocalsOf } from '../../../src/table/row.js'
import { SlotTable } from '../../../src/table/slot-table.js'
import { digestOf } from './digest.js'
import { dimensions } from './dimensions.js'
import { type Fact, History, type Value } from './history.js'
import { watch } from './steps.js'

export const BASE = 10
export const FRESH: { readonly type: 'u32'; readonly init: number } = { type: 'u32', init: BASE }
/** Each type and each fold. There is no more than one key of each, since every one of them costs steps everywhere. */
const SCHEMA = {
  n: 'u32',
  // `BASE`.
  base: { type: 'i32', init: 10 },
  low: { type: 'f64', fold: 'min' },
  v: { type: 'i64', length: 2, init: 3n },
  last: { type: 'u64', fold: 'none' },
  big: 'i64',
  high: { type: 'f32', fold: 'max' },
} as const

export const buffer: SharedArrayBuffer = new SharedArrayBuffer(SlotTable.byteLength(dimensions))
const bytes = new Uint8Array(buffer)
const words = new Uint32Array(buffer)

/** Everything that is the case, apart from what a thread in the middle of an operation has in its registers. */
export interface Moment {
  readonly bytes: Uint8Array
  readonly history: History
  readonly pending: Fact | undefined
}

export const world: {
  history: History
  /** What a thread is just doing: nobody can tell whether it is done already. */
  pending: Fact | undefined
} = { history: new History(), pending: undefined }

export const capture = (): Moment => ({ bytes: Uint8Array.from(bytes), ...world })

export function restore({ bytes: saved, ...others }: Moment): void {
  bytes.set(saved)
  Object.assign(world, others)
}

/** The same words, the same bytes and the same history. */
export const fingerprint = (): string => {
  const pending = world.pending ? world.history.and(world.pending).id : ''
  return `${digestOf(words)} ${world.history.id} ${pending}`
}

/** The table as a thread sees it: what the thread remembers of it begins with this object. */
export const as = (threadId: number, parentThreadId = -1): SlotTable =>
  SlotTable.from(buffer, { threadId, parentThreadId })

/** Does something that has one effect, and acknowledges it. In between, it is done or not. */
export function acknowledge<T>(fact: Fact, run: () => T): T {
  // Another thread may be in the middle of something as well: where the stepper stands in it.
  const { pending } = world
  world.pending = fact
  const result = run()
  world.history = world.history.and(fact)
  world.pending = pending
  return result
}

/** A thread id that nobody has had. */
export const newThreadId = (): number => 1000 + world.history.facts.length

/** Attaches. Before, the thread may own a row already. */
export function attach(table: SlotTable, threadId: number): ReturnType<SlotTable['attach']> {
  world.history = world.history.and({ does: 'attach', threadId })
  return table.attach()
}

export const set = (threadId: number, name: string, value: Value, run: () => void): void =>
  acknowledge({ does: 'set', threadId, name, value }, run)

/** A thread's slot of a single value. To ask for it is to use it. */
export const scalar = (table: SlotTable, key: Key): Slot<number> =>
  table.attach().slot(key) as unknown as Slot<number>

/** A thread's slot of a vector. */
export const vector = (table: SlotTable, key: Key): VectorSlot<BigInt64Array> =>
  table.attach().slot(key) as unknown as VectorSlot<BigInt64Array>

/** A key in words: what must be the same for all threads, for ever. */
export const wordsOfKey = (key: Key): string => `${key.keyId} at ${key.byteOffset}: ${describeSpec(key)}`

/** Makes a key, or finds it. */
export function makeKey(table: SlotTable, name: string, spec: 'f64' | typeof FRESH): Key {
  const key = table.key(name, spec)
  world.history = world.history.and({ does: 'know', name, key: wordsOfKey(key) })
  return key
}

/** The families that die together. */
const familyOf = (threadId: number): readonly number[] => (threadId === 4 ? [4, 5, 6] : [threadId])

/** One thread releases another, which is dead; with thread 4 died 5 and 6. */
export function bury(threadId: number, by: SlotTable = as(999)): void {
  acknowledge({ does: 'die', threadIds: familyOf(threadId) }, () => by.release(threadId))
}

/** An object with a thread's values, as `threadLocal` makes it. The keys are there. */
export const localsOf = (table: SlotTable): LocalsOf<typeof SCHEMA> => {
  const columns = table.registry.internAll(SCHEMA, 'w.')
  return new (table.attach().classOf(columns))() as LocalsOf<typeof SCHEMA>
}

/** A thread that attached finds everything as if it were the first, and adds an amount to every key. */
export function work(table: SlotTable, threadId: number, amount: number): void {
  const row = table.attach()
  if (row.u8.some(byte => byte !== 0)) throw new Error(`thread ${threadId} finds bytes of another`)
  const local = localsOf(table)
  const initial = `${[local.n, local.base, local.low, local.last, local.big, local.high]}`
  if (initial !== '0,10,Infinity,0,0,-Infinity') throw new Error(`thread ${threadId} starts from ${initial}`)
  set(threadId, 'w.n', amount, () => {
    local.n += amount
  })
  set(threadId, 'w.base', BASE + amount, () => {
    local.base += amount
  })
  set(threadId, 'w.low', amount, () => {
    local.low = amount
  })
  let elements: typeof local.v | undefined
  set(threadId, 'w.v', [3n, 3n], () => {
    elements = local.v
  })
  if (`${elements}` !== '3,3') throw new Error(`the vector of thread ${threadId} starts from ${elements}`)
  set(threadId, 'w.v', [3n, BigInt(3 + amount)], () => {
    if (elements) elements[1] = BigInt(3 + amount)
  })
  set(threadId, 'w.last', amount, () => {
    local.last = BigInt(amount)
  })
  set(threadId, 'w.big', amount, () => {
    local.big += BigInt(amount)
  })
  set(threadId, 'w.high', amount, () => {
    local.high = amount
  })
}

/** A thread comes, and works. */
export function join(threadId: number, amount: number, parentThreadId = -1): void {
  const table = as(threadId, parentThreadId)
  attach(table, threadId)
  work(table, threadId, amount)
}

/**
 * Row 0: thread 1, running, whose default table this is; it has not used `base` and `v`. Row 1: what dead thread 3
 * left, and in the bank what thread 2 left there before. Rows 2 to 4: thread 4, which made the keys, its child 5, and
 * its grandchild 6. Rows 5 to 8 are virgin.
 */
function makeWorld(): ThreadLocal<typeof SCHEMA> {
  // Its views stay what they are, so that `totals` and `sampler` can be stepped through.
  const table = watch(() => SlotTable.create({ ...dimensions, buffer, threadId: 1, parentThreadId: -1 }))
  const maker = as(4)
  const columns = maker.registry.internAll(SCHEMA, 'w.')
  for (const [, key] of columns) {
    world.history = world.history.and({ does: 'know', name: key.name, key: wordsOfKey(key) })
  }
  world.history = world.history.and({ does: 'attach', threadId: 1 })
  watch(() => setDefaultTable(table))
  const local = watch(() => threadLocal('w', SCHEMA))
  set(1, 'w.n', 100, () => {
    local.n = 100
  })
  set(1, 'w.low', 50, () => {
    local.low = 50
  })
  join(2, 2)
  join(4, 40)
  join(5, 5000, 4)
  join(6, 600, 5)
  bury(2)
  join(3, 30000)
  bury(3)
  return local
}

/** Thread 1's own object. What it reads across threads, it reads in the buffer as it is at that moment. */
export const local1: ThreadLocal<typeof SCHEMA> = makeWorld()

/** Where every scenario begins. */
export const origin: Moment = capture()
