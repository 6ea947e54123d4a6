// The supervisor of a table, which sees its threads end, can be the thread that made it, another one, several, or none.
import { type Key, SlotTable, supervise } from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { lockNameOf, usedLocks } from './lock-names.js'
import { answerOf, endAll, KINDS, type Kind, startScript, until } from './start-worker.js'
import type { TableUse } from './workers/table-user.js'

async function start(kind: Kind, use: TableUse) {
  const worker = startScript('table-user', kind)
  const buffer = answerOf<SharedArrayBuffer>(worker)
  worker.postMessage(use)
  return { worker, buffer: await buffer }
}

const open = (buffer: SharedArrayBuffer) => {
  const table = SlotTable.from(buffer)
  return { table, key: table.key('n', 'u32') }
}

const idsOf = (table: SlotTable, key: Key<'u32'>) => table.perThread(key).map(({ threadId }) => threadId)

/** Waits until the lock of a thread is neither held nor requested. */
const untilUnlocked = (buffer: SharedArrayBuffer, threadId: number): Promise<number> =>
  until(
    async () => !(await usedLocks()).has(lockNameOf(buffer, threadId)),
    `the lock of thread ${threadId} is released`,
  )

for (const kind of KINDS) {
  test(`the page supervises a table that a ${kind} worker made, and sees that one end`, async () => {
    const { worker, buffer } = await start(kind, { adds: 5 })
    const { table, key } = open(buffer)
    supervise(table)
    table.attach().slot(key).add(1)
    assert.equal(idsOf(table, key), [0, 1])
    worker.terminate()
    await until(() => idsOf(table, key).length === 1, 'its row is free')
    assert.equal([table.fold(key), table.fold(key, 'retired')], [6, 5])
  })

  test(`if only the ${kind} worker that made a table supervises it, nothing sees that worker end, and release() is needed`, async () => {
    const { worker, buffer } = await start(kind, { adds: 5 })
    const { table, key } = open(buffer)
    worker.terminate()
    await untilUnlocked(buffer, 0)
    assert.equal(idsOf(table, key), [0])
    table.release(0)
    assert.equal([idsOf(table, key), table.fold(key, 'retired')], [[], 5])
  })

  test(`a ${kind} worker and the page supervise one table, and rows become free as long as one of them is left`, async () => {
    const { worker, buffer } = await start(kind, { adds: 5 })
    const { table, key } = open(buffer)
    assert.type(supervise(table), 'function')
    const supervisor = await start(kind, { buffer, adds: 6, supervises: true })
    const others = [await start(kind, { buffer, adds: 7 }), await start(kind, { buffer, adds: 8 })]
    assert.equal(idsOf(table, key), [0, 2, 3, 4])
    others[0]?.worker.terminate()
    await until(() => idsOf(table, key).length === 3, 'the first row is free')
    worker.terminate()
    await until(() => idsOf(table, key).length === 2, "the maker's row is free")
    supervisor.worker.terminate()
    await until(() => idsOf(table, key).length === 1, "the other supervisor's row is free")
    others[1]?.worker.terminate()
    await until(() => idsOf(table, key).length === 0, 'the last row is free')
    assert.equal([table.fold(key), table.fold(key, 'retired')], [26, 26])
  })

  test(`a page that stops supervising sees no ${kind} worker end, and sees all of the ends once it supervises again`, async () => {
    const table = SlotTable.create({ maxThreads: 4 })
    const key = table.key('n', 'u32')
    // The page has supervised since it made the table, so this starts no second supervision.
    const stop = supervise(table)
    assert.is(supervise(table), stop)
    const { buffer } = table
    const before = await start(kind, { buffer, adds: 5 })
    const after = await start(kind, { buffer, adds: 6 })
    stop()
    const unseen = await start(kind, { buffer, adds: 7 })
    before.worker.terminate()
    await untilUnlocked(buffer, 1)
    assert.equal(idsOf(table, key), [1, 2, 3])
    const stopAgain = supervise(table)
    assert.is.not(stopAgain, stop)
    // The first supervision's function doesn't stop the second one.
    stop()
    assert.is(supervise(table), stopAgain)
    after.worker.terminate()
    unseen.worker.terminate()
    await until(() => idsOf(table, key).length === 0, 'all rows are free')
    assert.equal([table.fold(key), table.fold(key, 'retired')], [18, 18])
  })
}

test.after.each(endAll)
test.run()
