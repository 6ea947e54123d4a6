// What Python's `threading.local` guarantees, as users of this package see it. guarantees.ts lists the tests of each.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { defaultTable, perThread, SlotTable, threadLocal, totals } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { retryUntilMade } from '../support/definitions/fails-at-first.js'
import { place, local as queens, SIZE } from '../support/definitions/queens.js'
import { inCleanProcess } from '../support/processes.js'
import { ask, endAll, ended, endedAnyhow, message, start } from '../support/workers.js'
import { guarantees } from './threading-local/guarantees.js'

test('every guarantee has the tests that are named for it', () => {
  for (const [guarantee, tests] of Object.entries(guarantees)) {
    assert.ok(tests.length > 0, guarantee)
    for (const [file, name] of tests) {
      const source = readFileSync(join(import.meta.dirname, `../../../test/${file}.test.ts`), 'utf8')
      assert.ok(source.includes(`'${name}',`), `${guarantee}: no '${name}' in ${file}`)
    }
  }
})

// local = threading.local() passed to threads as an argument

test('in a table that is passed to threads as an argument, each thread has its own values', async () => {
  const table = SlotTable.create({ maxThreads: 3, rowBytes: 64, maxKeys: 4 })
  const own = table.attach().locals({ value: 'f64' })
  own.value = 33
  const { buffer } = table
  const workers = [1, 2].map(value => start('store-value-in-table.js', { buffer, value }))
  const exits = workers.map(ended)
  assert.equal(await Promise.all(workers.map(worker => message(worker))), [0, 0], 'each finds init')
  own.value++
  const values = await Promise.all(workers.map(worker => ask(worker, 'what do you have?')))
  assert.equal([...values, own.value], [1, 2, 34])
  await Promise.all(exits)
})

// Any attribute name, any object as value

test('a property outside the schema has any name, holds anything, and belongs to one thread', async () => {
  const schema = { n: 'u32' } as const
  const local: { [name: string | symbol]: unknown } = threadLocal('private', schema)
  const names = ['a.b', '', '0', 'threadId', 'then', '__dict__', 'größe', Symbol('own'), Symbol.iterator]
  const values = [
    new Map(),
    null,
    undefined,
    local,
    () => 1,
    Symbol('value'),
    new Error('held'),
    5n,
    Number.NaN,
  ]
  for (const [i, name] of names.entries()) local[name] = values[i]
  local.note = values
  for (const [i, name] of names.entries()) assert.ok(Object.is(local[name], values[i]), String(name))

  const worker = start('follow-orders.js', { name: 'private', schema })
  await message(worker)
  const get = ['note', 'a.b', '__dict__']
  const nothing = { note: undefined, 'a.b': undefined, __dict__: undefined }
  assert.equal(await ask(worker, { get }), nothing)
  assert.equal(await ask(worker, { set: { note: 'its own' }, get }), { ...nothing, note: 'its own' })
  assert.is(local.note, values)
  assert.equal(
    totals(threadLocal('private', schema)),
    { n: 0 },
    'properties outside the schema are not counted',
  )
  await worker.terminate()
})

// del local.x

test('reset sets a slot to init, in this thread only', async () => {
  const schema = { value: { type: 'f64', init: 0.5 } } as const
  const local = threadLocal('deleted', schema)
  const worker = start('follow-orders.js', { name: 'deleted', schema })
  await message(worker)
  await ask(worker, { set: { value: 8 } })
  local.value = 33
  const table = defaultTable()
  table.attach().slot(table.key('deleted.value', schema.value)).reset()
  assert.equal([local.value, totals(local).value], [0.5, 8.5])
  assert.equal(await ask(worker, { get: ['value'] }), { value: 8 })
  local.value++
  assert.is(local.value, 1.5)
  await worker.terminate()
})

// A subclass's __init__ runs once in each thread; if it throws, the next use tries again

test('a constructor that failed in one thread can be tried again there, and runs normally in others', async () => {
  const { fragile, errors } = retryUntilMade('main', 1)
  const workers = [
    start('retry-constructor.js', { name: 'a', failures: 2 }),
    start('retry-constructor.js', { name: 'b', failures: 0 }),
  ]
  const exits = workers.map(ended)
  const seen = await Promise.all(workers.map(worker => message(worker)))
  await Promise.all(exits)
  assert.equal([{ ...fragile }, errors], [{ calls: 2, name: 'main' }, ['main failed']])
  assert.equal(seen, [
    { shown: { calls: 3, name: 'a' }, errors: ['a failed', 'a failed'] },
    { shown: { calls: 1, name: 'b' }, errors: [] },
  ])
  assert.equal([totals(fragile), totals(fragile, 'retired')], [{ calls: 6 }, { calls: 4 }])
})

// local.__dict__

test('however a thread shows its object, it sees its own values', async () => {
  const local = threadLocal('shown', { hits: 'u32', ms: 'f64' })
  Object.assign(local, { hits: 1, ms: 0.5, note: 'of main' })
  const worker = start('show-local.js', { hits: 2, mark: 'of the worker' })
  const end = ended(worker)
  assert.equal(await message(worker), [
    ['hits', 'ms', 'mark'],
    { hits: 2, ms: 0, mark: 'of the worker' },
    '{"hits":2,"ms":0,"mark":"of the worker"}',
    "{ hits: 2, ms: 0, mark: 'of the worker' }",
  ])
  await end
  assert.equal({ ...local }, { hits: 1, ms: 0.5, note: 'of main' })
  assert.equal(
    [Object.keys(local), JSON.parse(JSON.stringify(local))],
    [['hits', 'ms', 'note'], { ...local }],
  )
  assert.is(inspect(local), "{ hits: 1, ms: 0.5, note: 'of main' }")
})

// A thread's values go when it ends; nothing keeps them

test('an unreachable object and what it held are collected, while its slots are kept', async () => {
  const seen = await inCleanProcess(async () => {
    const { threadLocal, threadLocalClass, totals } = await import('threadslots')
    const refs: WeakRef<object>[] = []
    const Local = threadLocalClass('forgotten', { n: 'u32' })
    const make = () => {
      for (let i = 0; i < 50; i++) {
        const local: { n: number; held?: object } =
          i % 2 ? new Local() : threadLocal('forgotten', { n: 'u32' })
        local.n++
        // A cycle, which reference counting alone would never collect.
        local.held = { local }
        refs.push(new WeakRef(local), new WeakRef(local.held))
      }
    }
    make()
    for (let i = 0; i < 10; i++) {
      await new Promise(resolve => setTimeout(resolve, 5))
      ;(globalThis as { gc?: () => void }).gc?.()
    }
    return [refs.filter(ref => ref.deref() !== undefined).length, totals(new Local())]
  }, ['--expose-gc'])
  assert.equal(seen, [0, { n: 50 }])
})

// Uses: a partial solution to a larger problem; temporary variables

test('threads solve parts of a problem through one global definition, each with its own temporary variables', async () => {
  const gate = new Int32Array(new SharedArrayBuffer(4))
  const parts = [
    [2, 3, 4, 5],
    [6, 7, 8, 9],
  ].map(columns => ({ columns, gate, opensAt: 3 }))
  const workers = parts.map(part => start('place-queens.js', part))
  const threadIds = workers.map(({ threadId }) => threadId)
  const solved = Promise.all(workers.map(worker => message(worker)))
  // This thread solves its own part at the same time, with the same functions.
  while (Atomics.load(gate, 0) < 2) await new Promise(resolve => setImmediate(resolve))
  Atomics.add(gate, 0, 1)
  Atomics.notify(gate, 0)
  for (const column of [0, 1]) place(column)
  await solved
  const byThread = new Map(perThread(queens).map(({ threadId, solutions }) => [threadId, solutions]))
  // The numbers of solutions by the first queen's column are 64, 48, 65, 93, 92, and the same in reverse.
  assert.equal(
    [0, ...threadIds].map(threadId => byThread.get(threadId)),
    [112, 342, 270],
  )
  assert.equal([totals(queens), queens.row, queens.columns.length], [{ solutions: 724 }, 0, SIZE])
  await Promise.all(workers.map(worker => worker.terminate()))
  assert.equal([totals(queens), totals(queens, 'live')], [{ solutions: 724 }, { solutions: 112 }])
})

// Use: handles of external resources

test('each thread has its own connection, which closes with it, while its count is kept', async () => {
  const connections: { text: string }[] = []
  const received = () => connections.map(({ text }) => text).sort()
  const server = createServer(socket => {
    const connection = { text: '' }
    connections.push(connection)
    socket.setEncoding('utf8').on('data', text => {
      connection.text += text
      server.emit('query')
    })
    // A terminated thread may not close its connection properly.
    socket.on('error', () => {}).on('close', () => server.emit('gone'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const lists = [
    ['a', 'b', 'c'],
    ['d', 'e'],
  ]
  const workers = lists.map(queries => start('query-server.js', { port, queries }))
  const ends = workers.map(endedAnyhow)
  while (received().join('').length < 10) await once(server, 'query')
  assert.equal(received(), ['a;b;c;', 'd;e;'], 'one connection for each thread')
  const client = threadLocal('client', { queries: 'u32' })
  assert.equal([totals(client), totals(client, 'retired')], [{ queries: 5 }, { queries: 0 }])

  for (const [i, worker] of workers.entries()) {
    const closed = once(server, 'gone')
    if (i === 0) worker.postMessage('exit')
    else void worker.terminate()
    await Promise.all([closed, ends[i]])
  }
  assert.equal([totals(client), totals(client, 'retired')], [{ queries: 5 }, { queries: 5 }])
  server.close()
  await once(server, 'close')
})

test.after.each(endAll)
test.run()
