// On servers: how workers get the default table, and how the threads that started them learn of their exits.
import { defaultTable, onThreadExit, perThread, totals } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { testTermination } from '../../tools/testing/skip.js'
import { jobs } from '../support/definitions/jobs.js'
import { inCleanProcess, inProcess } from '../support/processes.js'
import { runWorkerVariants } from '../support/worker-variants.js'
import type { ChainData } from '../support/workers/worker-chain.js'
import { endAll, ended, endedAnyhow, message, start } from '../support/workers.js'

const done = () => totals(jobs).done

interface LineMessage {
  readonly ids: number[]
  readonly seen: { before: number; after: number; running: number[] }
}

test('importing the definition is all that a worker needs to have the default table', async () => {
  const before = done()
  await ended(start('do-job.js'))
  assert.is(done(), before + 1)
  assert.is(totals(jobs, 'live').done, 0)
})

test('a worker has the default table, and its exit is noticed, whichever way it is started', async () => {
  const before = done()
  const reported = new Map<number, unknown>()
  const unsubscribe = onThreadExit(jobs, ({ threadId, values }) => reported.set(threadId, values))
  const ran = await runWorkerVariants()
  unsubscribe()
  for (const { way, threadId } of ran) assert.equal(reported.get(threadId), { done: 1 }, way)
  assert.is(reported.size, ran.length)
  assert.is(done(), before + ran.length)
})

test('workers of workers count in the same table, and their parents read it', async () => {
  const before = done()
  const worker = start('worker-chain.js', { below: 2, ending: 'end' } satisfies ChainData)
  const exited = ended(worker)
  const { ids, seen } = await message<LineMessage>(worker)
  await exited
  assert.is(ids.length, 3)
  assert.is(done(), before + 3)
  assert.equal(seen, { before: before + 3, after: before + 3, running: [ids[0]] })
})

test('a worker’s exit is reported in the thread that started it, and not in that thread’s parent', async () => {
  const reported: number[] = []
  const unsubscribe = onThreadExit(jobs, ({ threadId }) => reported.push(threadId))
  const worker = start('worker-chain.js', { below: 1, ending: 'end' } satisfies ChainData)
  const exited = ended(worker)
  const { ids } = await message<LineMessage>(worker)
  await exited
  unsubscribe()
  assert.equal(reported, [ids[0]])
})

testTermination(
  'when a worker is terminated, the exits of its workers are reported too, and they count as dead',
  async () => {
    for (const ending of ['stay', 'spin'] as const) {
      const before = [done(), totals(jobs, 'retired').done]
      const reported: { threadId: number; done: number | undefined }[] = []
      const unsubscribe = onThreadExit(jobs, ({ threadId, values }) => {
        reported.push({ threadId, done: values.done })
      })
      const worker = start('worker-chain.js', { below: 2, ending } satisfies ChainData)
      const { ids } = await message<LineMessage>(worker)
      assert.equal(
        perThread(jobs).map(({ threadId }) => threadId),
        ids,
        'all three are running',
      )
      await worker.terminate()
      unsubscribe()
      assert.equal(
        reported,
        ids.map(threadId => ({ threadId, done: 1 })),
      )
      assert.equal([done(), totals(jobs, 'retired').done], [Number(before[0]) + 3, Number(before[1]) + 3])
      assert.equal(perThread(jobs), [])
    }
  },
)

test('a worker between a terminated worker and its descendants need not have used the table', async () => {
  const worker = start('worker-chain.js', { below: 2, ending: 'stay', idle: 1 } satisfies ChainData)
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

test('if a worker’s parent doesn’t use the package, the worker’s row stays taken after its end, until it is released or swept', async () => {
  const before = done()
  const worker = start('start-worker-chain.js')
  const { ids } = await message<LineMessage>(worker)
  await worker.terminate()
  assert.equal(
    perThread(jobs).map(({ threadId }) => threadId),
    ids,
  )
  for (const threadId of ids) defaultTable().release(threadId)
  assert.equal([perThread(jobs), done()], [[], before + 1])
})

testTermination(
  'the rows of a terminated worker and its workers become free, and their values are kept',
  async () => {
    const seen = await inCleanProcess(async () => {
      const { SlotTable, threadLocal, totals, setDefaultTable } = await import('threadslots')
      const { message, start } = await import('../support/workers.js')
      setDefaultTable(SlotTable.create({ maxThreads: 4, maxKeys: 4 }))
      const local = threadLocal('jobs', { done: 'u32' })
      const seen: number[][] = []
      for (const ending of ['stay', 'spin', 'stay', 'spin', 'stay'] as const) {
        const worker = start('worker-chain.js', { below: 2, ending })
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

test('a worker that is older than the table shares one with its own workers, and the main thread warns', async () => {
  const { code, result, stderr } = await inProcess(async () => {
    const { message, ask, start } = await import('../support/workers.js')
    const late = start('define-later.js')
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
    inside: { warnings: [], done: 2, retired: 1 },
    outside: 100,
  })
  assert.is(stderr.match(/THREADSLOTS_LATE/g)?.length, 1)
})

test('a worker that is older than the table, and receives it by message, doesn’t warn', async () => {
  const seen = await inCleanProcess(async () => {
    const { message, ask, start } = await import('../support/workers.js')
    const late = start('define-later.js')
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

test('setDefaultTable is enough for workers that are started later to have that table', async () => {
  const seen = await inCleanProcess(async () => {
    const { SlotTable, setDefaultTable } = await import('threadslots')
    const { ended, start } = await import('../support/workers.js')
    // One row for this thread, and one that its workers use in turn.
    const table = SlotTable.create({ maxThreads: 2, maxKeys: 1 })
    setDefaultTable(table)
    await ended(start('do-job.js'))
    await ended(start('do-job.js'))
    return table.snapshot()
  })
  assert.equal(seen, { threads: [], retired: { 'jobs.done': 2 }, totals: { 'jobs.done': 2 } })
})

test('the exit of a worker that is announced only afterwards, as on Deno, is reported, and the worker counts as dead', async () => {
  const seen = await inCleanProcess(async () => {
    const diagnostics = await import('node:diagnostics_channel')
    const { defaultTable, onThreadExit, SlotTable, threadLocal, totals } = await import('threadslots')
    const local = threadLocal('jobs', { done: 'u32' })
    const reported: unknown[] = []
    onThreadExit(local, exit => reported.push(exit))
    const threadId = 1_000_000
    const ended = SlotTable.from(defaultTable().buffer, { threadId, parentThreadId: 0 })
    ended.attach().slot(ended.key('jobs.done', 'u32')).add(3)
    const before = totals(local, 'retired')
    const worker = { threadId, threadName: null, prependOnceListener: () => reported.push('listens') }
    // As Node announces workers, and as Bun and Deno do.
    if (process.versions.bun || process.versions.deno) process.emit('worker', worker as never)
    else diagnostics.channel('worker_threads').publish({ worker })
    await new Promise(resolve => setImmediate(resolve))
    return { before, reported, after: [totals(local, 'live'), totals(local, 'retired')] }
  })
  assert.equal(seen, {
    before: { done: 0 },
    reported: [{ threadId: 1_000_000, values: { done: 3 } }],
    after: [{ done: 0 }, { done: 3 }],
  })
})

test('nothing keeps the process alive', async () => {
  const started = performance.now()
  const seen = await inCleanProcess(async () => {
    const { onThreadExit, perThread, sampler, threadLocal, totals } = await import('threadslots')
    const { message, start } = await import('../support/workers.js')
    const local = threadLocal('jobs', { done: 'u32' })
    onThreadExit(local, () => {})
    sampler(local)()
    start('do-job.js')
    const stays = start('worker-chain.js', { below: 1, ending: 'stay' } satisfies ChainData)
    await message(stays)
    stays.unref()
    return [totals(local).done > 0, perThread(local).length > 0]
  })
  assert.equal(seen, [true, true])
  const seconds = (performance.now() - started) / 1000
  assert.ok(seconds < 20, `took ${seconds} s`)
})

test('a process with workers that never yield can end', async () => {
  const { code, stderr } = await inProcess(async () => {
    const { threadLocal } = await import('threadslots')
    const { message, start } = await import('../support/workers.js')
    threadLocal('jobs', { done: 'u32' })
    await message(start('worker-chain.js', { below: 1, ending: 'spin' } satisfies ChainData))
    process.exit(3)
  })
  assert.equal([code, stderr], [3, ''])
})

test('listeners, keys, rows and memory don’t grow with the number of past workers', async () => {
  const seen = await inCleanProcess(async () => {
    const { defaultTable, onThreadExit, threadLocal, totals } = await import('threadslots')
    const { rowIdOf } = await import('../support/table-usage.js')
    const { ended, start } = await import('../support/workers.js')
    const { runConcurrently } = await import('../support/concurrency.js')
    const local = threadLocal('jobs', { done: 'u32' })
    const collect = (globalThis as { gc?: () => void }).gc as () => void
    const workers: WeakRef<object>[] = []
    const rows = new Set<number>()
    let exits = 0
    onThreadExit(local, () => exits++)
    const measure = () => ({
      listeners: process.eventNames().map(name => process.listenerCount(name)),
      keys: defaultTable().keys().length,
      bytes: defaultTable().buffer.byteLength,
    })
    const work = () => {
      const worker = start('do-job.js')
      workers.push(new WeakRef(worker))
      return ended(worker).then(row => {
        rows.add(row)
        // So that a busy machine may take its time.
        process.stdout.write('\n')
      })
    }
    await runConcurrently(20, 4, work)
    const before = measure()
    collect()
    const arrayBuffers = process.memoryUsage().arrayBuffers
    await runConcurrently(180, 4, work)
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
  assert.ok(seen.rows >= 2 && seen.rows <= 5, `${seen.rows} rows were used by main, and four at once`)
  assert.equal(seen.totals, [200, 200, 0])
  assert.ok(seen.grown < 2 ** 20, `${seen.grown} bytes more`)
  assert.ok(seen.held < 20, `${seen.held} workers are held`)
})

test('values that a worker sets in its exit listeners are kept', async () => {
  for (const way of ['return', 'exit', 'throw']) {
    const before = done()
    const worker = start('count-at-exit.js', { way })
    const { threadId } = worker
    const reported: unknown[] = []
    const unsubscribe = onThreadExit(jobs, exit => reported.push(exit))
    const thrown = await endedAnyhow(worker)
    unsubscribe()
    assert.is(thrown === undefined, way !== 'throw', String(thrown))
    assert.equal(reported, [{ threadId, values: { done: 11 } }], way)
    assert.is(done(), before + 11)
  }
  const { retired } = defaultTable().snapshot()
  assert.equal(
    [retired['last words.n'], retired['last words.sizes'], retired['last words.ids']],
    [3, Float64Array.of(0, 1.5), -3n],
  )
})

test('the main thread can count and define in its exit listeners', async () => {
  const { code, stderr } = await inProcess(async () => {
    const { threadLocal, totals } = await import('threadslots')
    const { ended, start } = await import('../support/workers.js')
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

test('the program’s own environment data is left alone', async () => {
  const seen = await inCleanProcess(async () => {
    const threads = await import('node:worker_threads')
    const before = { own: new Map([[1, 2]]) }
    threads.setEnvironmentData('before', before)
    threads.setEnvironmentData('threadslots', 'mine')
    const { threadLocal, totals } = await import('threadslots')
    const { message } = await import('../support/workers.js')
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

test('importing the package creates no table and adds no listener', async () => {
  const seen = await inCleanProcess(async () => {
    const before = process.eventNames().length
    const { SlotTable } = await import('threadslots')
    SlotTable.byteLength()
    return process.eventNames().length - before
  })
  assert.is(seen, 0)
})

for (const kind of ['none', 'empty', 'shim']) {
  test(`where a thread has no id (process: ${kind}), tables work with explicit ids`, async () => {
    const worker = start('without-process.js', { kind })
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
