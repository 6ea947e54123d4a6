// Where there are no Web Locks: all but the ends of threads works, and those are told of by hand.

import { locks } from './without-locks.js'

// Only then the package.

import {
  defaultTable,
  perThread,
  SlotTable,
  supervise,
  threadLocal,
  totals,
  whenSupervised,
} from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { endAll, KINDS, startScript } from './threads.js'

const local = threadLocal('jobs', { n: 'u32' })

test('without Web Locks, a page is told that it can not supervise', async () => {
  assert.is(locks, undefined)
  const table = defaultTable()
  const isRefusal = (error: unknown) =>
    error instanceof TypeError && /release\(threadId\)/.test(error.message)
  assert.throws(() => supervise(table), isRefusal)
  assert.ok(isRefusal(await whenSupervised(table).catch(error => error)))
  assert.type(SlotTable.create({ maxThreads: 1 }).attach(), 'object')
})

for (const kind of KINDS) {
  test(`without Web Locks, ${kind} workers count, and are released by hand`, async () => {
    const retired = totals(local, 'retired').n
    const worker = startScript('lockless', kind)
    const answer = new Promise<string[]>(resolve => {
      worker.onmessage = ({ data }) => resolve(data)
    })
    worker.postMessage(defaultTable().buffer)
    const refusals = await answer
    assert.is(refusals.length, 2)
    for (const refusal of refusals) assert.match(refusal, /^TypeError: .*release\(threadId\)/)
    const [thread] = perThread(local)
    assert.is(thread?.n, 5)
    worker.terminate()
    defaultTable().release(thread?.threadId ?? -1)
    assert.equal([perThread(local), totals(local, 'retired').n], [[], retired + 5])
  })
}

test.after.each(endAll)
test.run()
