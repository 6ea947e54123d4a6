// Each thread has its own values, which the page reads separately and together, in one table or several.
import { defaultTable, perThread, SlotTable, totals } from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { answerOf, endAll, KINDS, start, startScript, until, valuesOf } from './start-worker.js'
import { defineJobs } from './tasks.js'

const jobs = defineJobs()
const { buffer } = defaultTable()

for (const kind of KINDS) {
  test(`two ${kind} workers have their own values under one name, and the page reads each and their sum`, async () => {
    const before = totals(jobs).n
    const threads = [1, 2].map(first => start(kind, { buffer, first }))
    await Promise.all(threads.map(({ isReady }) => isReady))
    assert.equal(
      threads.map(thread => valuesOf(jobs, thread)?.n),
      [1, 2],
    )
    assert.is(totals(jobs).n, before + 3)
    assert.is(totals(jobs, 'live').n, 3)
    assert.is(jobs.n, 0, 'the page has its own value')
    const ids = perThread(jobs).map(({ threadId }) => threadId)
    assert.is(new Set([0, ...ids]).size, 3, `the page is 0, the workers are ${ids}`)
    for (const { worker } of threads) worker.terminate()
    await until(() => perThread(jobs).length === 0, 'both rows are free')
  })

  test(`a ${kind} worker that opens two tables several times, by two copies of the package, has one row in each`, async () => {
    const tables = [SlotTable.create({ maxThreads: 4 }), SlotTable.create({ maxThreads: 4 })] as const
    const [one, two] = [tables[0].key('n', 'u32'), tables[1].key('n', 'u32')]
    // Another worker comes first in the second table, so that the worker's ids differ.
    const other = startScript('several-tables', kind)
    const first = answerOf(other)
    other.postMessage({ buffers: [tables[1].buffer], values: [10] })
    await first
    const worker = startScript('several-tables', kind)
    const answer = answerOf(worker)
    worker.postMessage({ buffers: tables.map(({ buffer }) => buffer), values: [1, 2] })
    // It opens each table three times and adds to its slot each time.
    assert.equal(await answer, { rows: [1, 1], areCopies: true })
    assert.equal(tables[0].perThread(one), [{ threadId: 1, value: 3 }])
    assert.equal(tables[1].perThread(two), [
      { threadId: 1, value: 30 },
      { threadId: 2, value: 6 },
    ])
    worker.terminate()
    const retired = () => [tables[0].fold(one, 'retired'), tables[1].fold(two, 'retired')]
    await until(() => retired().every(value => value > 0), 'its row is free in both')
    assert.equal(retired(), [3, 6])
    assert.equal(tables[1].perThread(two), [{ threadId: 1, value: 30 }])
    other.terminate()
    await until(() => retired()[1] === 36, 'the row of the other worker is free')
  })
}

test('a page that opens its table again, also by another copy of the package, keeps its only row', async () => {
  const table = SlotTable.create({ maxThreads: 1 })
  const key = table.key('n', 'u32')
  table.attach().slot(key).add(1)
  const copy: typeof import('threadslots/browser') = await import(
    new URL('workers/package-copy.js', import.meta.url).href
  )
  assert.is.not(copy.SlotTable, SlotTable)
  for (const Table of [SlotTable, copy.SlotTable]) {
    const again = Table.from(table.buffer)
    again.attach().slot(again.key('n', 'u32')).add(1)
  }
  assert.equal(table.perThread(key), [{ threadId: 0, value: 3 }])
})

test.after.each(endAll)
test.run()
