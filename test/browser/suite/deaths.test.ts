// Deaths of workers in a browser: what is kept, what is freed, who is told, and how soon.
import { defaultTable, onThreadExit, SlotTable, setDefaultTable, totals } from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { end, reportDelays } from './deaths.js'
import { defineJobs } from './jobs.js'
import { endAll, KINDS, start, sumsOf, until, valuesOf } from './threads.js'

// So few rows that those of the dead have to be used again.
setDefaultTable(SlotTable.create({ maxThreads: 6 }))
const jobs = defineJobs()
const { buffer } = defaultTable()
const exits: { threadId: number; n: number | undefined; mark: number | undefined }[] = []
onThreadExit(jobs, ({ threadId, values }) => exits.push({ threadId, n: values.n, mark: values.mark }))

const exitsOf = (mark: number) => exits.filter(exit => exit.mark === mark)

for (const kind of KINDS) {
  test(`totals rise and never fall while ${kind} workers count without a pause, and their ends keep them`, async () => {
    const threads = [1, 2].map(() => start(kind, { buffer, end: 'spin' }))
    await Promise.all(threads.map(({ isReady }) => isReady))
    let last = totals(jobs).n
    for (let rises = 0; rises < 50; ) {
      await until(() => totals(jobs).n !== last, 'the sum changes')
      const now = totals(jobs).n
      assert.ok(now > last, `from ${last} to ${now}`)
      last = now
      rises++
    }
    for (const thread of threads) {
      const { threadId = -1 } = valuesOf(jobs, thread) ?? {}
      const { retired } = sumsOf(jobs)
      await end(jobs, thread, 'spinning')
      const [exit, ...more] = exitsOf(thread.mark)
      assert.equal([exit?.threadId, more], [threadId, []])
      const left = Number(exit?.n) - thread.count()
      assert.ok(left === 0 || left === 1, `${exit?.n} in its slot, ${thread.count()} beside the table`)
      assert.is(sumsOf(jobs).retired, retired + Number(exit?.n))
    }
    const { live, all, retired } = sumsOf(jobs)
    assert.equal([live, all], [0, retired])
  })

  test(`${kind} workers that come one after the other take the same row, under ids that never come again`, async () => {
    const before = exits.length
    const seen: { address: number; threadId: number | undefined }[] = []
    for (let round = 1; round <= 15; round++) {
      const { retired } = sumsOf(jobs)
      const thread = start(kind, { buffer, first: round })
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

  test(`a ${kind} worker that closes itself is seen to end`, async () => {
    const { retired } = sumsOf(jobs)
    const thread = start(kind, { buffer, first: 7, end: 'close' })
    await thread.isReady
    await until(() => !valuesOf(jobs, thread), 'its row is free', 2_000)
    assert.equal(sumsOf(jobs), { all: retired + 7, live: 0, retired: retired + 7 })
    assert.is(exitsOf(thread.mark).length, 1)
  })

  test(`a ${kind} worker that throws lives on, and keeps its row`, async () => {
    const thread = start(kind, { buffer, end: 'throw' })
    const thrown = new Promise<string>(resolve => {
      thread.worker.addEventListener('error', event => {
        event.preventDefault()
        resolve(event.message)
      })
    })
    await thread.isReady
    assert.match(await thrown, /thrown on purpose/)
    thread.worker.postMessage('one more')
    await until(() => thread.count() === 2, 'it counts on')
    assert.is(valuesOf(jobs, thread)?.n, 2)
    const other = start(kind, { buffer })
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
    // Others come and go meanwhile, and what looks for the end of this one has looked several times.
    for (let round = 0; round < 5; round++) {
      const other = start(kind, { buffer })
      await other.isReady
      assert.is.not(other.address(), thread.address())
      await end(jobs, other, 'idle')
      const count = thread.count()
      await until(() => thread.count() > count, 'it counts on')
      const values = valuesOf(jobs, thread)
      assert.is(values?.threadId, threadId)
      assert.ok(Number(values?.n) >= count, `${values?.n} in its slot, ${count} before beside the table`)
    }
    await end(jobs, thread, 'spinning')
    const [exit] = exitsOf(thread.mark)
    const left = Number(exit?.n) - thread.count()
    assert.ok(left === 0 || left === 1, `${exit?.n} in its slot, ${thread.count()} beside the table`)
    assert.is(sumsOf(jobs).live, 0)
  })
}

test('an idle worker is seen to end in less than 100 ms, in the median', reportDelays)

test.after.each(endAll)
test.run()
