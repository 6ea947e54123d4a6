// How the default table finds its way to workers, and their death its way back; on a server.
import { defaultTable, onThreadExit, perThread, totals } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { testTerminated } from '../support/skip.js'
import { jobs } from '../support/workers/jobs.js'
import type { LineData } from '../support/workers/line.js'
import { runPool } from '../support/workers/pool.js'
import { endAll, ended, gone, inCleanProcess, inProcess, message, start } from '../support/workers/run.js'

const done = () => totals(jobs).done

interface LineMessage {
  readonly ids: number[]
  readonly seen: { before: number; after: number; running: number[] }
}

test('a worker has the default table with no code but the import of the definition', async () => {
  const before = done()
  await ended(start('do-job.js'))
  assert.is(done(), before + 1)
  assert.is(totals(jobs, 'live').done, 0)
})

test('a worker has the default table whoever starts it, and its death is seen', async () => {
  const before = done()
  const told = new Map<number, unknown>()
  const unsubscribe = onThreadExit(jobs, ({ threadId, values }) => told.set(threadId, values))
  const ran = await runPool()
  unsubscribe()
  for (const { way, threadId } of ran) assert.equal(told.get(threadId), { done: 1 }, way)
  assert.is(told.size, ran.length)
  assert.is(done(), before + ran.length)
})

test('workers of workers count in the same table, which their parents read', async () => {
  const before = done()
  const worker = start('line.js', { below: 2, ending: 'end' } satisfies LineData)
  const over = ended(worker)
  const { ids, seen } = await message<LineMessage>(worker)
  await over
  assert.is(ids.length, 3)
  assert.is(done(), before + 3)
  assert.equal(seen, { before: before + 3, after: before + 3, running: [ids[0]] })
})

test('a worker that ends is told of in the thread that started it, and not above', async () => {
  const told: number[] = []
  const unsubscribe = onThreadExit(jobs, ({ threadId }) => told.push(threadId))
  const worker = start('line.js', { below: 1, ending: 'end' } satisfies LineData)
  const over = ended(worker)
  const { ids } = await message<LineMessage>(worker)
  await over
  unsubscribe()
  assert.equal(told, [ids[0]])
})

testTerminated(
  'when a worker is terminated, its workers are told of with it, and count as dead',
  async () => {
    for (const ending of ['stay', 'spin'] as const) {
      const before = [done(), totals(jobs, 'retired').done]
      const told: { threadId: number; done: number | undefined }[] = []
      const unsubscribe = onThreadExit(jobs, ({ threadId, values }) => {
        told.push({ threadId, done: values.done })
      })
      const worker = start('line.js', { below: 2, ending } satisfies LineData)
      const { ids } = await message<LineMessage>(worker)
      assert.equal(
        perThread(jobs).map(({ threadId }) => threadId),
        ids,
        'all three are running',
      )
      await worker.terminate()
      unsubscribe()
      assert.equal(
        told,
        ids.map(threadId => ({ threadId, done: 1 })),
      )
      assert.equal([done(), totals(jobs, 'retired').done], [Number(before[0]) + 3, Number(before[1]) + 3])
      assert.equal(perThread(jobs), [])
    }
  },
)

test('when a worker is terminated, a worker between it and another need not have used the table', async () => {
  const worker = start('line.js', { below: 2, ending: 'stay', idle: 1 } satisfies LineData)
  const { ids } = await message<LineMessage>(worker)
  assert.equal(
    perThread(jobs).map(({ threadId }) => threadId),
    [ids[0], ids[2]],
  )
  await worker.terminate()
  const running = perThread(jobs)
  for (const { threadId } of running) defaultTable().release(threadId)
  assert.equal(running, [])
})

test('the row of a worker whose parent did not use the package stays taken when they end, until it is released', async () => {
  const before = done()
  const worker = start('stranger.js')
  const { ids } = await message<LineMessage>(worker)
  await worker.terminate()
  assert.equal(
    perThread(jobs).map(({ threadId }) => threadId),
    ids,
  )
  for (const threadId of ids) defaultTable().release(threadId)
  assert.equal([perThread(jobs), done()], [[], before + 1])
})

testTerminated(
  'the rows of a terminated worker and of its workers are free again, their values kept',
  async () => {
    const seen = await inCleanProcess(async () => {
      const { SlotTable, threadLocal, totals, setDefaultTable } = await import('threadslots')
      const { message, start } = await import('../support/workers/run.js')
      setDefaultTable(SlotTable.create({ maxThreads: 4, maxKeys: 4 }))
      const local = threadLocal('jobs', { done: 'u32' })
      const seen: number[][] = []
      for (const ending of ['stay', 'spin', 'stay', 'spin', 'stay'] as const) {
        const worker = start('line.js', { below: 2, ending })
        await message(worker)
        const live = totals(local, 'live').done
        await worker.terminate()
        seen.push([live, totals(local, 'live').done, totals(local, 'retired').done])
      }
      return seen
    })
    assert.equal(
      seen,
      [1, 2, 3, 4, 5].map(round => [3, 0, 3 * round]),
    )
  },
)

test('a worker that was started before the table warns once, and has a table with its own workers', async () => {
  const { code, result, stderr } = await inProcess(async () => {
    const { message, ask, start } = await import('../support/workers/run.js')
    const late = start('late.js')
    await message(late)
    const { threadLocal, totals } = await import('threadslots')
    const local = threadLocal('jobs', { done: 'u32' })
    local.done = 100
    const inside = await ask(late, undefined)
    const outside = totals(local).done
    return { inside, outside }
  })
  assert.is(code, 0)
  assert.equal(result, {
    inside: { warnings: ['THREADSLOTS_NO_TABLE'], done: 2, retired: 1 },
    outside: 100,
  })
  assert.is(stderr.match(/THREADSLOTS_NO_TABLE/g)?.length, 1)
})

test('a worker that was started before the table, and is given it by hand, does not warn', async () => {
  const seen = await inCleanProcess(async () => {
    const { message, ask, start } = await import('../support/workers/run.js')
    const late = start('late.js')
    const { threadId } = late
    await message(late)
    const { defaultTable, threadLocal, totals } = await import('threadslots')
    const local = threadLocal('jobs', { done: 'u32' })
    local.done = 100
    const inside = await ask(late, { buffer: defaultTable().buffer })
    const before = totals(local, 'retired').done
    await late.terminate()
    defaultTable().release(threadId)
    return { inside, outside: [before, totals(local, 'retired').done, totals(local).done] }
  })
  assert.equal(seen, { inside: { warnings: [], done: 102, retired: 1 }, outside: [1, 2, 102] })
})

test('a worker that is started after setDefaultTable alone has that table', async () => {
  const seen = await inCleanProcess(async () => {
    const { SlotTable, setDefaultTable } = await import('threadslots')
    const { ended, start } = await import('../support/workers/run.js')
    // A row for this thread, and one for its workers in turn.
    const table = SlotTable.create({ maxThreads: 2, maxKeys: 1 })
    setDefaultTable(table)
    await ended(start('do-job.js'))
    await ended(start('do-job.js'))
    return table.snapshot()
  })
  assert.equal(seen, { threads: [], retired: { 'jobs.done': 2 }, totals: { 'jobs.done': 2 } })
})

test('a worker that is announced only after its end, as on Deno, is told of and counts as dead', async () => {
  const seen = await inCleanProcess(async () => {
    const { defaultTable, onThreadExit, SlotTable, threadLocal, totals } = await import('threadslots')
    const local = threadLocal('jobs', { done: 'u32' })
    const told: unknown[] = []
    onThreadExit(local, exit => told.push(exit))
    const threadId = 1_000_000
    const ended = SlotTable.from(defaultTable().buffer, { threadId, parentThreadId: 0 })
    ended.attach().slot(ended.key('jobs.done', 'u32')).add(3)
    const before = totals(local, 'retired')
    const worker = { threadId, threadName: null, prependOnceListener: () => told.push('listens') }
    process.emit('worker', worker as never)
    await new Promise(resolve => setImmediate(resolve))
    return { before, told, after: [totals(local, 'live'), totals(local, 'retired')] }
  })
  assert.equal(seen, {
    before: { done: 0 },
    told: [{ threadId: 1_000_000, values: { done: 3 } }],
    after: [{ done: 0 }, { done: 3 }],
  })
})

test('nothing keeps the process alive', async () => {
  const started = performance.now()
  const seen = await inCleanProcess(async () => {
    const { onThreadExit, perThread, sampler, threadLocal, totals } = await import('threadslots')
    const { message, start } = await import('../support/workers/run.js')
    const local = threadLocal('jobs', { done: 'u32' })
    onThreadExit(local, () => {})
    sampler(local)()
    start('do-job.js')
    const stays = start('line.js', { below: 1, ending: 'stay' } satisfies LineData)
    await message(stays)
    stays.unref()
    return [totals(local).done > 0, perThread(local).length > 0]
  })
  assert.equal(seen, [true, true])
  const seconds = (performance.now() - started) / 1000
  assert.ok(seconds < 20, `took ${seconds} s`)
})

test('the process ends with workers that never yield', async () => {
  const { code, stderr } = await inProcess(async () => {
    const { threadLocal } = await import('threadslots')
    const { message, start } = await import('../support/workers/run.js')
    threadLocal('jobs', { done: 'u32' })
    await message(start('line.js', { below: 1, ending: 'spin' } satisfies LineData))
    process.exit(3)
  })
  assert.equal([code, stderr], [3, ''])
})

test('listeners, keys, rows and memory do not grow with the number of workers that lived', async () => {
  const seen = await inCleanProcess(async () => {
    const { defaultTable, onThreadExit, threadLocal, totals } = await import('threadslots')
    const { rowIdOf } = await import('../support/table-usage.js')
    const { ended, inTurn, start } = await import('../support/workers/run.js')
    const othersListeners = process.listenerCount('worker')
    const local = threadLocal('jobs', { done: 'u32' })
    const collect = (globalThis as { gc?: () => void }).gc as () => void
    const workers: WeakRef<object>[] = []
    const rows = new Set<number>()
    let exits = 0
    onThreadExit(local, () => exits++)
    const measure = () => ({
      listeners: process.eventNames().map(name => process.listenerCount(name)),
      ofWorkers: process.listenerCount('worker') - othersListeners,
      keys: defaultTable().keys().length,
      bytes: defaultTable().buffer.byteLength,
    })
    const work = () => {
      const worker = start('do-job.js')
      workers.push(new WeakRef(worker))
      return ended(worker).then(row => void rows.add(row))
    }
    await inTurn(20, 4, work)
    const before = measure()
    collect()
    const arrayBuffers = process.memoryUsage().arrayBuffers
    await inTurn(180, 4, work)
    const after = measure()
    for (let i = 0; i < 10; i++) {
      await new Promise(resolve => setTimeout(resolve, 10))
      collect()
    }
    return {
      before,
      after,
      grown: process.memoryUsage().arrayBuffers - arrayBuffers,
      held: workers.filter(worker => worker.deref() !== undefined).length,
      rows: rows.add(rowIdOf(defaultTable(), defaultTable().attach())).size,
      totals: [exits, totals(local).done, totals(local, 'live').done],
    }
  }, ['--expose-gc'])
  assert.equal(seen.after, seen.before)
  assert.is(seen.before.ofWorkers, 1)
  assert.ok(seen.rows >= 2 && seen.rows <= 5, `${seen.rows} rows were used by main, and four at once`)
  assert.equal(seen.totals, [200, 200, 0])
  assert.ok(seen.grown < 2 ** 20, `${seen.grown} bytes more`)
  assert.ok(seen.held < 20, `${seen.held} workers are held`)
})

test('what a worker sets in its exit listeners is kept', async () => {
  for (const way of ['return', 'exit', 'throw']) {
    const before = done()
    const worker = start('last-words.js', { way })
    const { threadId } = worker
    const told: unknown[] = []
    const unsubscribe = onThreadExit(jobs, exit => told.push(exit))
    const thrown = await gone(worker)
    unsubscribe()
    assert.is(thrown === undefined, way !== 'throw', String(thrown))
    assert.equal(told, [{ threadId, values: { done: 11 } }], way)
    assert.is(done(), before + 11)
  }
  const { retired } = defaultTable().snapshot()
  assert.equal(
    [retired['last words.n'], retired['last words.sizes'], retired['last words.ids']],
    [3, Float64Array.of(0, 1.5), -3n],
  )
})

test('the main thread counts and defines while it is torn down, too', async () => {
  const { code, stderr } = await inProcess(async () => {
    const { threadLocal, totals } = await import('threadslots')
    const { ended, start } = await import('../support/workers/run.js')
    const local = threadLocal('jobs', { done: 'u32' })
    await ended(start('do-job.js'))
    process.on('exit', () => {
      local.done += 10
      const late = threadLocal('last words', { n: 'u32' })
      late.n++
      process.exitCode = totals(local).done + totals(late).n
    })
  })
  assert.equal([code, stderr], [12, ''])
})

test('environment data of the program is left as it was', async () => {
  const seen = await inCleanProcess(async () => {
    const threads = await import('node:worker_threads')
    const before = { own: new Map([[1, 2]]) }
    threads.setEnvironmentData('before', before)
    threads.setEnvironmentData('threadslots', 'mine')
    const { threadLocal, totals } = await import('threadslots')
    const { message } = await import('../support/workers/run.js')
    const local = threadLocal('jobs', { done: 'u32' })
    threads.setEnvironmentData('after', 3)
    const code = `
      const { getEnvironmentData, parentPort } = require('node:worker_threads')
      const read = () => ['before', 'after', 'threadslots'].map(getEnvironmentData)
      const first = read()
      import('threadslots').then(({ threadLocal }) => {
        threadLocal('jobs', { done: 'u32' }).done++
        parentPort.postMessage([first, read()])
      })`
    const worker = new threads.Worker(code, { eval: true })
    const [first, second] = await message<[unknown[], unknown[]]>(worker)
    await worker.terminate()
    return [
      threads.getEnvironmentData('before') === (before as unknown),
      threads.getEnvironmentData('after'),
      threads.getEnvironmentData('threadslots'),
      (first[0] as unknown as typeof before).own.get(1),
      [first.slice(1), second.slice(1)],
      totals(local).done,
    ]
  })
  assert.equal(seen, [
    true,
    3,
    'mine',
    2,
    [
      [3, 'mine'],
      [3, 'mine'],
    ],
    1,
  ])
})

test('an import alone makes no table, and listens to nothing', async () => {
  const seen = await inCleanProcess(async () => {
    const before = process.eventNames().length
    const { SlotTable } = await import('threadslots')
    SlotTable.byteLength()
    return process.eventNames().length - before
  })
  assert.is(seen, 0)
})

for (const kind of ['none', 'empty', 'shim']) {
  test(`where a thread has no id (process: ${kind}), tables work with ids that are given by hand`, async () => {
    const worker = start('browser.js', { kind })
    const end = ended(worker)
    const { refusals, ...seen } = await message<{ refusals: string[] }>(worker)
    await end
    assert.is(refusals.length, 2)
    for (const refusal of refusals) assert.match(refusal, /^TypeError: threadId is undefined/)
    assert.equal(seen, {
      running: [
        { threadId: 1, n: 1 },
        { threadId: 2, n: 5 },
      ],
      sums: [{ n: 6 }, { n: 5 }],
    })
  })
}

test.after.each(endAll)
test.run()
