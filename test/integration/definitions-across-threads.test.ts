// Definitions in several threads: threadLocal, threadLocalClass and setDefaultTable. One name is one definition, with
// values of its own for each thread. Tests that need no second thread are in unit/thread-local.test.ts.
import { perThread, threadLocal, totals } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { matchesError } from '../support/assertions.js'
import { Connection } from '../support/definitions/connection.js'
import { inCleanProcess } from '../support/processes.js'
import { ask, endAll, ended, message, start } from '../support/workers.js'

test('names can be of any script, and are compared code point by code point', async () => {
  const name = 'задача 仕事 🧵'
  const schema = { größe: 'u32', é: 'u32', '\u0065\u0301': 'u32', '🧵': 'u32', '': 'u32' } as const
  const local = threadLocal(name, schema)
  Object.assign(local, { größe: 1, '\u00e9': 2, '\u0065\u0301': 3, '🧵': 4, '': 5 })
  assert.equal(Object.values(local), [1, 2, 3, 4, 5])
  const worker = start('follow-orders.js', { name, schema })
  await message(worker)
  await ask(worker, { set: { größe: 10, '🧵': 40 } })
  assert.equal(totals(local), { größe: 11, '\u00e9': 2, '\u0065\u0301': 3, '🧵': 44, '': 5 })
  worker.postMessage({ end: 'return' })
  await ended(worker)
  assert.throws(() => threadLocal('lone \ud83e', { n: 'u32' }), matchesError(TypeError, /lone/))
})

test('a class that extends a definition runs its constructor in each thread that creates an object', async () => {
  const own = new Connection('main')
  own.query('names')
  const workers = [
    start('make-connection.js', { url: 'first', queries: ['a', 'b'] }),
    start('make-connection.js', { url: 'second', queries: ['c'] }),
  ]
  const exits = workers.map(ended)
  const [first, second] = await Promise.all(workers.map(worker => message(worker)))
  await Promise.all(exits)
  const keys = ['answers', 'queries', 'url']
  assert.equal(first, { keys, queries: 2, answers: ['a of first', 'b of first'], made: 1 })
  assert.equal(second, { keys, queries: 1, answers: ['c of second'], made: 1 })
  assert.equal([own.queries, own.url, [...own.answers.keys()]], [1, 'main', ['names']])
  assert.equal([totals(own), totals(own, 'retired')], [{ queries: 4 }, { queries: 3 }])
  assert.is(new Connection('again').queries, 1, 'all objects of a thread share its slots')
  assert.ok(own instanceof Connection)
})

test('setDefaultTable before the first use makes a table the default, for workers too', async () => {
  const seen = await inCleanProcess(async () => {
    const { defaultTable, SlotTable, threadLocal, totals, setDefaultTable } = await import('threadslots')
    const { ended, start } = await import('../support/workers.js')
    const byteOffset = 65536
    const place = new SharedArrayBuffer(4 * byteOffset)
    const table = SlotTable.create({
      buffer: place,
      byteOffset,
      maxThreads: 2,
      rowBytes: 64,
      maxKeys: 8,
    })
    setDefaultTable(table)
    setDefaultTable(table)
    const local = threadLocal('jobs', { done: 'u32' })
    local.done = 1
    const rows = [await ended(start('do-job.js')), await ended(start('do-job.js'))]
    let refused: unknown
    try {
      setDefaultTable(
        SlotTable.create({ buffer: place, byteOffset: 2 * byteOffset, maxThreads: 2, maxKeys: 8 }),
      )
    } catch (error) {
      refused = error instanceof TypeError
    }
    return [
      defaultTable() === table,
      rows[0] === rows[1],
      totals(local),
      table.keys().map(({ name }) => name),
      refused,
    ]
  })
  assert.equal(seen, [true, true, { done: 3 }, ['jobs.done'], true])
})

test('a worker that imports the module with setDefaultTable keeps the table that it inherited', async () => {
  const seen = await inCleanProcess(async () => {
    const { SlotTable, setDefaultTable, threadLocal, totals } = await import('threadslots')
    const { ended, start } = await import('../support/workers.js')
    setDefaultTable(SlotTable.create({ maxThreads: 4 }))
    const local = threadLocal('jobs', { done: 'u32' })
    await ended(start('create-table-first.js'))
    return totals(local)
  })
  assert.equal(seen, { done: 1 })
})

test('setDefaultTable after the first threadLocal is a TypeError', async () => {
  const seen = await inCleanProcess(async () => {
    const { defaultTable, SlotTable, threadLocal, setDefaultTable } = await import('threadslots')
    threadLocal('first', { n: 'u32' })
    const table = defaultTable()
    try {
      setDefaultTable(SlotTable.create())
      return 'no error'
    } catch (error) {
      return [error instanceof TypeError, String(error).includes('setDefaultTable'), defaultTable() === table]
    }
  })
  assert.equal(seen, [true, true, true])
})

test('300 definitions make 300 objects in one row', async () => {
  const seen = await inCleanProcess(async () => {
    const { defaultTable, perThread, threadLocal, totals } = await import('threadslots')
    const row = defaultTable().attach()
    const locals = Array.from({ length: 300 }, (_, i) =>
      threadLocal(`definition ${i}`, { small: 'u32', big: 'i64', most: { type: 'f64', fold: 'max' } }),
    )
    for (const [i, local] of locals.entries()) {
      local.small += i
      local.big -= BigInt(i)
      local.most = Math.max(local.most, i / 2)
    }
    const wrong = locals.filter((local, i) => {
      const { small, big, most } = totals(local)
      const own = local.small === i && local.big === -BigInt(i) && local.most === i / 2
      return !(own && small === i && big === -BigInt(i) && most === i / 2 && perThread(local).length === 1)
    })
    return [wrong.length, defaultTable().keys().length, defaultTable().attach() === row]
  })
  assert.equal(seen, [0, 900, true])
})

test('a worker sees init where another thread has set a value, and the reverse', async () => {
  const schema = { n: { type: 'i32', init: 7 }, sizes: { type: 'u32', length: 2 } } as const
  const local = threadLocal('apart', schema)
  local.n = 1
  local.sizes[0] = 5
  const worker = start('follow-orders.js', { name: 'apart', schema })
  await message(worker)
  const { n, sizes } = await ask<{ n: number; sizes: Uint32Array }>(worker, { get: ['n', 'sizes'] })
  assert.equal([n, ...sizes], [7, 0, 0])
  await ask(worker, { set: { n: -2, sizes: [0, 6] } })
  assert.equal([local.n, ...local.sizes], [1, 5, 0])
  assert.equal(
    perThread(local).map(({ n }) => n),
    [1, -2],
  )
  worker.postMessage({ end: 'return' })
  await ended(worker)
})

test.after.each(endAll)
test.run()
