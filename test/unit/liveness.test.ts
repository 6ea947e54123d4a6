// How supervisors detect a thread's death by its parked waiters. All threads here are table objects in one
// thread, which doesn't end; test/browser/suite has tests with workers that do.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  NEXT_THREAD_ID,
  ROW_STATE,
  rowAddress,
  waitWordAddress,
  waitWordCount,
} from '../../src/memory/layout.js'
import { SlotTable } from '../../src/table/slot-table.js'

const { waitAsync } = Atomics
let beforeEachWait = () => {}
let waiters = 0
let areWaitsRefused = false
Object.assign(Atomics, {
  waitAsync: (...args: Parameters<typeof waitAsync>) => {
    beforeEachWait()
    const wait = waitAsync(...args)
    assert.is(wait.async, !areWaitsRefused)
    waiters++
    return wait
  },
})
// The module takes Atomics.waitAsync when it is imported.
const { probeCount, parkWaiters, freeWord, isDead, isSuspended, setSuspended, probeableThreads } =
  await import('../../src/browser/liveness.js')
Object.assign(Atomics, { waitAsync })

const dimensions = { maxThreads: 3, rowBytes: 64, maxKeys: 4 }
const wordsPerRow = waitWordCount(dimensions) / dimensions.maxThreads

function createMemory(maxThreads = dimensions.maxThreads) {
  const { memory } = SlotTable.create({ ...dimensions, maxThreads, threadId: 1_000 })
  // As if the table had given 500 thread ids.
  memory.i32[NEXT_THREAD_ID / 4] = 500
  return memory
}

test('every probe of a running thread finds it alive, until it has been probed too often to tell', () => {
  const memory = createMemory()
  waiters = 0
  parkWaiters(memory, 420)
  const before = waiters
  for (let i = 0; i < 1_000; i++) assert.is(isDead(memory, 420), false)
  assert.ok(before >= 128, `${before} waiters`)
  assert.equal(probeableThreads(memory), [])
})

test('a probe with an outdated probe count wakes no waiter', () => {
  const memory = createMemory()
  parkWaiters(memory, 427)
  assert.is(probeCount(memory, 427), 0)
  assert.is(isDead(memory, 427, 0), false)
  assert.is(probeCount(memory, 427), 1)
  for (let i = 0; i < 3; i++) assert.is(isDead(memory, 427, 0), false)
  assert.is(probeCount(memory, 427), 1)
  for (let probes = 1; probes < 63; probes++) {
    assert.is(probeCount(memory, 427), probes)
    assert.is(isDead(memory, 427, probes), false)
  }
  assert.is(probeCount(memory, 427), undefined)
  isDead(memory, 427, 63)
  isDead(memory, 427)
  assert.is(isSuspended(memory, 427), false)
})

test('of two simultaneous probes, only one counts', () => {
  const memory = createMemory()
  parkWaiters(memory, 429)
  const { compareExchange } = Atomics
  let other: boolean | undefined
  const interrupted = (...args: [Int32Array, number, number, number]) => {
    Object.assign(Atomics, { compareExchange })
    other = isDead(memory, 429)
    return compareExchange(...args)
  }
  Object.assign(Atomics, { compareExchange: interrupted })
  assert.equal([isDead(memory, 429), other, probeCount(memory, 429)], [false, false, 1])
})

test('a suspended thread can be probed as often as any other', () => {
  const memory = createMemory()
  parkWaiters(memory, 428)
  setSuspended(memory, 428, true)
  for (let i = 0; i < 200; i++) assert.is(isDead(memory, 428), false)
  assert.is(isSuspended(memory, 428), true)
  setSuspended(memory, 428, true)
  setSuspended(memory, 428, false)
  assert.equal([isSuspended(memory, 428), probeCount(memory, 428)], [false, undefined])
  setSuspended(memory, 428, true)
  freeWord(memory, 428)
  assert.is(isSuspended(memory, 428), false)
})

test('a thread that is probed while it parks its waiters is found alive, then and later', () => {
  const memory = createMemory()
  beforeEachWait = () => assert.is(isDead(memory, 421), false)
  parkWaiters(memory, 421)
  beforeEachWait = () => {}
  assert.equal(probeableThreads(memory), [421])
  for (let i = 0; i < 100; i++) assert.is(isDead(memory, 421), false)
})

test('a thread without a parked waiter is found dead, until its word is freed', () => {
  const memory = createMemory()
  parkWaiters(memory, 422)
  parkWaiters(memory, 423)
  for (let row = 0; row < dimensions.maxThreads; row++) {
    const word = waitWordAddress(memory, row * wordsPerRow) / 4
    for (let i = 0; i < wordsPerRow; i++) Atomics.notify(memory.i32, word + i)
  }
  assert.equal(probeableThreads(memory), [422, 423])
  assert.equal([isDead(memory, 422), isDead(memory, 422)], [true, true])
  freeWord(memory, 422)
  freeWord(memory, 422)
  assert.equal([isDead(memory, 422), isDead(memory, 423)], [false, true])
  assert.equal(probeableThreads(memory), [423])
})

/** A later thread id with the same wait word. */
const later = (threadId: number, times = 1) => threadId + times * waitWordCount(dimensions)

test('a thread gets another’s word only once that has been freed, however often the other was probed', () => {
  const memory = createMemory()
  assert.is(parkWaiters(memory, 424), true)
  waiters = 0
  assert.is(parkWaiters(memory, later(424)), false)
  assert.is(waiters, 0)
  for (let i = 0; i < 100; i++) isDead(memory, 424)
  assert.is(parkWaiters(memory, later(424)), false)
  freeWord(memory, 424)
  assert.is(parkWaiters(memory, later(424)), true)
  assert.equal(probeableThreads(memory), [later(424)])
})

test('threads that started long ago and still run can be probed', () => {
  const memory = createMemory()
  parkWaiters(memory, 424)
  parkWaiters(memory, later(425))
  parkWaiters(memory, later(426, 9))
  assert.equal(
    probeableThreads(memory).sort((a, b) => a - b),
    [424, later(425), later(426, 9)],
  )
})

test('nothing is known of a thread whose word another took, or whose id was given by hand', () => {
  const memory = createMemory()
  parkWaiters(memory, 424)
  assert.is(parkWaiters(memory, later(424), true), true)
  freeWord(memory, 424)
  setSuspended(memory, 424, true)
  assert.equal([isDead(memory, 424), isDead(memory, 7), isSuspended(memory, 424)], [false, false, false])
  assert.equal([probeCount(memory, 424), probeCount(memory, later(424))], [undefined, 0])
  parkWaiters(memory, 2 ** 25)
  assert.is(isDead(memory, 2 ** 25), false)
})

test('nothing is known of a thread whose word another takes while it parks its waiters', () => {
  const memory = createMemory()
  const word = waitWordAddress(memory, 0) / 4
  // The first word of the first row.
  const threadId = 3 * wordsPerRow * 2
  areWaitsRefused = true
  beforeEachWait = () => Atomics.store(memory.i32, word, 1)
  waiters = 0
  parkWaiters(memory, threadId)
  beforeEachWait = () => {}
  areWaitsRefused = false
  assert.is(waiters, 1)
  assert.is(memory.i32[word], 1)
  assert.is(isDead(memory, threadId), false)
  assert.not.ok(probeableThreads(memory).includes(threadId))
})

test('each thread has a wait word of its own, in a part of the rows that nothing else uses', () => {
  const memory = createMemory()
  const count = waitWordCount(dimensions)
  const before = memory.i32.slice()
  for (let threadId = 420; threadId < 420 + count; threadId++) parkWaiters(memory, threadId)
  const changed = [...memory.i32.keys()].filter(i => memory.i32[i] !== before[i])
  assert.is(changed.length, count)
  const rows = [0, 1, 2].map(row => rowAddress(memory, row) / 4)
  for (const i of changed) {
    const start = rows.filter(row => row <= i).at(-1) ?? Number.NaN
    assert.ok(i - start > ROW_STATE / 4 && i - start < 32, `word ${i - start} of a row`)
  }
})

test('in a table of one row, where no other thread could probe, nothing is written', () => {
  const memory = createMemory(1)
  const before = memory.i32.slice()
  parkWaiters(memory, 499)
  assert.is(isDead(memory, 499), false)
  assert.equal(probeableThreads(memory), [])
  assert.equal(memory.i32, before)
})

test.run()
