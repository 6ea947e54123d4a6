// Whether a thread has ended, found by its waits; here threads of a table are objects in one thread, which does not end.
// test/browser/suite/short-lived.test.ts is about those that do.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { NEXT_THREAD_ID, ROW_STATE, ROW_WAITS, rowAddress, WAITS_PER_ROW } from '../../src/memory/layout.js'
import { SlotTable } from '../../src/table/slot-table.js'

const { waitAsync } = Atomics
let atEachWait = () => {}
let waits = 0
let areRefused = false
Object.assign(Atomics, {
  waitAsync: (...args: Parameters<typeof waitAsync>) => {
    atEachWait()
    const wait = waitAsync(...args)
    assert.is(wait.async, !areRefused)
    waits++
    return wait
  },
})
// It takes what is there when it is imported.
const { asksOf, beginWaits, endWaits, hasEnded, isAway, setAway, waitingThreads } = await import(
  '../../src/browser/liveness.js'
)
Object.assign(Atomics, { waitAsync })

const dimensions = { maxThreads: 3, rowBytes: 64, maxKeys: 4 }

function createMemory(maxThreads = dimensions.maxThreads) {
  const { memory } = SlotTable.create({ ...dimensions, maxThreads, threadId: 1_000 })
  // As if so many had come.
  memory.i32[NEXT_THREAD_ID / 4] = 500
  return memory
}

test('a thread that waits has not ended, as often as may be asked, and nobody knows then', () => {
  const memory = createMemory()
  waits = 0
  beginWaits(memory, 420)
  const before = waits
  for (let i = 0; i < 1_000; i++) assert.is(hasEnded(memory, 420), false)
  assert.ok(before >= 128, `${before} waits`)
  assert.equal(waitingThreads(memory), [])
})

test('a thread is not asked by one that has seen fewer asks than there were', () => {
  const memory = createMemory()
  beginWaits(memory, 427)
  assert.is(asksOf(memory, 427), 0)
  assert.is(hasEnded(memory, 427, 0), false)
  assert.is(asksOf(memory, 427), 1)
  for (let i = 0; i < 3; i++) assert.is(hasEnded(memory, 427, 0), false)
  assert.is(asksOf(memory, 427), 1)
  for (let asks = 1; asks < 63; asks++) {
    assert.is(asksOf(memory, 427), asks)
    assert.is(hasEnded(memory, 427, asks), false)
  }
  assert.is(asksOf(memory, 427), undefined)
  hasEnded(memory, 427, 63)
  hasEnded(memory, 427)
  assert.is(isAway(memory, 427), false)
})

test('of two that ask at once, one does, and the other knows nothing', () => {
  const memory = createMemory()
  beginWaits(memory, 429)
  const { compareExchange } = Atomics
  let other: boolean | undefined
  const interrupted = (...args: [Int32Array, number, number, number]) => {
    Object.assign(Atomics, { compareExchange })
    other = hasEnded(memory, 429)
    return compareExchange(...args)
  }
  Object.assign(Atomics, { compareExchange: interrupted })
  assert.equal([hasEnded(memory, 429), other, asksOf(memory, 429)], [false, false, 1])
})

test('a thread whose page is away is asked like others, as often in all', () => {
  const memory = createMemory()
  beginWaits(memory, 428)
  setAway(memory, 428, true)
  for (let i = 0; i < 200; i++) assert.is(hasEnded(memory, 428), false)
  assert.is(isAway(memory, 428), true)
  setAway(memory, 428, true)
  setAway(memory, 428, false)
  assert.equal([isAway(memory, 428), asksOf(memory, 428)], [false, undefined])
  setAway(memory, 428, true)
  endWaits(memory, 428)
  assert.is(isAway(memory, 428), false)
})

test('a thread that is asked while its waits begin has not ended, then or later', () => {
  const memory = createMemory()
  atEachWait = () => assert.is(hasEnded(memory, 421), false)
  beginWaits(memory, 421)
  atEachWait = () => {}
  assert.equal(waitingThreads(memory), [421])
  for (let i = 0; i < 100; i++) assert.is(hasEnded(memory, 421), false)
})

test('a thread without a wait has ended, until all know', () => {
  const memory = createMemory()
  beginWaits(memory, 422)
  beginWaits(memory, 423)
  for (let row = 0; row < dimensions.maxThreads; row++) {
    const word = (rowAddress(memory, row) + ROW_WAITS) / 4
    for (let i = 0; i < WAITS_PER_ROW; i++) Atomics.notify(memory.i32, word + i)
  }
  assert.equal(waitingThreads(memory), [422, 423])
  assert.equal([hasEnded(memory, 422), hasEnded(memory, 422)], [true, true])
  endWaits(memory, 422)
  endWaits(memory, 422)
  assert.equal([hasEnded(memory, 422), hasEnded(memory, 423)], [false, true])
  assert.equal(waitingThreads(memory), [423])
})

/** With the same word. */
const later = (threadId: number, times = 1) => threadId + times * dimensions.maxThreads * WAITS_PER_ROW

test('a thread gets no word of one that may run, but that of one that is known to have ended, however often it was asked', () => {
  const memory = createMemory()
  assert.is(beginWaits(memory, 424), true)
  waits = 0
  assert.is(beginWaits(memory, later(424)), false)
  assert.is(waits, 0)
  for (let i = 0; i < 100; i++) hasEnded(memory, 424)
  assert.is(beginWaits(memory, later(424)), false)
  endWaits(memory, 424)
  assert.is(beginWaits(memory, later(424)), true)
  assert.equal(waitingThreads(memory), [later(424)])
})

test('of threads that came long ago, and still run, all know', () => {
  const memory = createMemory()
  beginWaits(memory, 424)
  beginWaits(memory, later(425))
  beginWaits(memory, later(426, 9))
  assert.equal(
    waitingThreads(memory).sort((a, b) => a - b),
    [424, later(425), later(426, 9)],
  )
})

test('nobody knows of a thread whose word another one has after all, nor of one with an id given by hand', () => {
  const memory = createMemory()
  beginWaits(memory, 424)
  assert.is(beginWaits(memory, later(424), true), true)
  endWaits(memory, 424)
  setAway(memory, 424, true)
  assert.equal([hasEnded(memory, 424), hasEnded(memory, 7), isAway(memory, 424)], [false, false, false])
  assert.equal([asksOf(memory, 424), asksOf(memory, later(424))], [undefined, 0])
  beginWaits(memory, 2 ** 25)
  assert.is(hasEnded(memory, 2 ** 25), false)
})

test('a thread whose word another one takes while its waits begin is not known', () => {
  const memory = createMemory()
  const word = (rowAddress(memory, 0) + ROW_WAITS) / 4
  // The first word of the first row.
  const threadId = 3 * WAITS_PER_ROW * 2
  areRefused = true
  atEachWait = () => Atomics.store(memory.i32, word, 1)
  waits = 0
  beginWaits(memory, threadId)
  atEachWait = () => {}
  areRefused = false
  assert.is(waits, 1)
  assert.is(memory.i32[word], 1)
  assert.is(hasEnded(memory, threadId), false)
  assert.not.ok(waitingThreads(memory).includes(threadId))
})

test('words are where rows have nothing else, and each thread has its own', () => {
  const memory = createMemory()
  const count = dimensions.maxThreads * WAITS_PER_ROW
  const before = memory.i32.slice()
  for (let threadId = 420; threadId < 420 + count; threadId++) beginWaits(memory, threadId)
  const changed = [...memory.i32.keys()].filter(i => memory.i32[i] !== before[i])
  assert.is(changed.length, count)
  const rows = [0, 1, 2].map(row => rowAddress(memory, row) / 4)
  for (const i of changed) {
    const start = rows.filter(row => row <= i).at(-1) ?? Number.NaN
    assert.ok(i - start > ROW_STATE / 4 && i - start < 32, `word ${i - start} of a row`)
  }
})

test('in a table of one row, where no thread could end with one, nothing is written', () => {
  const memory = createMemory(1)
  const before = memory.i32.slice()
  beginWaits(memory, 499)
  assert.is(hasEnded(memory, 499), false)
  assert.equal(waitingThreads(memory), [])
  assert.equal(memory.i32, before)
})

test.run()
