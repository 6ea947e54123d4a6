// Everything that reads a table, on a table whose bytes may be wrong.

import 'threadslots/histogram'
import { type Dimensions, type Histogram, type HistogramSlot, type Key, SlotTable } from 'threadslots'
import * as assert from 'uvu/assert'
import { text } from '../../model/harness/compare.js'
import { ARRAYS } from '../../model/harness/model.js'
import { differenceOf } from '../../support/bytes.js'
import { isBigint } from '../../support/helpers.js'
import { watched } from './watch.js'

const CANARY = 0xa5
const BEFORE_BYTES = 264
const AFTER_BYTES = 4096
const MAX_STEPS = 50_000
/** Names that no table here has. */
const ACTORS = [21, 22, 23] as const

/** A table's bytes between canaries. */
export interface Specimen {
  readonly dimensions: Dimensions
  readonly buffer: SharedArrayBuffer
  /** The table's own bytes alone. */
  readonly bytes: Uint8Array
  readonly where: string
  readonly onStep?: ((step: number) => void) | undefined
}

export function specimen(
  dimensions: Dimensions,
  table: Uint8Array,
  where: string,
  onStep?: (step: number) => void,
): Specimen {
  const buffer = new SharedArrayBuffer(BEFORE_BYTES + table.length + AFTER_BYTES)
  new Uint8Array(buffer).fill(CANARY)
  const bytes = new Uint8Array(buffer, BEFORE_BYTES, table.length)
  bytes.set(table)
  return { dimensions, buffer, bytes, where, onStep }
}

// What the library says, in full: the value, and the way out where there is one.
const CLEAR = [
  /^no table at byteOffset \d+: header [-\d,]+, not [-\d,.e+]+; use SlotTable\.create$/,
  /^\d+ bytes at byteOffset \d+ don't fit in \d+; use a multiple of 8, larger buffer$/,
  /^key \d+ is damaged: .+; use SlotTable\.create$/s,
  /^key '.*' needs maxKeys \d+ and rowBytes \d+, not \d+ and \d+$/s,
  /^'.*' is already defined as .+ and can't also be .+; use another name$/s,
  /^'.*' is no key of this table; use table\.key$/s,
  /^key '.*' has fold none; use perThread$/s,
  /^all \d+ rows are taken; release dead threads or use larger maxThreads$/,
  /^all \d+ records are taken; release dead threads$/,
]
const ENGINE = /Invalid |Cannot |is not a|of undefined|call stack|out of (range|bounds)|allocation/

const isClear = (error: unknown): error is Error =>
  (error instanceof TypeError || error instanceof RangeError) &&
  CLEAR.some(words => words.test(error.message)) &&
  !ENGINE.test(error.message)

/** What a call gives, or the clear error that it throws. Anything else fails the test. */
function ask<R>(
  { dimensions, buffer, bytes, where, onStep }: Specimen,
  what: string,
  run: () => R,
): R | Error {
  const watch = {
    buffer,
    start: bytes.byteOffset,
    end: bytes.byteOffset + bytes.length,
    maxSteps: MAX_STEPS,
    // A vector as long as a row, in doubles; a record's name.
    maxAllocatedBytes: Math.max(8 * dimensions.rowBytes, 128),
    onStep,
  }
  try {
    return watched(watch, run)
  } catch (error) {
    if (isClear(error)) return error
    throw new Error(`${where}: ${what}: ${(error as Error)?.stack ?? error}`)
  }
}

/** An answer, or an error in its words. */
const plain = (answer: unknown): unknown => (answer instanceof Error ? `${answer}` : answer)

const isHistogram = (value: unknown): value is Histogram => typeof Object(value).percentile === 'function'

function checkType(value: unknown, { type, length }: Key, isFolded: boolean, what: string): void {
  if (value instanceof Error) return
  // Whatever its record says, what is no vector of counts can't show itself as one.
  if (isHistogram(value)) {
    assert.ok(type === 'u32' && length !== undefined, what)
    assert.is(value.since(value).count, 0, what)
    return
  }
  const held = isFolded && !isBigint(type) ? 'f64' : type
  if (length === undefined) assert.is(typeof value, isBigint(type) ? 'bigint' : 'number', what)
  else {
    assert.instance(value, ARRAYS[held], what)
    assert.is((value as Uint8Array).length, length, what)
  }
}

/** Key by key: each answer of the type that the key declares. */
function readEach(given: Specimen, table: SlotTable): unknown {
  const keys = ask(given, 'keys', () => table.keys())
  if (keys instanceof Error) return plain(keys)
  assert.is(new Set(keys.map(({ name }) => name)).size, keys.length, `${given.where}: two keys of one name`)
  return keys.map(key => {
    const what = `${given.where}: key '${key.name}'`
    assert.ok(key.byteOffset >= 0 && key.byteOffset < given.dimensions.rowBytes, what)
    const fold = ask(given, 'fold', () => table.fold(key, 'live'))
    checkType(fold, key, true, what)
    const threads = ask(given, 'perThread', () => table.perThread(key))
    if (threads instanceof Error) return [plain(fold), plain(threads)]
    for (const { threadId, value } of threads) {
      assert.ok(Number.isInteger(threadId), what)
      checkType(value, key, false, what)
    }
    return [plain(fold), threads]
  })
}

const open = (given: Specimen, threadId: number) =>
  ask(given, 'from', () =>
    SlotTable.from(given.buffer, { byteOffset: given.bytes.byteOffset, threadId, parentThreadId: -1 }),
  )

function checkCanaries({ buffer, bytes, where }: Specimen): void {
  const all = new Uint8Array(buffer)
  const outside = [all.subarray(0, BEFORE_BYTES), all.subarray(BEFORE_BYTES + bytes.length)]
  for (const part of outside)
    assert.ok(
      part.every(byte => byte === CANARY),
      `${where}: wrote outside of the table`,
    )
}

/** As JSON, which has no bigints. Histograms show figures there. */
const shown = (value: unknown): string =>
  JSON.stringify(value, (_, entry) => (typeof entry === 'bigint' ? `${entry}` : entry))

/** The keys and what they hold, all at once. */
function readAtOnce(given: Specimen, table: SlotTable): unknown {
  const keys = ask(given, 'keys', () => table.keys().map(key => ({ ...key })))
  const snapshot = ask(given, 'snapshot', () => table.snapshot())
  const json = snapshot instanceof Error ? '' : ask(given, 'JSON of a snapshot', () => shown(snapshot))
  return [plain(keys), plain(snapshot), plain(json)]
}

/** Reading: the same answers twice, to the one who asked before and to one who is new, and not a byte written. */
function examineReading(given: Specimen, table: SlotTable): void {
  const before = given.bytes.slice()
  const first = [readAtOnce(given, table), readEach(given, table)]
  const newcomer = open(given, ACTORS[2])
  const others = [readAtOnce(given, table), readEach(given, table)]
  if (given.onStep) return
  assert.instance(newcomer, SlotTable, given.where)
  if (newcomer instanceof Error) return
  for (const [other, same] of [
    [others, first],
    [readAtOnce(given, newcomer), first[0]],
  ]) {
    assert.is(text(other), text(same), `${given.where}: another answer, the second time`)
  }
  assert.is(differenceOf(before, given.bytes), -1, `${given.where}: reading has written`)
}

/** Uses a table in every way, as three threads. True if it was opened at all. */
export function examine(given: Specimen): boolean {
  const [one, two] = ACTORS
  const table = open(given, one)
  if (table instanceof Error) {
    checkCanaries(given)
    return false
  }
  examineReading(given, table)
  const row = ask(given, 'attach', () => table.attach())
  ask(given, 'a key with another definition', () => table.key('i', { type: 'f64', length: 2 }))
  ask(given, 'a new key', () => table.key('fresh', { type: 'u8', length: 3 }))
  if (!(row instanceof Error)) {
    assert.is(row.u8.length, given.dimensions.rowBytes, given.where)
    ask(given, 'slots', () => {
      row.u8.fill(0xff)
      const local = row.locals({ i: 'i32', newer: 'f64' })
      local.i++
      local.newer = 1
    })
    const keys = ask(given, 'keys', () => table.keys())
    for (const key of keys instanceof Error ? [] : keys)
      ask(given, 'a slot', () => {
        const slot = row.slot(key as Key<'f64'>)
        const value: unknown = slot.value
        if (isHistogram(value)) (value as HistogramSlot).record(1.5)
        slot.reset()
      })
  }
  for (const threadId of [1, 2, 3, two]) ask(given, 'release', () => table.release(threadId))
  const other = open(given, two)
  if (!(other instanceof Error)) {
    ask(given, 'a second thread attaches', () => other.attach())
    ask(given, 'a second thread makes a key', () => other.key('newest', 'i64'))
  }
  examineReading(given, table)
  checkCanaries(given)
  return true
}
