// Many threads start, count, and are terminated at arbitrary moments. No count is lost or counted twice.
import { setTimeout as delay } from 'node:timers/promises'
import { type Key, perThread, SlotTable, setDefaultTable, threadLocal, totals } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { testTermination } from '../../tools/testing/skip.js'
import { matchesError } from '../support/assertions.js'
import { runConcurrently } from '../support/concurrency.js'
import { TEST_EFFORT } from '../support/effort.js'
import { randomFrom } from '../support/random.js'
import { usageOf } from '../support/table-usage.js'
import type { CountingData } from '../support/workers/count-until-terminated.js'
import { ask, endAll, ended, endedAnyhow, message, start } from '../support/workers.js'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
const random = randomFrom(seed)
/** A random whole number from 0 to `below` − 1. */
const dice = (below: number) => Math.floor(random() * below)
console.log(`SEED=${seed}`)

// This file's workers use the default table. It has room for the main thread and eight of them.
setDefaultTable(SlotTable.create({ maxThreads: 9, rowBytes: 32768, maxKeys: 4096 }))

const shared = (bytes: number) => new Int32Array(new SharedArrayBuffer(bytes))

let lastThreadId = 1_000_000

/** Attaches invented threads until the table is full. Returns their ids. */
function fill(table: SlotTable): number[] {
  const threadIds: number[] = []
  for (;;) {
    const threadId = ++lastThreadId
    try {
      SlotTable.from(table.buffer, { threadId }).attach()
    } catch (error) {
      assert.ok(matchesError(RangeError, /rows/)(error), String(error))
      return threadIds
    }
    threadIds.push(threadId)
  }
}

/** Counts the free rows by claiming all of them, which also folds the values of their last owners. */
function freeRows(table: SlotTable): number {
  const threadIds = fill(table)
  for (const threadId of threadIds) table.release(threadId)
  return threadIds.length
}

test('two threads store 1 and 2 under the same name, wait, and read back 1 and 2', async () => {
  const own = threadLocal('classic', { value: 'f64' })
  own.value = 3
  const workers = [start('store-value.js', { value: 1 }), start('store-value.js', { value: 2 })]
  const exits = workers.map(ended)
  await Promise.all(workers.map(worker => message(worker)))
  own.value = 4
  await delay(20)
  const values = await Promise.all(workers.map(worker => ask(worker, 'what do you have?')))
  assert.equal([...values, own.value], [1, 2, 4])
  await Promise.all(exits)
})

test('of 256 threads and 257 counters, counter k reads 256 − k', async () => {
  const dimensions = { maxThreads: 256, rowBytes: 8 * 264, maxKeys: 257 }
  const table = SlotTable.create(dimensions)
  const gate = shared(4)
  const atOnce = 16
  const threadIds: number[] = []
  const rows = new Set<number>()
  for (let first = 0; first < 256; first += atOnce) {
    const workers = Array.from({ length: atOnce }, (_, i) =>
      start('count-in-random-order.js', {
        buffer: table.buffer,
        gate,
        opensAt: first + atOnce,
        last: first + i,
        seed,
      }),
    )
    threadIds.push(...workers.map(({ threadId }) => threadId))
    for (const row of await Promise.all(workers.map(ended))) rows.add(row)
  }
  assert.is(rows.size, 256, 'no thread was released, so each has its own row')

  const counters = Array.from({ length: 257 }, (_, k) => table.key(`counter ${k}`, 'u32'))
  const sums = (scope: 'all' | 'live' | 'retired') => counters.map(key => table.fold(key, scope))
  const times = (n: number) => counters.map((_, k) => n * (256 - k))
  assert.equal([...new Set(table.keys())].length, 257)
  assert.is(new Set(counters.map(({ index }) => index)).size, 257)
  assert.equal([sums('all'), sums('live'), sums('retired')], [times(1), times(1), times(0)])
  assert.equal(usageOf(table, dimensions), { rows: 256, records: 0 })

  for (const threadId of threadIds) table.release(threadId)
  assert.equal([sums('all'), sums('live'), sums('retired')], [times(1), times(0), times(1)])
  assert.is(usageOf(table, dimensions).rows, 0)

  for (const round of [2, 3]) {
    const heirs = Array.from({ length: 256 }, (_, i) => {
      const heir = SlotTable.from(table.buffer, { threadId: ++lastThreadId })
      const row = heir.attach()
      for (let k = 0; k <= i; k++) row.slot(counters[k] as Key<'u32'>).add(1)
      return lastThreadId
    })
    assert.equal([sums('all'), sums('live'), sums('retired')], [times(round), times(1), times(round - 1)])
    for (const threadId of heirs) table.release(threadId)
    assert.equal([sums('all'), sums('live'), sums('retired')], [times(round), times(0), times(round)])
  }
  assert.is(freeRows(table), 256)
  assert.equal(sums('retired'), times(3))
})

test('threads, 1,000 at full effort, pass through eight rows and leave nothing but their counts', async () => {
  const passers = 1000 * TEST_EFFORT
  const dimensions = { maxThreads: 8, rowBytes: 64, maxKeys: 8 }
  const table = SlotTable.create(dimensions)
  const done = table.key('done', 'u32')
  const bytes = table.key('bytes', 'f64')
  const most = table.key('most', { type: 'i32', fold: 'max' })
  const rows = new Set<number>()
  let last = 0
  await runConcurrently(passers, 8, async i => {
    const worker = start('count-once.js', { buffer: table.buffer, i })
    const { threadId } = worker
    rows.add(await ended(worker))
    const before = table.fold(done, 'retired')
    table.release(threadId)
    assert.is(table.fold(done, 'retired'), before + 1)
    const now = table.fold(done)
    assert.ok(now >= last && now <= passers, `fell from ${last} to ${now}`)
    last = now
  })
  const left = [passers, (passers * (passers - 1)) / 2, passers - 1]
  assert.equal([table.fold(done), table.fold(bytes), table.fold(most)], left)
  assert.equal([table.fold(done, 'live'), table.perThread(done)], [0, []])
  assert.ok(rows.size <= 8)
  assert.equal(usageOf(table, dimensions), { rows: 0, records: 0 })
  assert.equal(
    table.keys().map(({ name }) => name),
    ['done', 'bytes', 'most'],
  )
  assert.is(table.buffer.byteLength, SlotTable.byteLength(dimensions))
  assert.is(freeRows(table), 8)
  assert.equal([table.fold(done, 'retired'), table.fold(bytes), table.fold(most)], left)
})

test('50 threads, one after the other, use one row', async () => {
  const before = totals(threadLocal('jobs', { done: 'u32' })).done
  const rows = new Set(await runConcurrently(50, 1, () => ended(start('do-job.js'))))
  assert.is(rows.size, 1)
  assert.is(totals(threadLocal('jobs', { done: 'u32' })).done, before + 50)
})

testTermination('threads terminated at random moments lose no acknowledged count', async () => {
  const dimensions = { maxThreads: 5, rowBytes: 16384, maxKeys: 1500 }
  const table = SlotTable.create(dimensions)
  const operations = table.key('operations', 'u32')
  const deaths = 110
  const acks = shared(4 * deaths)
  const stop = shared(4)
  const watcher = start('watch-sums.js', { buffer: table.buffer, stop })
  const watched = message<{ checks: number; problem: string | undefined }>(watcher)
  const expected: { [name: string]: number | bigint } = {}
  let counted = 0
  await runConcurrently(deaths, 4, async i => {
    const worker = start('count-until-terminated.js', {
      buffer: table.buffer,
      acks,
      ackIndices: [i],
      seed: seed + i,
    } satisfies CountingData)
    const { threadId } = worker
    // Some are terminated before they have begun; most soon after.
    if (i % 8 === 0) await delay(dice(40))
    else {
      await message(worker)
      if (i % 8 > 1) await delay(dice(5))
    }
    await worker.terminate()
    const left = table.snapshot().threads.find(thread => thread.threadId === threadId)?.values ?? {}
    const acknowledged = Atomics.load(acks, i)
    const value = Number(left.operations ?? 0)
    assert.ok(
      value === acknowledged || value === acknowledged + 1,
      `thread ${i} acknowledged ${acknowledged}, and left ${value}; SEED=${seed}`,
    )
    if (value > 0) counted++
    for (const [name, value] of Object.entries(left)) {
      const sum = expected[name] ?? (typeof value === 'bigint' ? 0n : 0)
      expected[name] = (sum as number) + (value as number)
    }
    table.release(threadId)
  })
  Atomics.store(stop, 0, 1)
  const { checks, problem } = await watched
  assert.is(problem, undefined, `${problem}; SEED=${seed}`)
  assert.ok(checks > 0)
  assert.ok(counted > 0, 'no thread lived long enough to count')

  const { threads, retired } = table.snapshot()
  assert.equal(threads, [])
  const used = Object.fromEntries(Object.entries(retired).filter(([name]) => name in expected))
  assert.equal(used, expected, `SEED=${seed}`)
  assert.ok(Object.entries(retired).every(([name, value]) => name in expected || Number(value) === 0))
  assert.equal(usageOf(table, dimensions), { rows: 0, records: 0 })
  assert.is(freeRows(table), 5)
  assert.is(table.fold(operations, 'retired'), expected.operations)
  assert.equal(table.snapshot().retired, retired)
})

test('sums never fall while rows change owners thousands of times', async () => {
  const dimensions = { maxThreads: 2, rowBytes: 128, maxKeys: 17 }
  const table = SlotTable.create(dimensions)
  const operations = table.key('operations', 'u32')
  for (let k = 0; k < 15; k++) table.key(`other ${k}`, 'u32')
  const stop = shared(4)
  const watchers = [1, 2].map(() => start('watch-sums.js', { buffer: table.buffer, stop }))
  const watched = watchers.map(watcher => message<{ problem: string | undefined }>(watcher))
  const count = 4000
  const relays = [1, 2].map(k =>
    start('play-many-threads.js', { buffer: table.buffer, first: k * 1_000_000, count }),
  )
  await Promise.all(relays.map(ended))
  Atomics.store(stop, 0, 1)
  for (const { problem } of await Promise.all(watched)) assert.is(problem, undefined)
  assert.equal([table.fold(operations), table.fold(operations, 'retired')], [2 * count, 2 * count])
  assert.equal(usageOf(table, dimensions), { rows: 0, records: 0 })
})

testTermination(
  'threads terminated while they create keys leave only complete keys, and no record taken',
  async () => {
    const victims = 4
    const dimensions = { maxThreads: victims + 1, rowBytes: 8 * 3000, maxKeys: 3000 }
    for (let round = 0; round < 16; round++) {
      const table = SlotTable.create(dimensions)
      const progress = shared(4 * (victims + 2))
      const open = (place: number) => {
        Atomics.store(progress, 0, place)
        Atomics.notify(progress, 0)
      }
      const [survivor, ...dying] = [victims + 1, 1, 2, 3, 4].map(place =>
        start('make-keys.js', { buffer: table.buffer, progress, place, count: dimensions.maxKeys }),
      )
      if (survivor === undefined) throw new Error('no survivor')
      const over = ended(survivor)
      const threadIds = dying.map(({ threadId }) => threadId)
      await Promise.all([survivor, ...dying].map(worker => message(worker)))
      // In every other round, a worker that is not terminated competes with them for each key.
      open(victims + (round % 2))
      await Promise.all(
        dying.map(async (worker, k) => {
          const until = dice(dimensions.maxKeys / 2)
          while (Atomics.load(progress, k + 1) < until) await new Promise(resolve => setImmediate(resolve))
          await worker.terminate()
        }),
      )
      open(victims + 1)
      await over
      assert.is(table.keys().length, dimensions.maxKeys)
      assert.ok(
        table.keys().every(({ name }, i) => name === `key ${i}`),
        `SEED=${seed}`,
      )
      for (const threadId of threadIds) table.release(threadId)
      assert.equal(usageOf(table, dimensions), { rows: 0, records: 0 }, `round ${round}, SEED=${seed}`)
    }
  },
)

testTermination(
  'threads terminated together with their parent lose no acknowledged count either',
  async () => {
    const dimensions = { maxThreads: 3, rowBytes: 16384, maxKeys: 1500 }
    const table = SlotTable.create(dimensions)
    const operations = table.key('operations', 'u32')
    const rounds = 16
    const acks = shared(4 * 3 * rounds)
    let expected = 0
    for (let round = 0; round < rounds; round++) {
      const line = [3 * round, 3 * round + 1, 3 * round + 2]
      const worker = start('count-until-terminated.js', {
        buffer: table.buffer,
        acks,
        ackIndices: line,
        seed: seed + 1000 * round,
      } satisfies CountingData)
      const threadIds = await message<number[]>(worker)
      assert.is(threadIds.length, 3)
      await delay(dice(6))
      await worker.terminate()
      const values = table.perThread(operations)
      for (const [k, i] of line.entries()) {
        const acknowledged = Atomics.load(acks, i)
        const value = values.find(({ threadId }) => threadId === threadIds[k])?.value ?? 0
        assert.ok(
          value === acknowledged || value === acknowledged + 1,
          `thread ${i} acknowledged ${acknowledged}, and left ${value}; SEED=${seed}`,
        )
        expected += value
      }
      table.release(threadIds[0] as number)
      assert.equal(table.perThread(operations), [], 'the first one’s release frees all three')
      assert.equal(usageOf(table, dimensions), { rows: 0, records: 0 })
      assert.equal([table.fold(operations, 'live'), table.fold(operations, 'retired')], [0, expected])
    }
    assert.is(freeRows(table), 3)
    assert.is(table.fold(operations), expected)
  },
)

test('definitions and keys can be created while workers end, in 1,000 rounds', async () => {
  const perWorker = 4
  const names = 40
  const counts = new Map<string, number>()
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1)
  let workers = 0
  let rounds = 0
  const endOne = async (i: number) => {
    const common = Array.from({ length: perWorker }, (_, k) => (i * 7 + k) % names)
    const way = (['return', 'exit', 'throw', 'terminate'] as const)[i % 4]
    const worker = start('define-and-end.js', { own: i, common, way })
    for (const k of common) count(`common ${k}`)
    let isOver = false
    const over = endedAnyhow(worker).then(() => {
      isOver = true
    })
    // Its error may arrive before the message that it sent first.
    await message(worker).catch(error => assert.is(way, 'throw', error))
    if (way === 'terminate') void worker.terminate()
    for (let k = 0; !isOver && k < 20; k++) {
      const name = `common ${(i * 7 + perWorker - k + names) % names}`
      threadLocal(name, { n: 'u32', ids: 'i64' }).n++
      count(name)
      threadLocal(`of main ${i} ${k}`, { n: 'u32' }).n++
      rounds++
      await new Promise(resolve => setImmediate(resolve))
    }
    await over
  }
  await runConcurrently(8, 8, async () => {
    while (workers < 80 || rounds < 1000) await endOne(workers++)
  })
  for (const [name, n] of counts) {
    assert.is(totals(threadLocal(name, { n: 'u32', ids: 'i64' })).n, n, name)
  }
  for (let i = 0; i < workers; i++) {
    const { n, at } = totals(threadLocal(`own ${i}`, { n: 'u32', at: { type: 'i32', fold: 'max' } }))
    // A terminated worker doesn't run its exit listeners.
    assert.equal([n, at], i % 4 === 3 ? [1, -0x80000000] : [2, i], `own ${i}`)
  }
})

test('a sum of u32 values over threads does not wrap', async () => {
  const schema = { n: 'u32', low: 'i32', sizes: { type: 'u32', length: 2 } } as const
  const local = threadLocal('beyond 32 bits', schema)
  const top = 2 ** 32 - 1
  const values = { n: top, low: -(2 ** 31), sizes: [top, 1] }
  const times = (n: number) => ({
    n: n * top,
    low: -n * 2 ** 31,
    sizes: Float64Array.of(n * top, n),
  })
  for (const round of [1, 2, 3]) {
    const workers = await runConcurrently(3, 3, async () => {
      const worker = start('follow-orders.js', { name: 'beyond 32 bits', schema })
      await message(worker)
      await ask(worker, { set: values })
      return worker
    })
    assert.equal([totals(local), totals(local, 'live')], [times(3 * round), times(3)])
    const exits = workers.map(ended)
    for (const worker of workers) worker.postMessage({ end: 'return' })
    await Promise.all(exits)
    assert.equal([totals(local), totals(local, 'retired')], [times(3 * round), times(3 * round)])
  }
  assert.equal(perThread(local), [])
})

test('after all these tests, the default table has room for as many threads as before', async () => {
  const attached = await runConcurrently(8, 8, async () => {
    const worker = start('follow-orders.js', { name: 'last', schema: { n: 'u32' } })
    const row = await message<number>(worker)
    await ask(worker, { set: { n: 1 } })
    return { worker, row }
  })
  assert.is(new Set(attached.map(({ row }) => row)).size, 8)
  const refused = await endedAnyhow(start('do-job.js'))
  assert.ok(matchesError(RangeError, /rows/)(refused), String(refused))
  const exits = attached.map(({ worker }) => ended(worker))
  for (const { worker } of attached) worker.postMessage({ end: 'return' })
  await Promise.all(exits)
})

test.after.each(endAll)
test.run()
