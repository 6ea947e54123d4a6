/*
 * What threads do, each action together with the fact that it adds to the history.
 */
import { setThreadName, threadName } from '../../../src/host/current.js'
import { type LabelValue, labelled } from '../../../src/labels.js'
import { describeSpec } from '../../../src/memory/expand-spec.js'
import type { Labels } from '../../../src/memory/labels.js'
import type { LabelledSpec } from '../../../src/memory/schema.js'
import { internChild } from '../../../src/protocol/children.js'
import type { Field, Key } from '../../../src/protocol/keys.js'
import type { Slot, TextSlot, VectorSlot } from '../../../src/table/handles.js'
import type { LocalsOf } from '../../../src/table/row.js'
import { SlotTable } from '../../../src/table/slot-table.js'
import type { Fact, Value } from './history.js'
import { buffer, current } from './state.js'

/** The `init` of the key `w.base`, and of the key `fresh` that scenarios define. */
export const BASE_INIT = 10
export const FRESH_SPEC: {
  readonly type: 'u32'
  readonly init: number
  readonly unit: string
  readonly help: string
} = { type: 'u32', init: BASE_INIT, unit: 'ms', help: 'Why' }
/** One less than what takes a carry. */
export const BEFORE_CARRY: number = 2 ** 32 - 1
/** Covers each type and each fold, with as few keys as possible: every key adds steps to every operation. */
export const SCHEMA = {
  n: 'u32',
  base: { type: 'i32', init: 10 },
  low: { type: 'f64', fold: 'min' },
  v: { type: 'i64', length: 2, init: 3n },
  last: { type: 'u64', fold: 'none' },
  big: 'i64',
  high: { type: 'f32', fold: 'max' },
  c: 'count',
  busy: { type: 'i32', retire: false },
  file: { type: 'text', length: 4 },
} as const

/** The name of a labelled key, which scenarios define. */
export const FAMILY = 'labels.by'
/** So few that the last place is taken at once: most scenarios begin with one child. */
export const MAX_CHILDREN = 2
/** The definition of `FAMILY`. */
export const LABELLED: LabelledSpec<'u32', { readonly m: LabelValue; readonly s: LabelValue }> = labelled(
  'u32',
  ['m', 's'],
  { maxChildren: MAX_CHILDREN },
)

// Threads that exist outside of the scenarios.
/** Releases dead threads. It has no row. */
const SUPERVISOR = 999
/** Reads and compares. It has no row. */
export const READER = 998

/** The table as a thread sees it. All that the thread remembers about the table is in this object. */
export const openAs = (threadId: number, parentThreadId = -1): SlotTable =>
  SlotTable.from(buffer, { threadId, parentThreadId })

/** Runs something that has one effect, and acknowledges it. While it runs, the effect may or may not be visible. */
function acknowledge<T>(fact: Fact, run: () => T): T {
  // Another thread may be in the middle of an operation too: the one that is being stepped through.
  const { pending } = current
  current.pending = fact
  const result = run()
  current.history = current.history.with(fact)
  current.pending = pending
  return result
}

/** A thread id that no thread has had before. It follows from the history, so equal histories give equal ids. */
export const newThreadId = (): number => 1000 + current.history.facts.length

/** Runs something as a thread of this name. */
function asNamed<T>(name: string, run: () => T): T {
  // Another thread may be in the middle of an operation.
  const before = threadName()
  setThreadName(name)
  try {
    return run()
  } finally {
    setThreadName(before)
  }
}

/** A thread attaches, with its id as its name. */
export const attachAs = (table: SlotTable, threadId: number): ReturnType<SlotTable['attach']> =>
  asNamed(`${threadId}`, () => table.attach())

/** Attaches. The history says so beforehand, because the thread may own a row before `attach` returns. */
export function attach(table: SlotTable, threadId: number): ReturnType<SlotTable['attach']> {
  current.history = current.history.with({ kind: 'attach', threadId })
  return attachAs(table, threadId)
}

/** An attached thread gets another name. */
export function rename(table: SlotTable, threadId: number, name: string): void {
  acknowledge({ kind: 'name', threadId, name }, () => asNamed(name, () => table.attach().updateName()))
}

/** Runs an assignment to a thread's slot, and acknowledges it. */
export const set = (threadId: number, name: string, value: Value, run: () => void): void =>
  acknowledge({ kind: 'set', threadId, name, value }, run)

/** A thread's handle of a scalar key. Asking for it counts as the first use. */
export const scalarSlot = (table: SlotTable, key: Key): Slot<number> =>
  table.attach().slot(key) as unknown as Slot<number>

/** A thread's handle of a vector key. Asking for it counts as the first use. */
export const vectorSlot = (table: SlotTable, key: Key): VectorSlot<BigInt64Array> =>
  table.attach().slot(key) as unknown as VectorSlot<BigInt64Array>

/** A thread's handle of a text key. Asking for it counts as the first use. */
export const textSlot = (table: SlotTable, key: Key): TextSlot =>
  table.attach().slot(key) as unknown as TextSlot

/** Everything about a key that must be the same in all threads, permanently. */
export const describeKey = (key: Key): string =>
  `${key.keyId} at ${key.byteOffset}: ${describeSpec(key)}, help ${key.help}, labels ${JSON.stringify(key.labels)}`

/** Adds the fact that a key exists. */
function acknowledgeKey(key: Key): Key {
  current.history = current.history.with({ kind: 'key', name: key.name, key: describeKey(key) })
  return key
}

/** Makes a key, or finds it if it exists. */
export const makeKey = (table: SlotTable, name: string, spec: 'f64' | typeof FRESH_SPEC): Key =>
  acknowledgeKey(table.key(name, spec))

/** Defines the labelled key, or finds it if it exists. */
export function defineLabelled(table: SlotTable): Field {
  const [field] = table.registry.internAll({ by: LABELLED }, 'labels') as [Field]
  acknowledgeKey(field[1])
  return field
}

/** The name of the labelled key's child with these labels. */
export const childNameOf = (labels: Labels): string =>
  Object.values(labels).every(value => value === 'other') ? FAMILY : FAMILY + JSON.stringify(labels)

/** Makes the labelled key's child for a method, or finds it. If there is no room for it, this is the overflow child. */
export function makeChild(table: SlotTable, method: string): Key {
  const { registry } = table
  const [, overflow] = defineLabelled(table)
  // One label is that of the overflow child, and still this is another child.
  const labels = { m: method, s: 'other' }
  const child = internChild(registry, overflow, labels, MAX_CHILDREN)
  if (typeof child !== 'string') {
    if (child.name !== childNameOf(labels)) throw new Error(`the child for ${method} is ${child.name}`)
    return acknowledgeKey(child)
  }
  // Children stay, so if there was no place for this one, there is none now.
  const others = registry.familyOf(overflow).length - 1
  if (others < MAX_CHILDREN) throw new Error(`no child for ${method} beside ${others} others: ${child}`)
  return overflow
}

/** An attached thread counts once in the child for a method. The first time, it also uses the child for the first time. */
export function countByLabel(table: SlotTable, threadId: number, method: string): void {
  const child = makeChild(table, method)
  const count = Number(current.history.expected.values.get(threadId)?.get(child.name) ?? 0)
  set(threadId, child.name, count, () => scalarSlot(table, child))
  set(threadId, child.name, count + 1, () => scalarSlot(table, child).add(1))
}

/** A thread and the descendants that die with it: 5 is a child of 4, and 6 a child of 5. */
const familyOf = (threadId: number): readonly number[] => (threadId === 4 ? [4, 5, 6] : [threadId])

/** Releases a dead thread and its descendants. */
export function release(threadId: number, by: SlotTable = openAs(SUPERVISOR)): void {
  acknowledge({ kind: 'release', threadIds: familyOf(threadId) }, () => by.release(threadId))
}

/** An object with accessors for all keys of `SCHEMA`, like the one that `threadLocal` makes. */
export const localsOf = (table: SlotTable): LocalsOf<typeof SCHEMA> => {
  const fields = table.registry.internAll(SCHEMA, 'w')
  return new (table.attach().classOf(fields))() as LocalsOf<typeof SCHEMA>
}

/**
 * An attached thread uses every key of `SCHEMA` for the first time and adds an amount to each. It must find its row as
 * if no thread had ever owned it.
 */
export function useAllKeys(table: SlotTable, threadId: number, amount: number): void {
  const row = table.attach()
  if (row.u8.some(byte => byte !== 0)) throw new Error(`thread ${threadId} finds bytes of another thread`)
  const local = localsOf(table)
  const { n, base, low, last, big, high, c, busy, file } = local
  const initial = `${[n, base, low, last, big, high, c, busy, file]}`
  if (initial !== '0,10,Infinity,0,0,-Infinity,0,0,')
    throw new Error(`thread ${threadId} starts from ${initial}`)
  set(threadId, 'w.n', amount, () => {
    local.n += amount
  })
  set(threadId, 'w.base', BASE_INIT + amount, () => {
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
  set(threadId, 'w.c', BEFORE_CARRY, () => {
    local.c = BEFORE_CARRY
  })
  set(threadId, 'w.c', BEFORE_CARRY + amount, () => {
    local.c += amount
  })
  set(threadId, 'w.busy', amount, () => {
    local.busy += amount
  })
  set(threadId, 'w.file', `${amount}`.slice(0, 4), () => {
    local.file = `${amount}`
  })
}

/** A thread starts, attaches and uses all keys. */
export function attachAndUse(threadId: number, amount: number, parentThreadId = -1): void {
  const table = openAs(threadId, parentThreadId)
  attach(table, threadId)
  useAllKeys(table, threadId, amount)
}
