/*
 * Many threads that have used the same keys: this one, and others that exist only as thread ids.
 */
import { SlotTable, setDefaultTable, type ThreadLocal, threadLocal } from 'threadslots'

/** The keys that are read: numbers and vectors of numbers. */
export type Keys = { readonly [name: string]: KeySpec }
type KeySpec = 'u32' | 'f64' | { readonly type: 'u32'; readonly length: number }

export const DEFINITION = 'reading'
/** No thread of this process has this id, or a greater one. */
const FIRST_ID = 1000
/** The id of a thread other than this one, which is the last. */
export const threadIdOf = (thread: number): number => FIRST_ID + thread

/** Every third key is an integer; the others are doubles. */
export const scalars = (count: number): Keys =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i % 3 === 0 ? 'u32' : 'f64']))

export const VECTOR_LENGTH = 1000
export const VECTOR: Keys = { v: { type: 'u32', length: VECTOR_LENGTH } }

/** What a thread has counted in an element. The elements of all keys are numbered in one sequence. */
export const valueAt = (thread: number, element: number): number => thread + element

/**
 * Creates a default table that `dead` threads have used, and after them `living` ones, of which this thread is the last.
 * Each dead thread's values lie in the bank of the living thread that has its row now.
 */
export function makeThreads(
  keys: Keys,
  {
    living,
    dead = 0,
    maxThreads = Math.max(living, dead),
  }: { living: number; dead?: number; maxThreads?: number },
): { table: SlotTable; local: ThreadLocal<Keys> } {
  const table = SlotTable.create({ maxThreads })
  for (let thread = 0; thread < dead; thread++) join(table, keys, thread)
  for (let thread = 0; thread < dead; thread++) table.release(threadIdOf(thread))
  for (let thread = dead; thread < dead + living - 1; thread++) join(table, keys, thread)
  setDefaultTable(table)
  const local = threadLocal(DEFINITION, keys)
  useKeys(table, keys, dead + living - 1)
  return { table, local }
}

function join({ buffer }: SlotTable, keys: Keys, thread: number): void {
  useKeys(SlotTable.from(buffer, { threadId: threadIdOf(thread) }), keys, thread)
}

function useKeys(table: SlotTable, keys: Keys, thread: number): void {
  const row = table.attach()
  let element = 0
  for (const [name, spec] of Object.entries(keys)) {
    const slot = row.slot(table.key(`${DEFINITION}.${name}`, spec)) as { value: number | Uint32Array }
    if (typeof slot.value === 'number') slot.value = valueAt(thread, element++)
    else for (let i = 0; i < slot.value.length; i++) slot.value[i] = valueAt(thread, element++)
  }
}

/** Bytes from one row of a table to the next, for the default `rowBytes` and `maxKeys`: the distance of two threads' slots. */
export function rowStrideBytes(): number {
  const { buffer } = SlotTable.create({ maxThreads: 2 })
  const [first, second] = [0, 1].map(thread => {
    const table = SlotTable.from(buffer, { threadId: threadIdOf(thread) })
    return table.attach().byteAddress(table.key('any', 'u32'))
  }) as [number, number]
  return second - first
}
