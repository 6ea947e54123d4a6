/*
 * The method: use a table whose bytes may be wrong in every way, and accept only two outcomes of each call.
 *
 * The bytes of a table are shared, so anyone in the process can damage them. Whatever they say, each public function must
 * return an answer that agrees with itself, or throw a clear error: one of the library's own messages, and never an
 * engine's "Invalid typed array length" or "Cannot read properties of undefined". It must return soon, must not access
 * a byte outside of the table, and must not allocate memory in proportion to what the bytes claim.
 *
 * - A specimen is a copy of a good table with some damage, between canary bytes. hostile.test.ts makes them: each single
 *   damage (damage.ts), inconsistent headers and directories, random damage, and bytes that change during a call.
 * - `examine` reads the specimen as a thread without a row, attaches, makes keys, uses slots, releases threads, attaches
 *   a second thread, and reads again. It compares answers with each other, and the canaries with what they were.
 * - While the library runs, memory-guard.ts checks each typed array that it creates, counts its steps, and limits its
 *   allocations. watchdog.ts ends the process if a call hangs without taking steps.
 *
 * A failure names the damage, or the seed and the round of a random test; SEED=… repeats it.
 */
import 'threadslots/histogram'
import { type Dimensions, type Histogram, type HistogramSlot, type Key, SlotTable } from 'threadslots'
import * as assert from 'uvu/assert'
import { isBrowser } from '../../../tools/testing/runtime.js'
import { text } from '../../model/harness/compare.js'
import { ARRAYS } from '../../model/harness/model.js'
import { firstDifference } from '../../support/bytes.js'
import { isBigintType } from '../../support/slot-types.js'
import { guarded } from './memory-guard.js'

const CANARY = 0xa5
const BEFORE_BYTES = 264
const AFTER_BYTES = 4096
const MAX_STEPS = 50_000
/** Ids of threads that no specimen knows: one that uses the table, one that comes later, one that only reads. */
const THREAD_IDS = [21, 22, 23] as const

/** A table's bytes between canaries. */
export interface Specimen {
  readonly dimensions: Dimensions
  readonly buffer: SharedArrayBuffer
  /** The table's own bytes, without the canaries. */
  readonly bytes: Uint8Array
  /** Describes the damage. Failures start with it. */
  readonly where: string
  /** Is called before each of the library's steps. It may change the bytes. */
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

/** The messages that the library may throw, in full: what was found, and what to use instead. */
const CLEAR_MESSAGES = [
  /^the header at byteOffset \d+ is [-\d,]+, not that of a table of this version; use SlotTable\.create$/,
  /^the buffer's byteLength is \d+; use a buffer with [\d.e+]+ bytes from byteOffset \d+ on$/,
  /^key \d+ is damaged \(.+\); use a new table$/s,
  /^these keys need \d+ (places for keys|bytes in each thread's row), but only \d+ are left; create a larger table first: .+$/,
  /^'.*' is already defined as .+ and can't also be .+; use another name$/s,
  /^'.*' is not a key of this table; use table\.key$/s,
  /^the fold of '.*' is 'none'; use perThread$/s,
  /^all \d+ rows are taken; release dead threads, or create the table with a larger maxThreads$/,
  /^all \d+ key records are taken; release dead threads, or create the table with a larger maxKeys$/,
]
/** Words of engines' messages. If one appears in an error, the library has missed a damage. */
const ENGINE_WORDS =
  /Invalid |Cannot |is not a (?!key of this table)|of undefined|call stack|out of (range|bounds)|allocation/

const isClear = (error: unknown): error is Error =>
  (error instanceof TypeError || error instanceof RangeError) &&
  CLEAR_MESSAGES.some(words => words.test(error.message)) &&
  !ENGINE_WORDS.test(error.message)

/** Returns a call's result, or the clear error that it throws. Anything else fails the test. */
function attempt<R>(
  { dimensions, buffer, bytes, where, onStep }: Specimen,
  what: string,
  run: () => R,
): R | Error {
  const limits = {
    buffer,
    start: bytes.byteOffset,
    end: bytes.byteOffset + bytes.length,
    maxSteps: MAX_STEPS,
    // Enough for a vector as long as a row, as doubles, and for a record's longest text.
    maxAllocatedBytes: Math.max(8 * dimensions.rowBytes, 400),
    onStep,
  }
  try {
    return guarded(limits, run)
  } catch (error) {
    if (isClear(error)) return error
    throw new Error(`${where}: ${what}: ${(error as Error)?.stack ?? error}`)
  }
}

/** A result, or an error as text. */
const resultOrMessage = (answer: unknown): unknown => (answer instanceof Error ? `${answer}` : answer)

const isHistogram = (value: unknown): value is Histogram => typeof Object(value).percentile === 'function'

function checkType(value: unknown, { type, length }: Key, isFolded: boolean, what: string): void {
  if (value instanceof Error) return
  // Only a vector of counts can be shown as a histogram, whatever its record says.
  if (isHistogram(value)) {
    assert.ok(type === 'u32' && length !== undefined, what)
    assert.is(value.since(value).count, 0, what)
    return
  }
  const held = isFolded && !isBigintType(type) ? 'f64' : type
  if (type === 'text') assert.is(typeof value, 'string', what)
  else if (length === undefined) assert.is(typeof value, isBigintType(type) ? 'bigint' : 'number', what)
  else {
    assert.instance(value, ARRAYS[held], what)
    assert.is((value as Uint8Array).length, length, what)
  }
}

/** Reads key by key. Each result must have the type that its key declares. */
function readKeyByKey(given: Specimen, table: SlotTable): unknown {
  const keys = attempt(given, 'keys', () => table.keys())
  if (keys instanceof Error) return resultOrMessage(keys)
  assert.is(new Set(keys.map(({ name }) => name)).size, keys.length, `${given.where}: two keys of one name`)
  return keys.map(key => {
    const what = `${given.where}: key '${key.name}'`
    assert.ok(key.byteOffset >= 0 && key.byteOffset < given.dimensions.rowBytes, what)
    const fold = attempt(given, 'fold', () => table.fold(key, 'live'))
    checkType(fold, key, true, what)
    const threads = attempt(given, 'perThread', () => table.perThread(key))
    if (threads instanceof Error) return [resultOrMessage(fold), resultOrMessage(threads)]
    for (const { threadId, threadName, value } of threads) {
      assert.ok(Number.isInteger(threadId), what)
      assert.ok(threadName === undefined || (typeof threadName === 'string' && threadName !== ''), what)
      checkType(value, key, false, what)
    }
    return [resultOrMessage(fold), threads]
  })
}

const open = (given: Specimen, threadId?: number) =>
  attempt(given, 'from', () =>
    SlotTable.from(given.buffer, {
      byteOffset: given.bytes.byteOffset,
      parentThreadId: -1,
      ...(threadId !== undefined && { threadId }),
    }),
  )

function checkCanaries({ buffer, bytes, where }: Specimen): void {
  const all = new Uint8Array(buffer)
  const outside = [all.subarray(0, BEFORE_BYTES), all.subarray(BEFORE_BYTES + bytes.length)]
  for (const part of outside)
    assert.ok(
      part.every(byte => byte === CANARY),
      `${where}: a byte outside of the table was written`,
    )
}

/** As JSON, with bigints as text. Histograms become statistics. */
const jsonOf = (value: unknown): string =>
  JSON.stringify(value, (_, entry) => (typeof entry === 'bigint' ? `${entry}` : entry))

/** Reads the keys and a snapshot of their values. */
function readAtOnce(given: Specimen, table: SlotTable): unknown {
  const keys = attempt(given, 'keys', () => table.keys().map(key => ({ ...key })))
  const snapshot = attempt(given, 'snapshot', () => table.snapshot())
  const json = snapshot instanceof Error ? '' : attempt(given, 'JSON of a snapshot', () => jsonOf(snapshot))
  return [resultOrMessage(keys), resultOrMessage(snapshot), resultOrMessage(json)]
}

/** Reads twice with the same table object and once with a new one. All answers must agree, and no byte may change. */
function examineReading(given: Specimen, table: SlotTable): void {
  const before = given.bytes.slice()
  const first = [readAtOnce(given, table), readKeyByKey(given, table)]
  const newcomer = open(given, THREAD_IDS[2])
  const second = [readAtOnce(given, table), readKeyByKey(given, table)]
  if (given.onStep) return
  assert.instance(newcomer, SlotTable, given.where)
  if (newcomer instanceof Error) return
  for (const [actual, expected] of [
    [second, first],
    [readAtOnce(given, newcomer), first[0]],
  ]) {
    assert.is(text(actual), text(expected), `${given.where}: reading again gave another answer`)
  }
  assert.is(firstDifference(before, given.bytes), -1, `${given.where}: reading changed a byte`)
}

/** Sweeps as this thread. */
function examineSweep(given: Specimen, table: SlotTable): void {
  const { maxThreads, maxKeys } = given.dimensions
  const found = attempt(given, 'sweep', () => table.sweep())
  // All rows and records may belong to different threads, each with a parent of its own.
  const most = 2 * (maxThreads + maxKeys + maxThreads)
  assert.ok(
    Number.isInteger(found) && (found as number) <= most,
    `${given.where}: ${found} threads have died`,
  )
}

/** Uses a table in every way, as three threads. Returns whether it could be opened. */
export function examine(given: Specimen): boolean {
  const [one, two] = THREAD_IDS
  const table = open(given, one)
  if (table instanceof Error) {
    checkCanaries(given)
    return false
  }
  examineReading(given, table)
  const row = attempt(given, 'attach', () => table.attach())
  attempt(given, 'a key with another definition', () => table.key('i', { type: 'f64', length: 2 }))
  attempt(given, 'a new key', () => table.key('fresh', { type: 'u8', length: 3 }))
  if (!(row instanceof Error)) {
    assert.is(row.u8.length, given.dimensions.rowBytes, given.where)
    attempt(given, 'slots', () => {
      row.u8.fill(0xff)
      const local = row.locals({ i: 'i32', newer: 'f64' })
      local.i++
      local.newer = 1
    })
    const keys = attempt(given, 'keys', () => table.keys())
    for (const key of keys instanceof Error ? [] : keys)
      attempt(given, 'a slot', () => {
        const slot = row.slot(key as Key<'f64'>)
        const value: unknown = slot.value
        if (isHistogram(value)) (value as HistogramSlot).record(1.5)
        slot.reset()
      })
  }
  examineSweep(given, table)
  const lost = Object.values(table.lost)
  assert.ok(lost.every(Number.isInteger), `${given.where}: lost ${lost}`)
  for (const threadId of [1, 2, 3, two]) attempt(given, 'release', () => table.release(threadId))
  // The runtime's own id is one whose waiters are parked. In a page, the table would give it.
  const other = open(given, isBrowser ? two : undefined)
  if (!(other instanceof Error)) {
    attempt(given, 'a second thread attaches', () => other.attach())
    attempt(given, 'a second thread makes a key', () => other.key('newest', 'i64'))
    examineSweep(given, other)
    examineSweep(given, table)
  }
  examineReading(given, table)
  checkCanaries(given)
  return true
}
