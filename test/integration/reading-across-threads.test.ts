// Reading the values of other threads: totals, perThread, sampler and onThreadExit. Tests that need no second thread are
// in unit/readings.test.ts.
import {
  onThreadExit,
  perThread,
  type Schema,
  sampler,
  type ThreadExit,
  threadLocal,
  totals,
  valuesOf,
} from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { testMemoryExhaustion, testTermination } from '../../tools/testing/skip.js'
import { runConcurrently } from '../support/concurrency.js'
import { mixedSchema } from '../support/mixed-schema.js'
import { inCleanProcess, inProcess } from '../support/processes.js'
import type { Order, WayToEnd } from '../support/workers/follow-orders.js'
import { ask, endAll, ended, endedAnyhow, message, start } from '../support/workers.js'

/** Starts a worker that makes this definition and follows orders. */
async function startFollower(name: string, schema: Schema) {
  const worker = start('follow-orders.js', { name, schema })
  const { threadId } = worker
  const row = await message<number>(worker)
  const tell = <T>(order: Order) => ask<T>(worker, order)
  const end = (how: WayToEnd = 'return') => {
    const end = endedAnyhow(worker)
    worker.postMessage({ end: how })
    return end
  }
  return { worker, threadId, row, tell, end }
}

test('totals fold running threads, dead threads, or both', async () => {
  const local = threadLocal('scopes', mixedSchema)
  Object.assign(local, { images: 1, bytes: 0.5, slowest: 5, least: -1, ids: -1n, marks: 1n, depth: 9 })
  local.sizes.set([1, 0, 0])
  local.peaks.set([0.5, -1])
  local.sums.set([1n, -1n])
  const one = await startFollower('scopes', mixedSchema)
  const two = await startFollower('scopes', mixedSchema)
  await one.tell({
    set: {
      images: 10,
      bytes: 2,
      slowest: 50,
      least: 3,
      ids: 2n ** 40n,
      marks: 2n ** 64n - 1n,
      depth: 8,
      sizes: [0, 10, 0],
      peaks: [0.25, 4],
      sums: [10n, 10n],
      tag: [1, 2, 3, 4],
    },
  })
  await two.tell({ set: { images: 100, sizes: [100, 0, 100], slowest: -7, least: -200 } })

  const all = {
    images: 111,
    bytes: 2.5,
    slowest: 50,
    least: -200,
    ids: 2n ** 40n - 1n,
    marks: 2n ** 64n - 1n,
    sizes: Float64Array.of(101, 10, 100),
    peaks: Float64Array.of(0.5, 4),
    sums: BigInt64Array.of(11n, 9n),
  }
  const nothing = totals(local, 'retired')
  assert.equal(totals(local), all)
  assert.equal(totals(local, 'live'), all)
  assert.is(nothing.images, 0)

  await one.end()
  const retired = {
    images: 10,
    bytes: 2,
    slowest: 50,
    least: 3,
    ids: 2n ** 40n,
    marks: 2n ** 64n - 1n,
    sizes: Float64Array.of(0, 10, 0),
    peaks: Float64Array.of(0.25, 4),
    sums: BigInt64Array.of(10n, 10n),
  }
  const live = {
    images: 101,
    bytes: 0.5,
    slowest: 5,
    least: -200,
    ids: -1n,
    marks: 1n,
    sizes: Float64Array.of(101, 0, 100),
    peaks: Float64Array.of(0.5, -1),
    sums: BigInt64Array.of(1n, -1n),
  }
  const split = () => [totals(local, 'retired'), totals(local, 'live'), totals(local, 'all')]
  assert.equal(split(), [retired, live, all])

  const heir = await startFollower('scopes', mixedSchema)
  assert.is(heir.row, one.row, 'the dead thread’s row is reused')
  assert.equal(split(), [retired, live, all], 'its values are in the row’s bank now')
  await Promise.all([two.end(), heir.end()])
  assert.equal(totals(local), all)
  assert.is(totals(local, 'live').images, 1)
  assert.is(totals(local, 'retired').images, 110)
})

test('the values of successive threads in one row are all kept', async () => {
  const schema = { n: 'u32', most: { type: 'i32', fold: 'max' }, sizes: { type: 'f64', length: 2 } } as const
  const local = threadLocal('heirs', schema)
  const rows = await runConcurrently(5, 1, async i => {
    const worker = await startFollower('heirs', schema)
    await worker.tell({ set: { n: 10 ** i, most: -i, sizes: [i, 0.5] } })
    await worker.end(i % 2 ? 'exit' : 'return')
    return worker.row
  })
  assert.is(new Set(rows).size, 1)
  assert.equal(totals(local), { n: 11111, most: 0, sizes: Float64Array.of(10, 2.5) })
  assert.equal(totals(local, 'retired'), totals(local))
})

test('any thread reads the totals of all threads', async () => {
  const local = threadLocal('jobs', { done: 'u32' })
  local.done = 5
  const reader = start('read-jobs.js')
  assert.equal(await message(reader), { totals: { done: 5 }, perThread: [{ threadId: 0, done: 5 }] })
  local.done = 7
  const { threadId } = reader
  assert.equal(await ask(reader, { add: 10 }), {
    totals: { done: 17 },
    perThread: [
      { threadId: 0, done: 7 },
      { threadId, done: 10 },
    ],
  })
  await reader.terminate()
})

test('perThread lists the running threads that have used a key, with the keys they have used', async () => {
  const schema = {
    ...mixedSchema,
    zero: { type: 'i32', init: 0 },
  } as const
  const local = threadLocal('listed', schema)
  const one = await startFollower('listed', schema)
  const two = await startFollower('listed', schema)
  const three = await startFollower('listed', schema)
  assert.equal(perThread(local), [], 'defining a key is not using it')
  await one.tell({ set: { images: 1, depth: -1, tag: [1, 2, 3, 4], ids: 5n } })
  await two.tell({ set: { sizes: [1, 2, 3] } })
  const expected = [
    { threadId: one.threadId, images: 1, ids: 5n, depth: -1, tag: Uint8Array.of(1, 2, 3, 4) },
    { threadId: two.threadId, sizes: Uint32Array.of(1, 2, 3) },
  ]
  assert.equal(perThread(local), expected, 'the main thread and the third worker have only defined it')
  await three.tell({ get: ['images', 'slowest', 'zero'] })
  assert.equal(perThread(local), expected, 'reading a value is not using it')
  await three.tell({ set: { zero: 0 } })
  assert.equal(perThread(local), [...expected, { threadId: three.threadId, zero: 0 }])
  local.images = 0
  assert.equal(perThread(local)[0], { threadId: 0, images: 0 })
  await one.end()
  assert.equal(
    perThread(local).map(({ threadId }) => threadId),
    [0, two.threadId, three.threadId],
  )
  await Promise.all([two.end(), three.end()])
  assert.equal(perThread(local), [{ threadId: 0, images: 0 }])
})

test('a thread in the row of a dead thread starts from init in every slot', async () => {
  const schema = { ...mixedSchema, low: { type: 'u32', fold: 'min', init: 3 } } as const
  const local = threadLocal('recycled', schema)
  const first = await startFollower('recycled', schema)
  await first.tell({
    set: { images: 1, slowest: 1, ids: 1n, depth: 1, sizes: [1, 1, 1], tag: [1, 1, 1, 1], low: 0 },
  })
  await first.end()
  const second = await startFollower('recycled', schema)
  assert.is(second.row, first.row)
  assert.equal(perThread(local), [])
  assert.equal(await second.tell({ get: Object.keys(schema) }), {
    images: 0,
    bytes: 0,
    slowest: -Infinity,
    least: 0x7fffffff,
    ids: 0n,
    marks: 0n,
    depth: 0,
    sizes: new Uint32Array(3),
    peaks: new Float32Array(2).fill(-Infinity),
    sums: new BigInt64Array(2),
    tag: new Uint8Array(4),
    low: 3,
  })
  await second.end()
  assert.equal([totals(local).images, totals(local).low], [1, 0])
})

test('a sampler returns what was added since its last call, and the rates', async () => {
  const schema = { ...mixedSchema, small: 'f32', loss: 'i32' } as const
  const local = threadLocal('sampled', schema)
  const worker = await startFollower('sampled', schema)
  await worker.tell({ set: { images: 5, ids: 2n ** 60n, sizes: [1, 1, 1] } })
  const started = performance.now()
  const sample = sampler(local)
  await worker.tell({ set: { images: 12, bytes: 0.5, ids: 2n ** 60n + 1n, sizes: [1, 2, 3], slowest: 7 } })
  Object.assign(local, { images: 1, small: 0.25, loss: -4, depth: 3 })
  local.sums[1] = -(2n ** 62n)
  await new Promise(resolve => setTimeout(resolve, 5))
  const { seconds, deltas, rates } = sample()
  const elapsed = (performance.now() - started) / 1000
  assert.ok(seconds > 0.003 && seconds <= elapsed, `${seconds} s of ${elapsed}`)
  assert.equal(deltas, {
    images: 8,
    bytes: 0.5,
    ids: 1n,
    sizes: Float64Array.of(0, 1, 2),
    sums: BigInt64Array.of(0n, -(2n ** 62n)),
    small: 0.25,
    loss: -4,
  })
  assert.equal(rates, {
    images: 8 / seconds,
    bytes: 0.5 / seconds,
    ids: 1 / seconds,
    sizes: Float64Array.of(0, 1 / seconds, 2 / seconds),
    sums: Float64Array.of(0, -(2 ** 62) / seconds),
    small: 0.25 / seconds,
    loss: -4 / seconds,
  })

  local.images = 3
  await worker.end()
  await new Promise(resolve => setTimeout(resolve, 2))
  const second = sample()
  assert.equal([second.deltas.images, second.deltas.ids], [2, 0n], 'a thread’s exit removes nothing')
  assert.is(second.rates.images, 2 / second.seconds)
  assert.ok(second.seconds <= (performance.now() - started) / 1000 - seconds)
  assert.equal(sample().deltas, {
    images: 0,
    bytes: 0,
    ids: 0n,
    sizes: new Float64Array(3),
    sums: new BigInt64Array(2),
    small: 0,
    loss: 0,
  })
})

testTermination('onThreadExit reports a thread’s values once, whichever way it ended', async () => {
  const local = threadLocal('exits', mixedSchema)
  const exits: ThreadExit<typeof mixedSchema>[] = []
  const listed: unknown[] = []
  const unsubscribe = onThreadExit(local, exit => {
    exits.push(exit)
    listed.push(...perThread(local))
  })
  const ways: WayToEnd[] = ['return', 'throw', 'reject', 'exit', 'spin']
  for (const [i, way] of [...ways, 'terminate' as const].entries()) {
    const dying = await startFollower('exits', mixedSchema)
    const ids = BigInt(i) - 2n ** 63n
    await dying.tell({ set: { images: i, depth: -i, ids, sizes: [i, 0, 7], tag: [i, 1, 2, 3] } })
    const before = totals(local)
    assert.equal(exits, [])
    const over = way === 'terminate' ? endedAnyhow(dying.worker) : dying.end(way)
    // A thread that never yields again can still be read and terminated.
    if (way === 'spin' || way === 'terminate') void dying.worker.terminate()
    const thrown = await over
    assert.is(thrown instanceof Error, way === 'throw' || way === 'reject', way)
    assert.equal(
      exits,
      [
        {
          threadId: dying.threadId,
          values: {
            images: i,
            ids,
            depth: -i,
            sizes: Uint32Array.of(i, 0, 7),
            tag: Uint8Array.of(i, 1, 2, 3),
          },
        },
      ],
      way,
    )
    assert.equal(totals(local), before)
    assert.equal(totals(local, 'retired'), before)
    assert.equal(listed, [], 'its row is already free')
    exits.length = 0
  }
  unsubscribe()
  unsubscribe()
  const last = await startFollower('exits', mixedSchema)
  await last.tell({ set: { images: 1 } })
  await last.end()
  assert.equal(exits, [])
})

testMemoryExhaustion('the exit of a thread that ran out of memory is reported', async () => {
  const local = threadLocal('full', { n: 'u32' })
  const exits: unknown[] = []
  const unsubscribe = onThreadExit(local, exit => exits.push(exit))
  const worker = start(
    'follow-orders.js',
    { name: 'full', schema: { n: 'u32' } },
    { resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 } },
  )
  const { threadId } = worker
  await message(worker)
  await ask(worker, { set: { n: 3 } })
  const over = endedAnyhow(worker)
  worker.postMessage({ end: 'fill the heap' })
  assert.is(((await over) as { code?: string }).code, 'ERR_WORKER_OUT_OF_MEMORY')
  assert.equal(exits, [{ threadId, values: { n: 3 } }])
  assert.equal(totals(local, 'retired'), { n: 3 })
  unsubscribe()
})

test('onThreadExit doesn’t report threads that have not used the definition', async () => {
  const exits: unknown[] = []
  const used = threadLocal('used', { n: 'u32' })
  const unused = threadLocal('not used', { n: 'u32' })
  const ends = [
    onThreadExit(used, ({ values }) => exits.push(['used', values])),
    onThreadExit(unused, ({ values }) => exits.push(['unused', values])),
    onThreadExit(used, ({ values }) => exits.push(['again', values])),
  ]
  const worker = await startFollower('used', { n: 'u32' })
  const idle = await startFollower('not used', { n: 'u32' })
  await worker.tell({ set: { n: 4 } })
  await Promise.all([worker.end(), idle.end(), ended(start('do-nothing.js'))])
  assert.equal(exits, [
    ['used', { n: 4 }],
    ['again', { n: 4 }],
  ])
  for (const end of ends) end()
})

test('the row is free before the program’s exit listeners run, and onThreadExit runs before code that awaits the exit', async () => {
  const local = threadLocal('order', { n: 'u32' })
  const order: string[] = []
  const unsubscribe = onThreadExit(local, ({ values }) => order.push(`onThreadExit ${values.n}`))
  const worker = start('follow-orders.js', { name: 'order', schema: { n: 'u32' } })
  let seen: unknown
  worker.on('exit', () => {
    seen = [perThread(local), totals(local, 'retired')]
  })
  await message(worker)
  await ask(worker, { set: { n: 4 } })
  worker.postMessage({ end: 'return' })
  await ended(worker)
  order.push('ended')
  assert.equal(seen, [[], { n: 4 }])
  assert.equal(order, ['onThreadExit 4', 'ended'])
  unsubscribe()
})

test('a thread that never yields sees another one’s values in place, and both see its end', async () => {
  const local = threadLocal('polling', { stop: 'u32', polls: 'count' })
  const worker = start('poll-setting.js')
  const { threadId } = worker
  const view = valuesOf(local, threadId)
  await message(worker)
  const polls = view.polls ?? Number.NaN
  while (!((view.polls ?? 0) > polls + 1000)) await new Promise(resolve => setImmediate(resolve))
  local.stop = 1
  await ended(worker)
  const last = totals(local, 'retired').polls
  assert.ok(last > polls + 1000, `${last} polls`)
  assert.equal({ ...view }, { stop: undefined, polls: undefined })
  // Another thread takes the row.
  const { threadId: next } = await startFollower('polling', { stop: 'u32', polls: 'count' })
  assert.equal({ ...view }, { stop: undefined, polls: undefined })
  assert.is(valuesOf(local, next).stop, undefined)
})

test('an error in a callback is an uncaught exception; other callbacks still run, and the row becomes free', async () => {
  const rounds = await inCleanProcess(async () => {
    const { onThreadExit, SlotTable, threadLocal, totals, setDefaultTable } = await import('threadslots')
    const { ended, start } = await import('../support/workers.js')
    const table = SlotTable.create({ maxThreads: 2 })
    setDefaultTable(table)
    const local = threadLocal('jobs', { done: 'u32' })
    const rounds: unknown[][] = []
    const log: unknown[] = []
    process.on('uncaughtException', error => log.push(error.message))
    const fail = (message: string) => () => {
      throw new Error(message)
    }
    onThreadExit(local, fail('first'))
    onThreadExit(local, ({ values }) => log.push(values.done))
    onThreadExit(local, fail('third'))
    for (const _ of [1, 2, 3]) {
      await ended(start('do-job.js'))
      await new Promise(resolve => setImmediate(resolve))
      rounds.push([...log.splice(0).map(String).sort(), totals(local)])
    }
    return rounds
  })
  assert.equal(
    rounds,
    [1, 2, 3].map(done => ['1', 'first', 'third', { done }]),
  )
})

test('an uncaught error in a callback ends the process', async () => {
  const { code, stderr } = await inProcess(async () => {
    const { onThreadExit, threadLocal } = await import('threadslots')
    const { ended, start } = await import('../support/workers.js')
    onThreadExit(threadLocal('jobs', { done: 'u32' }), () => {
      throw new Error('of the callback')
    })
    await ended(start('do-job.js'))
    await new Promise(resolve => setTimeout(resolve, 20_000))
  })
  assert.is(code, 1)
  assert.match(stderr, 'of the callback')
})

test.after.each(endAll)
test.run()
