// Compares everything that can be read from a table with what the model says.
import type { Key, Row, Scope, SlotTable } from 'threadslots'
import * as assert from 'uvu/assert'
import { recordAddress, recordCount, rowAddress } from '../../../src/memory/layout.js'
import type { ElementType } from '../../../src/memory/slot-types.js'
import { asThread } from '../../support/as-thread.js'
import {
  cellsOf,
  foldOf,
  type Model,
  type ModelKey,
  type ModelThread,
  owners,
  readingOf,
  running,
} from './model.js'

/** The library's objects that one thread holds. */
export interface ThreadObjects {
  table: SlotTable
  row: Row | undefined
  /** For each name, the object that `row.locals` made last. */
  readonly accessors: Map<string, { [name: string]: unknown }>
}

/** The real table, as its threads see it. */
export interface Real {
  /** The table of a thread that has no row and outlives all others. */
  readonly supervisor: SlotTable
  readonly threads: Map<number, ThreadObjects>
}

/** A thread without a row whose table object is always new, so it remembers nothing. */
const NEWCOMER = 999_999

const SCOPES: readonly Scope[] = ['all', 'live', 'retired']

/** A value as one line, in which numbers, bigints and the types of arrays differ. It doesn't show the sign of zero. */
export function text(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}[${[...(value as Uint8Array)].map(text)}]`
  if (Array.isArray(value)) return `[${value.map(text).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([name, entry]) => `${name}: ${text(entry)}`)
      .join(', ')}}`
  return String(value)
}

function assertSame(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [text(actual), text(expected)]
  if (got !== wanted) throw new Error(`${what}: got ${got}, expected ${wanted}`)
}

/** A key's elements in a row's view. The index is computed here rather than taken from the library. */
export const cellsIn = (row: Row, { type, byteOffset, length = 1 }: ModelKey): Row['u32'] => {
  // Native code sees a count as one u64.
  const view = row[type === 'count' ? 'u64' : (type as ElementType)] as Row['u32']
  const index = byteOffset / view.BYTES_PER_ELEMENT
  return view.subarray(index, index + length)
}

/** What is compared of a key. */
const detailsOf = ({ name, type, fold, length, init, byteOffset, retire, unit, help }: Key | ModelKey) => {
  return { name, type, fold, length, init, byteOffset, retire, unit, help }
}

/** A thread's id and, if it has one, its name. */
const identityOf = ({ threadId, name }: ModelThread) => ({ threadId, ...(name && { threadName: name }) })

/** Compares everything that a thread can read about all threads. */
export function compareReadings(model: Model, reader: SlotTable): void {
  const keys = reader.keys()
  assertSame(keys.map(detailsOf), model.keys.map(detailsOf), 'keys')
  const live = owners(model)
  const retired = model.threads.filter(thread => thread.status === 'released')
  const inScope = { all: [...live, ...retired], live, retired }
  const runningOnly = { all: live, live, retired: [] }
  const folding = model.keys.filter(({ fold }) => fold !== 'none')
  const folds = (scope: Scope) =>
    Object.fromEntries(
      folding.map(key => [key.name, foldOf(key, (key.retire ? inScope : runningOnly)[scope])]),
    )
  const expected = {
    threads: live
      .filter(({ used }) => used.size > 0)
      .map(thread => {
        const used = model.keys.filter(({ name }) => thread.used.has(name))
        return {
          ...identityOf(thread),
          values: Object.fromEntries(used.map(key => [key.name, readingOf(thread, key)])),
        }
      }),
    retired: folds('retired'),
    totals: folds('all'),
  }
  assertSame(reader.snapshot(), expected, 'snapshot')
  const totals = { all: expected.totals, live: folds('live'), retired: expected.retired }
  for (const key of keys as readonly Key<'f64'>[]) {
    const users = live.filter(({ used }) => used.has(key.name))
    assertSame(
      reader.perThread(key),
      users.map(thread => ({
        ...identityOf(thread),
        value: readingOf(thread, model.keys[key.keyId] as ModelKey),
      })),
      `perThread of ${key.name}`,
    )
    if (key.fold === ('none' as string)) {
      assert.throws(() => reader.fold(key), /fold .* is 'none'; use perThread/)
      continue
    }
    for (const scope of SCOPES)
      assertSame(reader.fold(key, scope), totals[scope][key.name], `fold of ${key.name}, ${scope}`)
  }
}

/** Compares what running threads find in their own slots: in the memory, by handle and by accessor. */
function compareOwnSlots(model: Model, real: Real): void {
  for (const thread of running(model)) {
    const { table, row, accessors } = real.threads.get(thread.threadId) as ThreadObjects
    if (!row) continue
    const keys = table.keys()
    model.keys.forEach((key, keyId) => {
      const what = `${key.name} in thread ${thread.threadId}`
      const cells = cellsOf(thread, key)
      const isCount = key.type === 'count'
      // Only the library knows how a text is stored.
      if (key.type !== 'text')
        assertSame([...cellsIn(row, key)], isCount ? cells.map(BigInt) : cells, `${what}, in the memory`)
      // Asking for the handle of an unused key would be its first use.
      if (!thread.used.has(key.name)) return
      const slot = row.slot(keys[keyId] as Key<'f64'>)
      assertSame(slot.value, readingOf(thread, key), `${what}, by its handle`)
      const own = accessors.get(key.name)
      if (own) assertSame(own[key.name], readingOf(thread, key), `${what}, by its accessor`)
    })
  }
}

/** Compares who owns which row, and how many records are owned: none may be leaked, and none lost. */
function compareClaims(model: Model, { supervisor }: Real): void {
  const claims = new BigInt64Array(supervisor.buffer, supervisor.byteOffset)
  const ownersAt = (count: number, address: (id: number) => number) =>
    Array.from({ length: count }, (_, id) => Number(BigInt.asIntN(32, claims[address(id) / 8] as bigint)) - 1)
  const { dimensions, keys, threads } = model
  const rows = Array.from({ length: dimensions.maxThreads }, () => -1)
  for (const { rowId, threadId } of owners(model)) rows[rowId as number] = threadId
  assertSame(
    ownersAt(dimensions.maxThreads, rowId => rowAddress(dimensions, rowId)),
    rows,
    'owners of rows',
  )
  const records = ownersAt(recordCount(dimensions), recordId => recordAddress(dimensions, recordId))
  const taken = keys.length + threads.filter(({ ownsRecord }) => ownsRecord).length
  assertSame(records.filter(owner => owner !== -1).length, taken, 'number of records that are owned')
}

export function compare(model: Model, real: Real): void {
  compareClaims(model, real)
  compareReadings(model, real.supervisor)
  compareReadings(model, asThread(real.supervisor, NEWCOMER))
  compareOwnSlots(model, real)
}
