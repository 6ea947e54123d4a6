// A page that is served without the two headers, so that it can't share memory.

import { hasSharedMemory } from './setup/remove-shared-memory.js'

// The package must be imported after that, so this comment keeps the imports in their order.

import { perThread, SlotTable, setDefaultTable, threadLocal, totals } from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { answerOf, KINDS, startScript } from './start-worker.js'

const schema = { n: 'u32', most: { type: 'f64', fold: 'max' } } as const
const HEADERS =
  /Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.*shared: false/

const isRefusal = (error: unknown) => error instanceof TypeError && HEADERS.test(error.message)

test('a page that can’t share memory is told what to do, and can have a table of its own', () => {
  assert.is(hasSharedMemory, false)
  assert.throws(() => threadLocal('alone', schema), isRefusal)
  assert.throws(() => SlotTable.create(), isRefusal)
  setDefaultTable(SlotTable.create({ shared: false }))
  const local = threadLocal('alone', schema)
  local.n++
  local.most = 7.5
  threadLocal('alone', schema).n++
  assert.equal(totals(local), { n: 2, most: 7.5 })
  assert.equal(perThread(local), [{ threadId: 0, n: 2, most: 7.5 }])
})

for (const kind of KINDS) {
  test(`a ${kind} worker that receives a table that isn’t shared refuses it, because it would count in a copy`, async () => {
    const table = SlotTable.create({ shared: false, maxThreads: 2 })
    const worker = startScript('copied-table', kind)
    const answer = answerOf(worker)
    worker.postMessage(table.buffer)
    assert.is(
      await answer,
      'TypeError: the buffer is an instance of ArrayBuffer; use a genuine SharedArrayBuffer',
    )
    worker.terminate()
  })
}

test.run()
