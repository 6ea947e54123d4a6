// Everything that can be read from a table, beside what the model says.
import type { Key, Row, Scope, SlotTable } from 'threadslots'
import * as assert from 'uvu/assert'
import { recordAddress, recordsOf, rowAddress } from '../../../src/memory/layout.js'
import { as } from '../../support/helpers.js'
import { cellsOf, foldOf, type Model, type ModelKey, owners, readingOf, running } from './model.js'

/** What one thread has in its hands. */
export interface Thread {
  table: SlotTable
  row: Row | undefined
  /** Of `row.locals`: for each name the object that was made last. */
  readonly accessors: Map<string, { [name: string]: unknown }>
}

export interface Real {
  /** Of a thread without a row, which outlives all others. */
  readonly supervisor: SlotTable
  readonly threads: Map<number, Thread>
}

/** A thread that never acts: it reads the table for the first time, each time. */
const STRANGER = 999_999

const SCOPES: readonly Scope[] = ['all', 'live', 'retired']

/** In one line, and telling numbers from bigints and all arrays from each other. Zero has no sign here. */
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

function same(actual: unknown, expected: unknown, what: string): void {
  const [is, mustBe] = [text(actual), text(expected)]
  if (is !== mustBe) throw new Error(`${what}: ${is}, expected ${mustBe}`)
}

/** The element of a view at which a key starts; by division, not by what the library says. */
export const cellsIn = (row: Row, { type, byteOffset, length = 1 }: ModelKey): Row['u32'] => {
  const view = row[type] as Row['u32']
  const index = byteOffset / view.BYTES_PER_ELEMENT
  return view.subarray(index, index + length)
}

/** Everything that a thread reads of all threads. */
export function compareAnswers(model: Model, reader: SlotTable): void {
  const keys = reader.keys()
  same(
    keys.map(({ name, type, fold, length, init, byteOffset }) => ({
      name,
      type,
      fold,
      length,
      init,
      byteOffset,
    })),
    model.keys.map(({ name, type, fold, length, init, byteOffset }) => ({
      name,
      type,
      fold,
      length,
      init,
      byteOffset,
    })),
    'keys',
  )
  const live = owners(model)
  const retired = model.lives.filter(life => life.status === 'gone')
  const lives = { all: [...live, ...retired], live, retired }
  const folding = model.keys.filter(({ fold }) => fold !== 'none')
  const folds = (scope: Scope) =>
    Object.fromEntries(folding.map(key => [key.name, foldOf(key, lives[scope])]))
  const expected = {
    threads: live
      .filter(({ used }) => used.size > 0)
      .map(life => {
        const used = model.keys.filter(({ name }) => life.used.has(name))
        return {
          threadId: life.threadId,
          values: Object.fromEntries(used.map(key => [key.name, readingOf(life, key)])),
        }
      }),
    retired: folds('retired'),
    totals: folds('all'),
  }
  same(reader.snapshot(), expected, 'snapshot')
  const totals = { all: expected.totals, live: folds('live'), retired: expected.retired }
  for (const key of keys as readonly Key<'f64'>[]) {
    const users = live.filter(({ used }) => used.has(key.name))
    same(
      reader.perThread(key),
      users.map(life => ({
        threadId: life.threadId,
        value: readingOf(life, model.keys[key.keyId] as ModelKey),
      })),
      `perThread of ${key.name}`,
    )
    if (key.fold === ('none' as string)) {
      assert.throws(() => reader.fold(key), /fold none; use perThread/)
      continue
    }
    for (const scope of SCOPES)
      same(reader.fold(key, scope), totals[scope][key.name], `fold of ${key.name}, ${scope}`)
  }
}

/** What running threads find in their own slots, whichever way they look. */
function compareOwn(model: Model, real: Real): void {
  for (const life of running(model)) {
    const { table, row, accessors } = real.threads.get(life.threadId) as Thread
    if (!row) continue
    const keys = table.keys()
    model.keys.forEach((key, keyId) => {
      const what = `${key.name} in thread ${life.threadId}`
      const cells = cellsOf(life, key)
      same([...cellsIn(row, key)], cells, `${what}, as it is`)
      // To look at what is not used would be its first use.
      if (!life.used.has(key.name)) return
      const slot = row.slot(keys[keyId] as Key<'f64'>)
      same(slot.value, readingOf(life, key), `${what}, by its handle`)
      const own = accessors.get(key.name)
      if (own) same(own[key.name], readingOf(life, key), `${what}, by its accessor`)
    })
  }
}

/** Who owns what, as the memory has it: nothing is leaked, and nothing lost. */
function compareClaims(model: Model, { supervisor }: Real): void {
  const claims = new BigInt64Array(supervisor.buffer, supervisor.byteOffset)
  const ownersAt = (count: number, address: (id: number) => number) =>
    Array.from({ length: count }, (_, id) => Number(BigInt.asIntN(32, claims[address(id) / 8] as bigint)) - 1)
  const { dimensions, keys, lives } = model
  const rows = Array.from({ length: dimensions.maxThreads }, () => -1)
  for (const { rowId, threadId } of owners(model)) rows[rowId as number] = threadId
  same(
    ownersAt(dimensions.maxThreads, rowId => rowAddress(dimensions, rowId)),
    rows,
    'owners of rows',
  )
  const records = ownersAt(recordsOf(dimensions), recordId => recordAddress(dimensions, recordId))
  const taken = keys.length + lives.filter(({ hasRecord }) => hasRecord).length
  same(records.filter(owner => owner !== -1).length, taken, 'records taken')
}

export function compare(model: Model, real: Real): void {
  compareClaims(model, real)
  compareAnswers(model, real.supervisor)
  compareAnswers(model, as(real.supervisor, STRANGER))
  compareOwn(model, real)
}
