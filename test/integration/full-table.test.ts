// A full default table ends nobody's program: what has no room counts privately, and readers can tell.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { inCleanProcess, inProcess } from '../support/processes.js'

test('a thread without a row counts privately, reads the others, and warns once', async () => {
  const seen = await inCleanProcess(async () => {
    const { defaultTable, onThreadExit, perThread, setDefaultTable, SlotTable, threadLocal, totals } =
      await import('threadslots')
    const { ended, message, start } = await import('../support/workers.js')
    setDefaultTable(SlotTable.create({ maxThreads: 2, rowBytes: 64, maxKeys: 8 }))
    const local = threadLocal('jobs', { done: 'u32' })
    local.done = 100
    const exits: number[] = []
    onThreadExit(local, ({ values }) => exits.push(values.done as number))
    const workerData = { schema: { done: 'u32' }, amount: 10 }
    const workers = []
    const sights = []
    for (let i = 0; i < 3; i++) {
      const worker = start('count-where-there-is-room.js', workerData)
      workers.push(worker)
      sights.push(await message(worker))
    }
    const during = [totals(local), perThread(local).length, defaultTable().lost]
    for (const worker of workers) {
      worker.postMessage('end')
      await ended(worker)
    }
    await new Promise(resolve => setTimeout(resolve, 20))
    return { sights, during, after: [totals(local), defaultTable().lost], exits }
  })
  const [attached, ...others] =
    seen.sights as import('../support/workers/count-where-there-is-room.js').Sight[]
  assert.equal(attached, {
    own: { done: 11 },
    totals: { done: 111 },
    threads: 2,
    lost: { before: { threads: 0, keys: 0 }, after: { threads: 0, keys: 0 } },
    warnings: [],
  })
  others.forEach((sight, i) => {
    const lost = { threads: i + 1, keys: 0 }
    assert.equal(
      { ...sight, warnings: sight.warnings.length },
      // Its own 11 are missing everywhere but here.
      {
        own: { done: 11 },
        totals: { done: 111 },
        threads: 2,
        lost: { before: lost, after: lost },
        warnings: 1,
      },
    )
    assert.equal(sight.warnings, [
      [
        'the default table has no room for this thread. The values are private and missing from all totals. ' +
          `All threads and keys together need maxThreads ${i + 3}, rowBytes 4 and maxKeys 1. ` +
          'Write this in a module that is imported first: ' +
          'setDefaultTable(SlotTable.create({ maxThreads: 4, rowBytes: 64, maxKeys: 8 }))',
        'THREADSLOTS_FULL',
      ],
    ])
  })
  assert.equal(seen.during, [{ done: 111 }, 2, { threads: 2, keys: 0 }])
  assert.equal(seen.after, [{ done: 111 }, { threads: 2, keys: 0 }])
  assert.equal(seen.exits, [11])
})

test('a definition whose keys get no place counts privately, in every thread that makes it', async () => {
  const seen = await inCleanProcess(async () => {
    const { defaultTable, setDefaultTable, SlotTable, threadLocal, totals } = await import('threadslots')
    const { ended, message, start } = await import('../support/workers.js')
    setDefaultTable(SlotTable.create({ maxThreads: 4, rowBytes: 64, maxKeys: 2 }))
    const other = threadLocal('other', { n: 'u32' })
    const worker = start('count-where-there-is-room.js', { schema: { a: 'u32', b: 'f64' }, amount: 10 })
    const sight = await message(worker)
    other.n = 5
    worker.postMessage('end')
    await ended(worker)
    return [
      sight,
      totals(other),
      defaultTable().lost,
      defaultTable()
        .keys()
        .map(({ name }) => name),
    ]
  })
  const [sight, ...rest] = seen as [import('../support/workers/count-where-there-is-room.js').Sight]
  const warning =
    "the default table has no room for the keys of 'jobs'. The values are private and missing from all totals. " +
    'All threads and keys together need maxThreads 4, rowBytes 16 and maxKeys 3. ' +
    'Write this in a module that is imported first: ' +
    'setDefaultTable(SlotTable.create({ maxThreads: 4, rowBytes: 64, maxKeys: 4 }))'
  assert.equal(sight, {
    own: { a: 11, b: 11 },
    // Private readings have private values.
    totals: { a: 11, b: 11 },
    threads: 1,
    lost: { before: { threads: 0, keys: 0 }, after: { threads: 0, keys: 2 } },
    warnings: [[warning, 'THREADSLOTS_FULL']],
  })
  assert.equal(rest, [{ n: 5 }, { threads: 0, keys: 2 }, ['other.n']])
})

test('whatever is defined in a full table, nothing is thrown but what is wrong anyway', async () => {
  const { result, stderr } = await inProcess(async () => {
    const { setDefaultTable, SlotTable, threadLocal, threadLocalClass, totals, definitionOf, defaultTable } =
      await import('threadslots')
    const { histogram } = await import('threadslots/histogram')
    const table = SlotTable.create({ maxThreads: 1, rowBytes: 16, maxKeys: 3 })
    setDefaultTable(table)
    const seen: unknown[] = []
    const small = threadLocal('a', { x: 'u32' })
    const large = threadLocal('a', { x: 'u32', y: { type: 'f64', length: 1000 } })
    const more = threadLocal('a', {
      x: 'u32',
      y: { type: 'f64', length: 1000 },
      z: { type: 'u32', length: 5000 },
    })
    // The first definition has a place in the table; the second and third are private, and share slots.
    small.x = 1
    large.x = 2
    large.y[999] = 4
    seen.push([small.x, large.x, totals(small).x, totals(large).x, more.z.length])
    class Timed extends threadLocalClass('timed', { ms: histogram({ min: 1, max: 1000, digits: 2 }) }) {}
    const timed = new Timed()
    timed.ms.record(5)
    new Timed().ms.record(7)
    seen.push([
      totals(timed).ms.count,
      definitionOf(timed).table === table,
      definitionOf(small).table === table,
    ])
    for (const wrong of [{ x: 'f64' }, { y: 'u32' }, { ms: 'text' }, { threadId: 'u32' }]) {
      try {
        threadLocal('ms' in wrong ? 'timed' : 'a', wrong as never)
        seen.push('no error')
      } catch (error) {
        seen.push((error as Error).constructor.name)
      }
    }
    try {
      table.key('b', { type: 'u32', length: 4 })
    } catch (error) {
      seen.push([error instanceof RangeError, (error as Error).name])
    }
    seen.push(defaultTable().lost)
    return seen
  })
  assert.equal(result, [
    [1, 2, 1, 2, 5000],
    [2, false, true],
    'TypeError',
    'TypeError',
    'TypeError',
    'TypeError',
    [true, 'RangeError'],
    { threads: 0, keys: 3 },
  ])
  assert.is(stderr.match(/no room/g)?.length, 1, 'one warning names everything that was defined before it')
  assert.match(stderr, /no room for the keys of 'a', 'timed'\./)
})

test('a default table that is full already when it is given to a thread serves that thread as a reader', async () => {
  const seen = await inProcess(async () => {
    const { defaultTable, setDefaultTable, SlotTable, threadLocal, totals } = await import('threadslots')
    const { buffer } = SlotTable.create({ maxThreads: 1 })
    const owner = SlotTable.from(buffer, { threadId: 77 })
    owner.attach().locals({ 'jobs.done': 'u32' })['jobs.done'] = 3
    setDefaultTable(SlotTable.from(buffer))
    const local = threadLocal('jobs', { done: 'u32' })
    local.done++
    let error: unknown
    try {
      defaultTable().attach()
    } catch (thrown) {
      error = thrown instanceof RangeError
    }
    return [local.done, totals(local), defaultTable().lost, error]
  })
  assert.equal(seen.result, [1, { done: 3 }, { threads: 1, keys: 0 }, true])
})

test.run()
