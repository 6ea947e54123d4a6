/*
 * What must hold, whatever happens to threads: what others read is what was acknowledged.
 *
 * A check depends on the bytes and the history alone, and so does everything that a new thread does. So if the same
 * bytes and the same history come up again, they aren't checked again.
 */
import { fieldReader } from '../../../src/local/field-reader.js'
import { perThread, totals } from '../../../src/local/readings.js'
import { sampler } from '../../../src/local/sampler.js'
import { valuesOf } from '../../../src/local/values-of.js'
import type { LabelledReading, Labels } from '../../../src/memory/labels.js'
import { recordAddress, recordCount, rowAddress } from '../../../src/memory/layout.js'
import type { ElementType } from '../../../src/memory/slot-types.js'
import { internChild } from '../../../src/protocol/children.js'
import type { Key } from '../../../src/protocol/keys.js'
import type { Row } from '../../../src/table/row.js'
import type { SlotTable } from '../../../src/table/slot-table.js'
import { firstDifference } from '../../support/bytes.js'
import {
  attachAndUse,
  attachAs,
  childNameOf,
  describeKey,
  FAMILY,
  LABELLED,
  MAX_CHILDREN,
  newThreadId,
  openAs,
  READER,
} from './actions.js'
import { dimensions } from './dimensions.js'
import { type Expected, foldOf, type History } from './history.js'
import { local1 } from './initial-state.js'
import { buffer, copyBytes, current, fingerprint } from './state.js'

// Threads that take part in checks at rest alone.
/** Lists the keys. */
const LISTER = 997
/** Finds no free row. */
const REFUSED = 996
/** Makes keys until there is no room for another. */
const KEY_MAKER = 995

const seen = new Set<string>()

/** Returns true if this is the first call with this purpose in a state with these bytes and this history. */
export function isNew(purpose: string): boolean {
  const state = `${purpose} ${fingerprint()}`
  if (seen.has(state)) return false
  seen.add(state)
  return true
}

const fail = (problem: string): never => {
  throw new Error(problem)
}

/** Fails unless two things have the same text. */
export function assertSame(actual: unknown, expected: unknown, what: string): void {
  if (`${actual}` !== `${expected}`) fail(`${what}: got ${actual}, expected ${expected}`)
}

interface Reading {
  readonly keys: readonly Key[]
  readonly threads: ReadonlyMap<number, { readonly [name: string]: unknown }>
  readonly names: ReadonlyMap<number, string | undefined>
  readonly totals: { readonly [name: string]: unknown }
  readonly retired: { readonly [name: string]: unknown }
}

function readAll(table: SlotTable): Reading {
  const { threads, totals, retired } = table.snapshot()
  const ids = threads.map(({ threadId }) => threadId)
  assertSame(new Set(ids).size, ids.length, `distinct threads among those that own rows (${ids})`)
  return {
    keys: table.keys(),
    threads: new Map(threads.map(t => [t.threadId, t.values])),
    names: new Map(threads.map(t => [t.threadId, t.threadName])),
    totals,
    retired,
  }
}

/**
 * Compares a reading with what was acknowledged. Returns the first difference, or undefined if there is none.
 * Threads in `maybeReleased` may be listed or not.
 */
function differenceFrom(
  { values, running, names }: Expected,
  reading: Reading,
  maybeReleased: readonly number[],
): string | undefined {
  const { keys, threads } = reading
  for (const [threadId, found] of threads) {
    if (!running.has(threadId)) return `thread ${threadId} is listed as running, but it is dead`
    if (reading.names.get(threadId) !== names.get(threadId))
      return `the name of thread ${threadId}: got ${reading.names.get(threadId)}, expected ${names.get(threadId)}`
    const expected = values.get(threadId)
    for (const name of new Set([...Object.keys(found), ...(expected?.keys() ?? [])])) {
      if (`${found[name]}` !== `${expected?.get(name)}`)
        return `${name} of thread ${threadId}: got ${found[name]}, expected ${expected?.get(name)}`
    }
  }
  for (const threadId of running) {
    if (values.has(threadId) && !threads.has(threadId) && !maybeReleased.includes(threadId))
      return `thread ${threadId} is running, but it isn't listed`
  }
  for (const { name, ...key } of keys) {
    if (key.fold === 'none') continue
    // Keys that are dropped count in running threads alone.
    const all = foldOf(values, name, key, threadId => key.retire || threads.has(threadId))
    if (`${reading.totals[name]}` !== all)
      return `total of ${name}: got ${reading.totals[name]}, expected ${all}`
    const dead = foldOf(values, name, key, threadId => key.retire && !threads.has(threadId))
    if (`${reading.retired[name]}` !== dead)
      return `retired ${name}: got ${reading.retired[name]}, expected ${dead}`
  }
  return undefined
}

/** The history that a reading fits: with what a thread is doing right now, or without it. Fails if neither fits. */
function historyThatExplains(reading: Reading): History {
  const { history, pending } = current
  const maybeReleased = pending?.kind === 'release' ? pending.threadIds : []
  const without = differenceFrom(history.expected, reading, maybeReleased)
  if (without === undefined) return history
  const done = pending?.kind === 'set' || pending?.kind === 'name' ? history.with(pending) : undefined
  const difference = done && differenceFrom(done.expected, reading, [])
  if (done && difference === undefined) return done
  return fail(difference ? `${without}; or, if the pending step is done, ${difference}` : without)
}

/**
 * To be called after a crash: what can be read now is final, since nobody will complete the operation. Only a release
 * stays pending, because it can be repeated.
 */
export function adoptOutcomeOfCrash(): void {
  current.history = historyThatExplains(readAll(openAs(READER)))
  if (current.pending?.kind !== 'release') current.pending = undefined
}

/** Checks what must hold at every instant. Reads in every way that the library offers; reading must change no byte. */
export function checkInvariants(): void {
  if (!isNew('check')) return
  const before = copyBytes()
  const reader = openAs(READER)
  const reading = readAll(reader)
  const { threads, keys } = reading
  const { expected } = historyThatExplains(reading)
  keys.forEach((key, keyId) => {
    const { name, fold } = key
    assertSame(key.keyId, keyId, `the place of ${name} in the list`)
    assertSame(describeKey(key), expected.keys.get(name) ?? describeKey(key), `key ${name}`)
    const inSnapshot = [...threads].flatMap(([id, values]) =>
      name in values ? [`${id}: ${values[name]}`] : [],
    )
    assertSame(
      reader.perThread(key).map(({ threadId, value }) => `${threadId}: ${value}`),
      inSnapshot,
      `perThread of ${name}`,
    )
    if (fold === 'none') return
    assertSame(reader.fold(key), reading.totals[name], `fold of ${name}`)
    assertSame(reader.fold(key, 'retired'), reading.retired[name], `retired fold of ${name}`)
    const live = foldOf(expected.values, name, key, threadId => threads.has(threadId))
    assertSame(reader.fold(key, 'live'), live, `live fold of ${name}`)
  })
  for (const name of expected.keys.keys())
    if (!name.startsWith(FAMILY)) assertSame(reader.key(name, specOf(keys, name)).name, name, 'a known key')
  checkChildren(reader, expected)
  for (const delta of Object.values(sampler(local1)().deltas))
    if (/[^0,]/.test(`${delta}`)) fail(`a sample taken right after the sampler was made: ${delta}`)
  assertSame(totals(local1).n, reading.totals['w.n'], 'totals')
  assertSame(totals(local1, 'retired').n, reading.retired['w.n'], 'retired totals')
  assertSame(
    perThread(local1).map(({ threadId, n, last }) => [threadId, n, last]),
    [...threads].flatMap(([id, values]) =>
      Object.keys(values).some(name => name.startsWith('w.')) ? [[id, values['w.n'], values['w.last']]] : [],
    ),
    'perThread of a thread-local object',
  )
  for (const threadId of new Set([...expected.running, ...expected.values.keys()]))
    checkInPlace(threadId, threads.get(threadId) ?? {})
  if (firstDifference(before, copyBytes()) >= 0) fail('reading changed a byte')
}

/** Checks that a thread's values, read in place, are those of a snapshot, and undefined if the thread isn't listed there. */
function checkInPlace(threadId: number, values: { readonly [name: string]: unknown }): void {
  for (const [name, value] of Object.entries(valuesOf(local1, threadId))) {
    const read = typeof value === 'object' ? value.slice() : value
    assertSame(read, values[`w.${name}`], `${name} of thread ${threadId}, read in place`)
  }
}

/**
 * Checks the labelled key, if it is defined: it has no more children than it may have, each of them once, and all of them
 * together hold what threads have counted.
 */
function checkChildren(reader: SlotTable, { values }: Expected): void {
  const children = reader.keys().filter(({ family }) => family === FAMILY)
  const [overflow, ...others] = children
  if (!overflow) return
  assertSame(overflow.name, FAMILY, 'the first child')
  if (others.length > MAX_CHILDREN) fail(`${others.length} children besides the overflow child`)
  for (const { name, labels } of children) assertSame(name, labels && childNameOf(labels), 'name of a child')
  assertSame(new Set(children.map(({ name }) => name)).size, children.length, 'different children')
  for (const child of children) {
    const found = internChild(reader.registry, overflow, child.labels ?? {}, MAX_CHILDREN)
    assertSame(typeof found === 'string' ? found : found.keyId, child.keyId, `the child ${child.name}`)
  }
  const counted = [...values.values()].flatMap(own =>
    [...own].filter(([name]) => name.startsWith(FAMILY)).map(([, value]) => Number(value)),
  )
  const { by } = fieldReader(reader, [['by', overflow, LABELLED]]).folds('all')
  assertSame(
    (by as unknown as LabelledReading<Labels, number>).sum,
    counted.reduce((a, b) => a + b, 0),
    'sum',
  )
}

/** The definition of an existing key. */
function specOf(keys: readonly Key[], name: string): never {
  const key = keys.find(key => key.name === name) ?? fail(`key ${name} has disappeared`)
  const { type, fold, init, length, retire, unit } = key
  return { type, fold, init, retire, unit, ...(length === undefined ? {} : { length }) } as never
}

const claims = new BigInt64Array(buffer)
const ownersAt = (addresses: number[]): number[] =>
  addresses
    .map(address => Number(BigInt.asIntN(32, claims[address / 8] as bigint)) - 1)
    .filter(id => id !== -1)
const rows = Array.from({ length: dimensions.maxThreads }, (_, rowId) => rowAddress(dimensions, rowId))
const records = Array.from({ length: recordCount(dimensions) }, (_, i) => recordAddress(dimensions, i))

/**
 * Checks what must hold when no thread is in the middle of an operation: no row or key record is leaked, owners find
 * their values in their rows, and the table can be filled up with threads and keys.
 */
export function checkAtRest(): void {
  if (!isNew('at rest')) return
  checkInvariants()
  const { running, values } = current.history.expected
  assertSame(ownersAt(rows).sort(), [...running].sort(), 'owners of rows')
  const keys = openAs(LISTER).keys()
  assertSame(ownersAt(records).length, keys.length, 'records in use')
  for (const threadId of running) {
    const before = copyBytes()
    const row = attachAs(openAs(threadId), threadId)
    for (const [name, value] of values.get(threadId) ?? []) {
      const key = keys.find(key => key.name === name) as Key
      assertSame(ownValueOf(row, key), value, `${name} as thread ${threadId} sees it`)
    }
    if (firstDifference(before, copyBytes()) >= 0) fail('attaching again changed a byte')
  }
  for (let free = dimensions.maxThreads - running.size; free > 0; free--) attachAndUse(newThreadId(), 7)
  assertRefused(() => openAs(REFUSED).attach(), /maxThreads/)
  const maker = openAs(KEY_MAKER)
  for (let i = keys.length; i < dimensions.maxKeys; i++) maker.key(`filler ${i}`, 'u32')
  assertRefused(() => maker.key('one more', 'u32'), /maxKeys/)
  const overflow = keys.find(({ name }) => name === FAMILY)
  if (overflow) {
    const refusal = internChild(maker.registry, overflow, { m: 'one', s: 'more' }, keys.length)
    if (typeof refusal !== 'string') fail('a child beyond the last key')
  }
  checkInvariants()
}

/** A key's value in a row: from its view, or, for a text, as its owner reads it. */
function ownValueOf(row: Row, key: Key): unknown {
  const { type, index, length } = key
  if (type === 'count') return row.u64[index]
  if (type === 'text') return row.slot(key).value
  return row[type as ElementType].subarray(index, index + (length ?? 1))
}

function assertRefused(run: () => unknown, words: RegExp): void {
  try {
    run()
  } catch (error) {
    if (error instanceof RangeError && words.test(error.message)) return
    throw error
  }
  fail(`expected a RangeError that matches ${words}, but nothing was thrown`)
}
