// How often the page uses the browser's locks: it requests two for each thread, and does nothing while nothing happens.

import { recorded } from './setup/record-lock-requests.js'

// The package must be imported after that, so this comment keeps the imports in their order.

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
import { delay, endAll, KINDS, start, until } from './start-worker.js'
import { defineJobs } from './tasks.js'

const afterImport = recorded.queries
setDefaultTable(SlotTable.create({ maxThreads: 64 }))
const jobs = defineJobs()
const { buffer } = defaultTable()

test('the page holds one lock for itself, however many definitions and objects it makes', () => {
  for (const name of ['a', 'b', 'c']) threadLocal(name, { n: 'u32' })
  for (let i = 0; i < 3; i++) SlotTable.from(buffer).attach()
  supervise(defaultTable())
  assert.is(recorded.requests.length, 1)
  assert.match(recorded.requests[0] ?? '', /^threadslots\/[\da-f]+\/0$/)
  assert.ok(afterImport <= 1, `${afterImport} queries during the import`)
})

test('a table that is not shared needs no lock, even in the memory of another page', () => {
  const before = recorded.requests.length
  const frame = document.createElement('iframe')
  document.body.append(frame)
  const { ArrayBuffer: Other } = frame.contentWindow as unknown as typeof globalThis
  const buffer = new Other(SlotTable.byteLength())
  assert.not.instance(buffer, ArrayBuffer)
  SlotTable.create({ shared: false, buffer }).attach()
  SlotTable.create({ shared: false }).attach()
  frame.remove()
  assert.is(recorded.requests.length, before)
})

for (const kind of KINDS) {
  test(`the page requests one lock for each ${kind} worker, not for each row, and is idle while the workers are`, async () => {
    const started = performance.now()
    const before = recorded.requests.length
    const threads = [1, 2, 3].map(() => start(kind, { buffer }))
    await Promise.all(threads.map(({ isReady }) => isReady))
    await until(() => recorded.requests.length >= before + 3, 'the page has requested three locks')
    const names = recorded.requests.slice(before)
    const ids = perThread(jobs).map(({ threadId }) => threadId)
    assert.equal(
      names.map(name => Number(name.replace(/.*\//, ''))).sort((a, b) => a - b),
      ids.sort((a, b) => a - b),
    )
    // A search for a worker's lock makes one more query, at the latest after half the time that it has taken so far.
    const searchEnds = () => delay((performance.now() - started) / 2 + 100)
    for (let queries = -1; queries !== recorded.queries; await searchEnds()) queries = recorded.queries
    const { queries } = recorded
    await searchEnds()
    assert.is(recorded.queries, queries)
    for (const { worker } of threads) worker.terminate()
    await until(() => perThread(jobs).length === 0, 'all three have ended')
    // It requests each lock a second time, so that only one supervisor frees the row.
    assert.equal(recorded.requests.slice(before + 3).sort(), names.sort())
    assert.is(recorded.queries, queries, 'the browser reports an end; no query finds it')
  })
}

test.after.each(endAll)
test.run()
