// A page that is served without the two headers, and so shares no memory.

import { hasSharedMemory } from './without-shared-memory.js'

// Only then the package.

import { perThread, SlotTable, setDefaultTable, threadLocal, totals } from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { KINDS, startScript } from './threads.js'

const schema = { n: 'u32', most: { type: 'f64', fold: 'max' } } as const
const HEADERS =
  /Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.*shared: false/

const isRefusal = (error: unknown) => error instanceof TypeError && HEADERS.test(error.message)

test('a page that shares no memory is told what to do, and can have a table for itself', () => {
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
  test(`a ${kind} worker that is sent such a table refuses it: it would count in a copy`, async () => {
    const table = SlotTable.create({ shared: false, maxThreads: 2 })
    const worker = startScript('open-copy', kind)
    const answer = new Promise(resolve => {
      worker.onmessage = ({ data }) => resolve(data)
    })
    worker.postMessage(table.buffer)
    assert.is(await answer, 'TypeError: [object ArrayBuffer] is no SharedArrayBuffer')
    worker.terminate()
  })
}

test.run()
