/*
 * What must hold, whatever happens to threads: what others read is what was acknowledged. A check depends on the bytes
 * and the history alone, and so does all that a new thread does; so what comes to the same bytes and history once
 * more is not checked once more.
 */

import { perThread, sampler, totals } from '../../../src/local/readings.js'
import { recordAddress, recordsOf, rowAddress } from '../../../src/memory/layout.js'
import type { Key } from '../../../src/protocol/keys.js'
import type { SlotTable } from '../../../src/table/slot-table.js'
import { differenceOf } from '../../support/bytes.js'
import { dimensions } from './dimensions.js'
import { foldOf, type History, type State } from './history.js'
import { as, buffer, capture, fingerprint, join, local1, newThreadId, wordsOfKey, world } from './world.js'

const seen = new Set<string>()
/** What was checked, and how often it had been checked before. */
export const counts: { checked: number; known: number } = { checked: 0, known: 0 }

/** True if this is the first time that it is asked for this purpose, bytes and history. */
export function isNew(purpose: string): boolean {
  const words = `${purpose} ${fingerprint()}`
  if (seen.has(words)) return false
  seen.add(words)
  return true
}

const fail = (problem: string): never => {
  throw new Error(problem)
}

/** Fails unless two things are the same in words. */
export function same(actual: unknown, expected: unknown, what: string): void {
  if (`${actual}` !== `${expected}`) fail(`${what}: ${actual} instead of ${expected}`)
}

interface Reading {
  readonly keys: readonly Key[]
  readonly threads: ReadonlyMap<number, { readonly [name: string]: unknown }>
  readonly totals: { readonly [name: string]: unknown }
  readonly retired: { readonly [name: string]: unknown }
}

function readAll(table: SlotTable): Reading {
  const { threads, totals, retired } = table.snapshot()
  const ids = threads.map(({ threadId }) => threadId)
  same(new Set(ids).size, ids.length, `no thread has two rows (${ids})`)
  return { keys: table.keys(), threads: new Map(threads.map(t => [t.threadId, t.values])), totals, retired }
}

/** What is wrong with a reading, if this and only this was acknowledged; undefined if nothing is. */
function problemOf(
  reading: Reading,
  { values, alive }: State,
  unsure: readonly number[],
): string | undefined {
  const { keys, threads } = reading
  for (const [threadId, found] of threads) {
    if (!alive.has(threadId)) return `thread ${threadId} is listed, and not alive`
    const expected = values.get(threadId)
    for (const name of new Set([...Object.keys(found), ...(expected?.keys() ?? [])])) {
      if (`${found[name]}` !== `${expected?.get(name)}`)
        return `${name} of thread ${threadId}: ${found[name]} instead of ${expected?.get(name)}`
    }
  }
  for (const threadId of alive) {
    if (values.has(threadId) && !threads.has(threadId) && !unsure.includes(threadId))
      return `thread ${threadId} is not listed`
  }
  for (const { name, ...key } of keys) {
    if (key.fold === 'none') continue
    const all = foldOf(values, name, key)
    if (`${reading.totals[name]}` !== all)
      return `total of ${name}: ${reading.totals[name]} instead of ${all}`
    const dead = foldOf(values, name, key, threadId => !threads.has(threadId))
    if (`${reading.retired[name]}` !== dead)
      return `retired ${name}: ${reading.retired[name]} instead of ${dead}`
  }
  return undefined
}

/** The history with or without what a thread is just doing: whichever fits what can be read. */
function explain(reading: Reading): History {
  const { history, pending } = world
  const without = problemOf(reading, history.state, pending?.does === 'die' ? pending.threadIds : [])
  if (without === undefined) return history
  const done = pending?.does === 'set' ? history.and(pending) : undefined
  const problem = done && problemOf(reading, done.state, [])
  return done && problem === undefined ? done : fail(problem ? `${without}; or ${problem}` : without)
}

/** After a crash: whatever can be read now is final, since nobody is doing it any more. A release can be done again. */
export function settle(): void {
  world.history = explain(readAll(as(998)))
  if (world.pending?.does === 'set') world.pending = undefined
}

/** What holds at every instant. Reading is done by all ways, and changes no byte. */
export function check(): void {
  if (!isNew('check')) {
    counts.known++
    return
  }
  counts.checked++
  const before = capture()
  const reader = as(998)
  const reading = readAll(reader)
  const { threads, keys } = reading
  const { state } = explain(reading)
  keys.forEach((key, keyId) => {
    const { name, fold } = key
    same(key.keyId, keyId, `the place of ${name} in the list`)
    same(wordsOfKey(key), state.keys.get(name) ?? wordsOfKey(key), `key ${name}`)
    const one = [...threads].flatMap(([id, values]) => (name in values ? `${id}: ${values[name]}` : []))
    same(
      reader.perThread(key).map(({ threadId, value }) => `${threadId}: ${value}`),
      one,
      `perThread of ${name}`,
    )
    if (fold === 'none') return
    same(reader.fold(key), reading.totals[name], `fold of ${name}`)
    same(reader.fold(key, 'retired'), reading.retired[name], `retired fold of ${name}`)
    const live = foldOf(state.values, name, key, threadId => threads.has(threadId))
    same(reader.fold(key, 'live'), live, `live fold of ${name}`)
  })
  for (const name of state.keys.keys()) same(reader.key(name, specIn(keys, name)).name, name, 'a known key')
  for (const delta of Object.values(sampler(local1)().deltas))
    if (/[^0,]/.test(`${delta}`)) fail(`a sample of nothing: ${delta}`)
  same(totals(local1).n, reading.totals['w.n'], 'totals')
  same(totals(local1, 'retired').n, reading.retired['w.n'], 'retired totals')
  same(
    perThread(local1).map(({ threadId, n, last }) => [threadId, n, last]),
    [...threads].flatMap(([id, values]) =>
      Object.keys(values).some(name => name.startsWith('w.')) ? [[id, values['w.n'], values['w.last']]] : [],
    ),
    'perThread of an object',
  )
  if (differenceOf(before.bytes, capture().bytes) >= 0) fail('to read changed a byte')
}

/** The definition of a key that is there. */
function specIn(keys: readonly Key[], name: string): never {
  const key = keys.find(key => key.name === name) ?? fail(`key ${name} is gone`)
  const { type, fold, init, length } = key
  return { type, fold, init, ...(length === undefined ? {} : { length }) } as never
}

const claims = new BigInt64Array(buffer)
const ownersAt = (addresses: number[]): number[] =>
  addresses
    .map(address => Number(BigInt.asIntN(32, claims[address / 8] as bigint)) - 1)
    .filter(id => id !== -1)
const rows = Array.from({ length: dimensions.maxThreads }, (_, rowId) => rowAddress(dimensions, rowId))
const records = Array.from({ length: recordsOf(dimensions) }, (_, i) => recordAddress(dimensions, i))

/** What holds when nobody is in the middle of anything: nothing is leaked, and the table can be used to the full. */
export function checkAtRest(): void {
  if (!isNew('at rest')) {
    counts.known++
    return
  }
  check()
  const { alive, values } = world.history.state
  same(ownersAt(rows).sort(), [...alive].sort(), 'owners of rows')
  const keys = as(997).keys()
  same(ownersAt(records).length, keys.length, 'records in use')
  for (const threadId of alive) {
    const before = capture()
    const row = as(threadId).attach()
    for (const [name, value] of values.get(threadId) ?? []) {
      const { type, index, length } = keys.find(key => key.name === name) as Key
      same(row[type].subarray(index, index + (length ?? 1)), value, `${name} as thread ${threadId} sees it`)
    }
    if (differenceOf(before.bytes, capture().bytes) >= 0) fail('to attach again changed a byte')
  }
  for (let free = dimensions.maxThreads - alive.size; free > 0; free--) join(newThreadId(), 7)
  refuse(() => as(996).attach(), /maxThreads/)
  const maker = as(995)
  for (let i = keys.length; i < dimensions.maxKeys; i++) maker.key(`filler ${i}`, 'u32')
  refuse(() => maker.key('one more', 'u32'), /maxKeys/)
  check()
}

function refuse(run: () => unknown, words: RegExp): void {
  try {
    run()
  } catch (error) {
    if (error instanceof RangeError && words.test(error.message)) return
    throw error
  }
  fail(`expected a RangeError with ${words}`)
}
