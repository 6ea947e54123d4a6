// Workers that end: the page keeps their counts, frees their rows soon, and is told of each.
import { defaultTable, onThreadExit, SlotTable, setDefaultTable, totals } from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { checkDelays, end } from './exit-delays.js'
import { endAll, KINDS, start, sumsOf, until, valuesOf } from './start-worker.js'
import { defineJobs } from './tasks.js'

// There are so few rows that those of dead workers must be used again.
setDefaultTable(SlotTable.create({ maxThreads: 6 }))
const jobs = defineJobs()
const { buffer } = defaultTable()
const exits: { threadId: number; n: number | undefined; mark: number | undefined }[] = []
onThreadExit(jobs, ({ threadId, values }) => exits.push({ threadId, n: values.n, mark: values.mark }))

const exitsOf = (mark: number) => exits.filter(exit => exit.mark === mark)

for (const kind of KINDS) {
  test(`totals rise and never fall while ${kind} workers count without a pause, and keep the counts when they end`, async () => {
    const threads = [1, 2].map(() => start(kind, { buffer, end: 'spin' }))
    await Promise.all(threads.map(({ isReady }) => isReady))
    let last = totals(jobs).n
    for (let rises = 0; rises < 50; rises++) {
      await until(() => totals(jobs).n !== last, 'the sum changes')
      const now = totals(jobs).n
      assert.ok(now > last, `from ${last} to ${now}`)
      last = now
    }
    for (const thread of threads) {
      const { threadId = -1 } = valuesOf(jobs, thread) ?? {}
      const { retired } = sumsOf(jobs)
      await end(jobs, thread, 'spinning')
      const [exit, ...more] = exitsOf(thread.mark)
      assert.equal([exit?.threadId, more], [threadId, []])
      const ahead = Number(exit?.n) - thread.count()
      assert.ok(ahead === 0 || ahead === 1, `${exit?.n} in its slot, ${thread.count()} in its log`)
      assert.is(sumsOf(jobs).retired, retired + Number(exit?.n))
    }
    const { live, all, retired } = sumsOf(jobs)
    assert.equal([live, all], [0, retired])
  })

  test(`${kind} workers that come one after the other use the same row, with ids that are never used again`, async () => {
    const before = exits.length
    const seen: { address: number; threadId: number | undefined }[] = []
    for (let round = 1; round <= 15; round++) {
      const { retired } = sumsOf(jobs)
      const thread = start(kind, { buffer, first: round, hasOwnLock: true })
      await thread.isReady
      seen.push({ address: thread.address(), threadId: valuesOf(jobs, thread)?.threadId })
      await end(jobs, thread, 'idle')
      assert.equal(sumsOf(jobs), { all: retired + round, live: 0, retired: retired + round })
    }
    assert.is(new Set(seen.map(({ address }) => address)).size, 1)
    const ids = exits.map(({ threadId }) => threadId)
    assert.is(new Set(ids).size, ids.length)
    assert.equal(
      exits.slice(before).map(({ threadId, n }) => [threadId, n]),
      seen.map(({ threadId }, i) => [threadId, i + 1]),
    )
  })

  test(`the page sees the end of a ${kind} worker that closes itself`, async () => {
    const { retired } = sumsOf(jobs)
    const thread = start(kind, { buffer, first: 7, end: 'close' })
    await thread.isReady
    await until(() => !valuesOf(jobs, thread), 'its row is free')
    assert.equal(sumsOf(jobs), { all: retired + 7, live: 0, retired: retired + 7 })
    assert.is(exitsOf(thread.mark).length, 1)
  })

  test(`a ${kind} worker that throws lives on and keeps its row`, async () => {
    const thread = start(kind, { buffer, hasOwnLock: true, end: 'throw' })
    const thrown = new Promise<string>(resolve => {
      thread.worker.addEventListener('error', event => {
        event.preventDefault()
        resolve(event.message)
      })
    })
    await thread.isReady
    assert.match(await thrown, /thrown on purpose/)
    thread.worker.postMessage('count once more')
    await until(() => thread.count() === 2, 'it counts on')
    assert.is(valuesOf(jobs, thread)?.n, 2)
    const other = start(kind, { buffer, hasOwnLock: true })
    await other.isReady
    assert.is.not(other.address(), thread.address())
    await end(jobs, other, 'idle')
    assert.is(valuesOf(jobs, thread)?.n, 2)
    await end(jobs, thread, 'idle')
  })

  test(`a ${kind} worker that counts at once and never returns keeps its row for as long as it runs`, async () => {
    const thread = start(kind, { buffer, isSupervised: false, end: 'spin' })
    await until(() => valuesOf(jobs, thread), 'it counts')
    const { threadId = -1 } = valuesOf(jobs, thread) ?? {}
    // While others come and go, the page probes this one several times.
    for (let round = 0; round < 5; round++) {
      const other = start(kind, { buffer, hasOwnLock: true })
      await other.isReady
      assert.is.not(other.address(), thread.address())
      await end(jobs, other, 'idle')
      const count = thread.count()
      await until(() => thread.count() > count, 'it counts on')
      const values = valuesOf(jobs, thread)
      assert.is(values?.threadId, threadId)
      assert.ok(Number(values?.n) >= count, `${values?.n} in its slot, earlier ${count} in its log`)
    }
    await end(jobs, thread, 'spinning')
    const [exit] = exitsOf(thread.mark)
    const ahead = Number(exit?.n) - thread.count()
    assert.ok(ahead === 0 || ahead === 1, `${exit?.n} in its slot, ${thread.count()} in its log`)
    assert.is(sumsOf(jobs).live, 0)
  })
}

test(
  'the row of an idle worker is free less than 100 ms after the browser releases its locks, in the median',
  checkDelays,
)

test.after.each(endAll)
test.run()
