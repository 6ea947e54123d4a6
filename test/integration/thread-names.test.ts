// Thread names: given by the runtime or by `nameThread`, and shown for running threads and for those that end.
import * as workerThreads from 'node:worker_threads'
import { nameThread, onThreadExit, perThread, SlotTable, setDefaultTable, threadLocal } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { asThread } from '../support/as-thread.js'
import { throws } from '../support/assertions.js'
import { endAll, ended, message, start } from '../support/workers.js'

/** Whether the runtime tells a thread its name. Node does since 22.20 and 24.6. */
const tellsNames = 'threadName' in workerThreads

const table = SlotTable.create({ maxThreads: 16, rowBytes: 64, maxKeys: 8 })
setDefaultTable(table)
const local = threadLocal('named', { done: 'count' })
const nameOf = (id: number) => perThread(local).find(({ threadId }) => threadId === id)?.threadName

test.after.each(endAll)

test('a thread without a name has no threadName', () => {
  local.done++
  assert.equal(perThread(local), [{ threadId: 0, done: 1 }])
  assert.equal(Object.keys(perThread(local)[0] ?? {}), ['threadId', 'done'])
})

test('nameThread names a thread that has a row, at any time, and again', () => {
  for (const name of ['main', 'the main thread', 'größe €', '', 'm']) {
    nameThread(name)
    assert.is(nameOf(0), name || undefined)
  }
  const key = table.keys()[0]
  assert.equal(table.perThread(key as never), [{ threadId: 0, threadName: 'm', value: 1 }])
  assert.equal(asThread(table, 99).snapshot().threads, [
    { threadId: 0, threadName: 'm', values: { 'named.done': 1 } },
  ])
})

test('a name keeps up to 120 bytes of UTF-8, cut between two code points', () => {
  for (const [name, kept] of [
    ['x'.repeat(120), 120],
    ['x'.repeat(121), 120],
    ['é'.repeat(61), 60],
    [`x${'😀'.repeat(30)}`, 59],
  ] as const) {
    nameThread(name)
    assert.is(nameOf(0), name.slice(0, kept))
  }
})

test('a name that is not a well-formed string is a TypeError, and the thread keeps its name', () => {
  nameThread('kept')
  for (const name of [undefined, null, 5, new String('a'), '\ud800', {}])
    throws(() => nameThread(name as never), TypeError, /the thread's name is .*; use a well-formed string/)
  assert.is(nameOf(0), 'kept')
})

test('a row that is handed over doesn’t keep the name of its last owner', () => {
  const own = SlotTable.create({ maxThreads: 2, rowBytes: 64, maxKeys: 8, threadId: 50 })
  const key = own.key('n', 'u32')
  nameThread('first')
  asThread(own, 1).attach().slot(key).value = 1
  nameThread('')
  assert.equal(own.perThread(key), [{ threadId: 1, threadName: 'first', value: 1 }])
  own.release(1)
  asThread(own, 2).attach().slot(key).value = 2
  assert.equal(own.perThread(key), [{ threadId: 2, value: 2 }])
})

for (const isNamedFirst of [true, false]) {
  test(`a worker that names itself ${isNamedFirst ? 'before' : 'after'} it counts is shown by that name, and when it ends`, async () => {
    const exits: unknown[] = []
    const stop = onThreadExit(local, exit => exits.push(exit))
    const worker = start('name-itself.js', { name: 'decoder 2', isNamedFirst })
    const { threadId } = worker
    await message(worker)
    assert.is(nameOf(threadId), 'decoder 2')
    await worker.terminate()
    await new Promise(resolve => setTimeout(resolve, 20))
    assert.equal(exits, [{ threadId, threadName: 'decoder 2', values: { done: 1 } }])
    stop()
  })
}

test(`a worker has the name that it was started with${tellsNames ? '' : ', where the runtime tells it'}`, async () => {
  const worker = start('name-itself.js', {}, { name: 'resizer' } as object)
  await message(worker)
  assert.is(nameOf(worker.threadId), tellsNames ? 'resizer' : undefined)
  worker.postMessage('end')
  await ended(worker)
})

test('a worker that was started without a name has none', async () => {
  const worker = start('name-itself.js', {})
  await message(worker)
  assert.is(nameOf(worker.threadId), undefined)
})

test('nameThread wins over the name that a worker was started with', async () => {
  const worker = start('name-itself.js', { name: 'own' }, { name: 'given' } as object)
  await message(worker)
  assert.is(nameOf(worker.threadId), 'own')
})

test.run()
