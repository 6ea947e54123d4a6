// How a thread's death is detected by its parked waiters. All threads here are table objects in one thread, which doesn't
// end; test/integration/deaths.test.ts and test/browser/suite have tests with workers that do.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { setHost } from '../../src/host/current.js'
import type { Host } from '../../src/host/host.js'
import { serverHost } from '../../src/host/server.js'
import {
  NEXT_THREAD_ID,
  ROW_STATE,
  rowAddress,
  waitWordAddress,
  waitWordCount,
} from '../../src/memory/layout.js'
import {
  ensureProbeable,
  freeWord,
  isDead,
  isSuspended,
  parkWaiters,
  probeableThreads,
  probeCount,
  setSuspended,
} from '../../src/protocol/liveness.js'
import { SlotTable } from '../../src/table/slot-table.js'

let beforeEachWait = () => {}
let waiters = 0
let areWaitsRefused = false
const browserLike: Host = {
  ...serverHost,
  waiters: 128,
  canSweep: false,
  parkWaiters(count, i32, index, value) {
    for (let i = 0; i < count; i++) {
      beforeEachWait()
      const { async: isParked } = Atomics.waitAsync(i32, index, value)
      assert.is(isParked, !areWaitsRefused)
      waiters++
      if (!isParked) return false
    }
    return true
  },
}
/** Like a server, but for its thread ids: this one thread plays several. */
const serverLike = (threadId: number): Host => ({
  ...serverHost,
  waiters: 12,
  canSweep: true,
  threadId: () => threadId,
})

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
    other = isDead(memory, 429, 0)
    return compareExchange(...args)
  }
  Object.assign(Atomics, { compareExchange: interrupted })
  assert.equal([isDead(memory, 429, 0), other, probeCount(memory, 429)], [false, false, 1])
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

/** Other threads take the other words that a thread may have. */
const occupyNeighbours = (memory: ReturnType<typeof createMemory>, threadId: number) => {
  for (const i of [1, 2, 3]) assert.is(parkWaiters(memory, threadId + i), true)
}

/** A later thread id with the same wait word. */
const later = (threadId: number, times = 1) => threadId + times * waitWordCount(dimensions)

test('a thread gets another’s word only once that has been freed, however often the other was probed', () => {
  const memory = createMemory()
  assert.is(parkWaiters(memory, 424), true)
  waiters = 0
  occupyNeighbours(memory, 424)
  waiters = 0
  assert.is(parkWaiters(memory, later(424)), false)
  assert.is(waiters, 0)
  for (let i = 0; i < 100; i++) isDead(memory, 424)
  assert.is(parkWaiters(memory, later(424)), false)
  freeWord(memory, 424)
  assert.is(parkWaiters(memory, later(424)), true)
  assert.ok(probeableThreads(memory).includes(later(424)))
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
  occupyNeighbours(memory, 424)
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

test('in a table that is not shared, where nobody can wait, nothing is written', () => {
  const { memory } = SlotTable.create({ ...dimensions, shared: false, threadId: 1_000 })
  const before = memory.i32.slice()
  parkWaiters(memory, 499)
  assert.is(isDead(memory, 499), false)
  assert.equal(probeableThreads(memory), [])
  assert.equal(memory.i32, before)
})

test('a server’s thread parks a dozen waiters before it first owns something, once, and not before that', () => {
  const { memory } = SlotTable.create({ ...dimensions, threadId: 1_000 })
  setHost(serverLike(430))
  const table = SlotTable.from(memory.buffer, { parentThreadId: -1 })
  table.keys()
  assert.equal(probeableThreads(memory), [])
  table.key('n', 'u32')
  table.attach()
  SlotTable.from(memory.buffer, { parentThreadId: -1 }).attach()
  assert.equal(probeableThreads(memory), [430])
  for (let probes = 0; probes < 12; probes++) {
    assert.is(probeCount(memory, 430), probes)
    assert.is(isDead(memory, 430), false)
  }
  assert.is(probeCount(memory, 430), undefined)
  assert.is(isDead(memory, 430), false)
  assert.is(Atomics.notify(memory.i32, waitWordAddress(memory, 430 % waitWordCount(dimensions)) / 4), 0)
})

test('a thread whose event loop turns can be probed any number of times', async () => {
  const memory = createMemory()
  setHost(serverLike(431))
  ensureProbeable(memory, 431)
  for (let probes = 1; probes < 100; probes++) {
    assert.is(isDead(memory, 431), false)
    assert.is.not(probeCount(memory, 431), undefined)
    // The engine wakes waiters some time after their probe.
    for (let i = 0; i < 50 && (probeCount(memory, 431) ?? 0) > 5; i++)
      await new Promise(resolve => setTimeout(resolve, 2))
  }
  for (let burst = 0; burst < 3; burst++) {
    for (let i = 0; i < 20; i++) assert.is(isDead(memory, 431), false)
    assert.is(probeCount(memory, 431), undefined)
    while (probeCount(memory, 431) !== 0) await new Promise(resolve => setTimeout(resolve, 1))
  }
  const index = waitWordAddress(memory, 431 % waitWordCount(dimensions)) / 4
  assert.is(Atomics.notify(memory.i32, index), 12)
})

test('a thread with an id given by hand is not probed', () => {
  const memory = createMemory()
  setHost(serverLike(432))
  SlotTable.from(memory.buffer, { threadId: 433 }).attach()
  assert.equal(probeableThreads(memory), [])
})

test('a thread whose word is in use takes one of the next, and can be probed there', () => {
  const memory = createMemory()
  for (let times = 0; times < 4; times++) {
    setHost(serverLike(later(434, times)))
    assert.is(parkWaiters(memory, later(434, times)), true)
  }
  // This one looks for a dead thread among the four.
  assert.is(parkWaiters(memory, later(434, 4)), false)
  for (let times = 0; times < 5; times++) {
    assert.is(probeCount(memory, later(434, times)), times < 4 ? 1 : undefined)
    assert.is(isDead(memory, later(434, times)), false)
    assert.is(probeCount(memory, later(434, times)), times < 4 ? 2 : undefined)
  }
})

test('on a server, a thread takes over the words of threads that have died without owning anything', () => {
  const memory = createMemory()
  setHost(serverLike(435))
  for (let times = 0; times < 4; times++) parkWaiters(memory, later(435, times))
  // As if the second of them had died.
  Atomics.notify(memory.i32, waitWordAddress(memory, 436 % waitWordCount(dimensions)) / 4)
  assert.is(parkWaiters(memory, later(435, 4)), true)
  assert.equal(
    [0, 1, 2, 3, 4].filter(times => probeCount(memory, later(435, times)) !== undefined),
    [0, 2, 3, 4],
  )
})

test('a word doesn’t change hands while a probe is in progress', () => {
  const memory = createMemory()
  setHost(serverLike(437))
  for (let times = 0; times < 4; times++) parkWaiters(memory, later(437, times))
  const index = waitWordAddress(memory, 437 % waitWordCount(dimensions)) / 4
  Atomics.notify(memory.i32, index)
  const { notify } = Atomics
  const taken: boolean[] = []
  Object.assign(Atomics, {
    notify: (...args: Parameters<typeof notify>) => {
      Object.assign(Atomics, { notify })
      // Another thread finds the first one dead as well, and frees what it can.
      assert.is(isDead(memory, 437), true)
      freeWord(memory, 437)
      taken.push(parkWaiters(memory, later(437, 4)))
      return notify(...args)
    },
  })
  assert.is(isDead(memory, 437), true)
  freeWord(memory, 437)
  taken.push(parkWaiters(memory, later(437, 4)))
  assert.equal(taken, [false, true])
  assert.is(isDead(memory, later(437, 4)), false)
})

test('a prober that dies in the middle of a probe leaves a thread that others can probe', () => {
  const memory = createMemory()
  setHost(serverLike(438))
  parkWaiters(memory, 438)
  const { notify } = Atomics
  for (let crashes = 0; crashes < 2; crashes++) {
    Object.assign(Atomics, {
      notify: () => {
        throw new Error('crash')
      },
    })
    assert.throws(() => isDead(memory, 438), 'crash')
    Object.assign(Atomics, { notify })
    assert.is(isDead(memory, 438), false)
  }
  Atomics.notify(memory.i32, waitWordAddress(memory, 438 % waitWordCount(dimensions)) / 4)
  assert.is(isDead(memory, 438), true)
})

test('where probes tell nothing, a sweep does nothing', () => {
  setHost({ ...serverLike(439), canSweep: false })
  const table = SlotTable.create({ maxThreads: 2, threadId: 439 })
  table.attach()
  SlotTable.from(table.buffer, { threadId: 440 }).attach()
  assert.is(table.sweep(), 0)
})

test('a default table that finds no room at all is an error', () => {
  const tried: number[] = []
  const reserve = (byteLength: number): never => {
    tried.push(byteLength)
    throw new RangeError('Array buffer allocation failed')
  }
  setHost({ ...serverLike(441), reserve })
  assert.throws(() => SlotTable.reserve(), /Array buffer allocation failed/)
  assert.ok(tried.length > 2 && (tried.at(-1) as number) < (tried[0] as number) / 5, `${tried}`)
})

test.before.each(() => setHost(browserLike))
test.run()
