// What the page asks of the browser's locks: twice for each thread, and nothing while nothing happens.

import { asked } from './count-locks.js'

// Only then the package.

import {
  defaultTable,
  perThread,
  SlotTable,
  setDefaultTable,
  supervise,
  threadLocal,
} from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { defineJobs } from './jobs.js'
import { delay, endAll, KINDS, start, until } from './threads.js'

const afterImport = asked.queries
setDefaultTable(SlotTable.create({ maxThreads: 64 }))
const jobs = defineJobs()
const { buffer } = defaultTable()

test('the page holds one lock for itself, however many definitions and objects it makes', () => {
  for (const name of ['a', 'b', 'c']) threadLocal(name, { n: 'u32' })
  for (let i = 0; i < 3; i++) SlotTable.from(buffer).attach()
  supervise(defaultTable())
  assert.is(asked.requests.length, 1)
  assert.match(asked.requests[0] ?? '', /^threadslots\/[\da-f]+\/0$/)
  assert.ok(afterImport <= 1, `${afterImport} queries by the import`)
})

test('a table that is not shared needs no lock, whichever page’s memory it lies in', () => {
  const before = asked.requests.length
  const frame = document.createElement('iframe')
  document.body.append(frame)
  const { ArrayBuffer: Other } = frame.contentWindow as unknown as typeof globalThis
  const buffer = new Other(SlotTable.byteLength())
  assert.not.instance(buffer, ArrayBuffer)
  SlotTable.create({ shared: false, buffer }).attach()
  SlotTable.create({ shared: false }).attach()
  frame.remove()
  assert.is(asked.requests.length, before)
})

for (const kind of KINDS) {
  test(`the page asks for one lock for each ${kind} worker, not for each row, and asks nothing while these are idle`, async () => {
    const before = asked.requests.length
    const threads = [1, 2, 3].map(() => start(kind, { buffer }))
    await Promise.all(threads.map(({ isReady }) => isReady))
    await until(() => asked.requests.length >= before + 3, 'the page waits for three ends')
    const names = asked.requests.slice(before)
    const ids = perThread(jobs).map(({ threadId }) => threadId)
    assert.equal(
      names.map(name => Number(name.replace(/.*\//, ''))).sort((a, b) => a - b),
      ids.sort((a, b) => a - b),
    )
    // Until what looked for them has seen that it need not any more.
    for (let queries = -1; queries !== asked.queries; await delay(50)) queries = asked.queries
    const { queries } = asked
    await delay(300)
    assert.is(asked.queries, queries)
    for (const { worker } of threads) worker.terminate()
    await until(() => perThread(jobs).length === 0, 'all three have ended')
    // Each lock a second time, to be the only supervisor that frees the row.
    assert.equal(asked.requests.slice(before + 3).sort(), names.sort())
    assert.is(asked.queries, queries, 'an end is told of, and not found by a query')
  })
}

test.after.each(endAll)
test.run()
