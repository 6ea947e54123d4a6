// Where there are no Web Locks, everything works except that the page doesn't see threads end: it releases them by hand.

import { locks } from './setup/remove-locks.js'

// The package must be imported after that, so this comment keeps the imports in their order.

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
import { answerOf, endAll, KINDS, startScript } from './start-worker.js'

const local = threadLocal('jobs', { n: 'u32' })

test('without Web Locks, a page is told that it can’t supervise', async () => {
  assert.is(locks, undefined)
  const table = defaultTable()
  const isRefusal = (error: unknown) =>
    error instanceof TypeError && /release\(threadId\)/.test(error.message)
  assert.throws(() => supervise(table), isRefusal)
  assert.ok(isRefusal(await whenSupervised(table).catch(error => error)))
  assert.type(SlotTable.create({ maxThreads: 1 }).attach(), 'object')
})

for (const kind of KINDS) {
  test(`without Web Locks, ${kind} workers count, and the page releases them by hand`, async () => {
    const retired = totals(local, 'retired').n
    const worker = startScript('without-locks', kind)
    const answer = answerOf<string[]>(worker)
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
