// Who sees the ends of a table's threads, in a browser: the thread that made it, another one, several, none.
import { type Key, SlotTable, supervise } from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { delay, endAll, KINDS, type Kind, startScript, until } from './threads.js'
import type { Membership } from './workers/member.js'

async function start(kind: Kind, membership: Membership) {
  const worker = startScript('member', kind)
  const buffer = new Promise<SharedArrayBuffer>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data)
    worker.onerror = ({ message }) => reject(new Error(message))
  })
  worker.postMessage(membership)
  return { worker, buffer: await buffer }
}

const open = (buffer: SharedArrayBuffer) => {
  const table = SlotTable.from(buffer)
  return { table, key: table.key('n', 'u32') }
}

const idsOf = (table: SlotTable, key: Key<'u32'>) => table.perThread(key).map(({ threadId }) => threadId)

/** No lock of a table's thread is held or asked for. */
async function isUnlocked(buffer: SharedArrayBuffer, threadId: number): Promise<boolean> {
  const id = new DataView(buffer).getBigUint64(32, true).toString(16)
  const { held = [], pending = [] } = await navigator.locks.query()
  return ![...held, ...pending].some(({ name }) => name === `threadslots/${id}/${threadId}`)
}

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

  test(`where nobody supervises but the ${kind} worker that made the table, its end is not seen; release is for that`, async () => {
    const { worker, buffer } = await start(kind, { adds: 5 })
    const { table, key } = open(buffer)
    worker.terminate()
    while (!(await isUnlocked(buffer, 0))) await delay(1)
    assert.equal(idsOf(table, key), [0])
    table.release(0)
    assert.equal([idsOf(table, key), table.fold(key, 'retired')], [[], 5])
  })

  test(`a ${kind} worker and the page supervise one table: ends are seen by both, and by one if the other is gone`, async () => {
    const { worker, buffer } = await start(kind, { adds: 5 })
    const { table, key } = open(buffer)
    assert.type(supervise(table), 'function')
    const watcher = await start(kind, { buffer, adds: 6, supervises: true })
    const others = [await start(kind, { buffer, adds: 7 }), await start(kind, { buffer, adds: 8 })]
    assert.equal(idsOf(table, key), [0, 2, 3, 4])
    others[0]?.worker.terminate()
    await until(() => idsOf(table, key).length === 3, 'the first row is free')
    worker.terminate()
    await until(() => idsOf(table, key).length === 2, "the maker's row is free")
    watcher.worker.terminate()
    await until(() => idsOf(table, key).length === 1, "the other supervisor's row is free")
    others[1]?.worker.terminate()
    await until(() => idsOf(table, key).length === 0, 'the last row is free')
    assert.equal([table.fold(key), table.fold(key, 'retired')], [26, 26])
  })

  test(`a page that ends its supervision sees no ${kind} worker end, and sees all of them once it begins anew`, async () => {
    const table = SlotTable.create({ maxThreads: 4 })
    const key = table.key('n', 'u32')
    // It has supervised since it made the table; to ask again is no second supervision.
    const stop = supervise(table)
    assert.is(supervise(table), stop)
    const { buffer } = table
    const before = await start(kind, { buffer, adds: 5 })
    const after = await start(kind, { buffer, adds: 6 })
    stop()
    const unseen = await start(kind, { buffer, adds: 7 })
    before.worker.terminate()
    while (!(await isUnlocked(buffer, 1))) await delay(1)
    assert.equal(idsOf(table, key), [1, 2, 3])
    const stopAgain = supervise(table)
    assert.is.not(stopAgain, stop)
    // What ended another supervision does not end this one.
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
