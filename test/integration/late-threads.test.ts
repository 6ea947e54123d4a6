// Late threads: workers that made tables of their own because they started before the main thread had one.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LAYOUT_VERSION } from '../../src/memory/layout.js'
import { RUNTIME } from '../../tools/testing/runtime.js'
import { skipIf, skipOn, skipOnWindows } from '../../tools/testing/skip.js'
import { removeFolderOf } from '../support/late-threads.js'
import { inCleanProcess, inProcess } from '../support/processes.js'

const LATE = /^thread \d+ started before the main thread had a table, so threadLocal\('jobs'\) isn't shared;/

test('a worker that blocks for good before the main thread imports the package is reported at the first reading', async () => {
  const { code, result, stderr } = await inProcess(async () => {
    const { collectWarnings } = await import('../support/late-threads.js')
    const { message, start } = await import('../support/workers.js')
    const warnings = collectWarnings()
    const worker = start('define-and-block.js')
    await message(worker)
    const { threadLocal, totals } = await import('threadslots')
    const local = threadLocal('jobs', { done: 'u32' })
    const before = warnings.length
    const { done } = totals(local)
    const ids = warnings.map(({ message }) => Number(/\d+/.exec(message)?.[0]))
    const isRight = ids.every(id => id === worker.threadId)
    totals(local)
    await new Promise(resolve => setTimeout(resolve, 20))
    totals(local)
    await worker.terminate()
    return { before, done, isRight, warnings }
  })
  assert.is(code, 0)
  assert.equal([result.before, result.done, result.isRight], [0, 0, true])
  assert.equal(
    result.warnings.map(({ code }) => code),
    ['THREADSLOTS_LATE'],
  )
  assert.match(result.warnings[0]?.message ?? '', LATE)
  assert.match(stderr, /import its module before starting workers/)
  assert.is(stderr.match(/THREADSLOTS_LATE/g)?.length, 1)
})

test('a late worker that is dead before the main thread imports the package is reported', async () => {
  const { result } = await inProcess(async () => {
    const { collectWarnings } = await import('../support/late-threads.js')
    const { ended, message, start } = await import('../support/workers.js')
    const warnings = collectWarnings()
    await ended(start('do-job.js'))
    const blocked = start('define-and-block.js')
    await message(blocked)
    await blocked.terminate()
    const { threadLocal, totals } = await import('threadslots')
    totals(threadLocal('jobs', { done: 'u32' }))
    return warnings
  })
  assert.is(result.length, 1)
  assert.match(
    result[0]?.message ?? '',
    /^threads \d+, \d+ started before .* threadLocal\('jobs'\) isn't shared;/,
  )
})

test('every way to read reports late workers', async () => {
  for (const way of ['totals', 'perThread', 'sampler', 'onThreadExit', 'fold', 'threads', 'snapshot']) {
    // The name of the way is all that a program in another process can be told: in an environment variable.
    process.env.WAY = way
    const { result } = await inProcess(async () => {
      const { collectWarnings } = await import('../support/late-threads.js')
      const { ended, start } = await import('../support/workers.js')
      const warnings = collectWarnings()
      await ended(start('do-job.js'))
      const { defaultTable, onThreadExit, perThread, sampler, threadLocal, totals } = await import(
        'threadslots'
      )
      const local = threadLocal('jobs', { done: 'u32' })
      const key = defaultTable().key('jobs.done', 'u32')
      const before = warnings.length
      const ways: { [way: string]: () => unknown } = {
        totals: () => totals(local),
        perThread: () => perThread(local),
        sampler: () => sampler(local),
        onThreadExit: () => onThreadExit(local, () => {}),
        fold: () => defaultTable().fold(key),
        threads: () => defaultTable().perThread(key),
        snapshot: () => defaultTable().snapshot(),
      }
      ways[process.env.WAY ?? '']?.()
      return [before, warnings.length]
    })
    assert.equal(result, [0, 1], way)
  }
  delete process.env.WAY
})

test('where nobody reads, nothing is printed', async () => {
  const count = await inCleanProcess(async () => {
    const { ended, start } = await import('../support/workers.js')
    await ended(start('do-job.js'))
    const { SlotTable, threadLocal } = await import('threadslots')
    const local = threadLocal('jobs', { done: 'u32' })
    local.done++
    // A table of the program's own has nothing to do with late workers.
    const table = SlotTable.create()
    const own = table.key('own', 'u32')
    table.fold(own)
    table.snapshot()
    await new Promise(resolve => setTimeout(resolve, 700))
    return local.done
  })
  assert.is(count, 1)
})

test('a late worker that reads its own table warns nobody, as in the workers of Vitest', async () => {
  const seen = await inCleanProcess(async () => {
    const { ask, message, start } = await import('../support/workers.js')
    const late = start('define-later.js')
    await message(late)
    return await ask(late, undefined)
  })
  assert.equal(seen, { warnings: [], done: 2, retired: 1 })
})

test('a worker that becomes late after the last reading is reported within a second', async () => {
  const { result } = await inProcess(async () => {
    const { collectWarnings, whenWarned } = await import('../support/late-threads.js')
    const { ask, message, start } = await import('../support/workers.js')
    const warnings = collectWarnings()
    const late = start('import-when-told.js')
    await message(late)
    const { threadLocal, totals } = await import('threadslots')
    const local = threadLocal('jobs', { done: 'u32' })
    // The worker is told now, and registers after this reading.
    const counted = ask(late, 'go')
    totals(local)
    const before = warnings.length
    await counted
    return [before, await whenWarned(warnings)]
  })
  assert.is(result[0], 0)
  assert.ok((result[1] as number) < 1000, `after ${result[1]} ms`)
})

test('a main thread that never returns to its event loop is warned while it reads', async () => {
  const { result, stderr } = await inProcess(async () => {
    const { message, start } = await import('../support/workers.js')
    const { collectWarnings } = await import('../support/late-threads.js')
    const warnings = collectWarnings()
    const late = start('import-when-told.js')
    await message(late)
    const { threadLocal, totals } = await import('threadslots')
    const local = threadLocal('jobs', { done: 'u32' })
    late.postMessage('go')
    const limit = performance.now() + 10_000
    while (totals(local).done < 1 && warnings.length === 0 && performance.now() < limit);
    return warnings.length
  })
  assert.is(result, 1)
  assert.match(stderr, /THREADSLOTS_LATE/)
})

test('a program that reads only when it exits is warned', async () => {
  const { stderr } = await inProcess(async () => {
    const { ended, start } = await import('../support/workers.js')
    await ended(start('do-job.js'))
    const { threadLocal, totals } = await import('threadslots')
    const local = threadLocal('jobs', { done: 'u32' })
    process.on('exit', () => totals(local))
  })
  assert.is(stderr.match(/THREADSLOTS_LATE/g)?.length, 1)
})

skipOnWindows('without TEMP a thread knows no folder to leave a line in, and warns itself')(
  'a late worker with an environment of its own is reported',
  async () => {
    const { result } = await inProcess(async () => {
      const { collectWarnings } = await import('../support/late-threads.js')
      const { ended, start } = await import('../support/workers.js')
      const warnings = collectWarnings()
      await ended(start('do-job.js', undefined, { env: { TMPDIR: '/nowhere' } }))
      await ended(start('do-job.js', undefined, { env: {} }))
      const { threadLocal, totals } = await import('threadslots')
      totals(threadLocal('jobs', { done: 'u32' }))
      return warnings.map(({ message }) => message.slice(0, 'threads 1, 2'.length))
    })
    assert.equal(result, ['threads 1, 2'])
  },
)

skipIf(process.getuid ? undefined : 'each user has a temporary folder')(
  'a folder that belongs to somebody else is neither written to nor read, and the worker itself warns',
  async () => {
    const { result, stderr } = await inProcess(async () => {
      const { collectWarnings, folderOf } = await import('../support/late-threads.js')
      const { existsSync, readdirSync } = await import('node:fs')
      const { Worker } = await import('node:worker_threads')
      const { message } = await import('../support/workers.js')
      const warnings = collectWarnings()
      const code = `
        process.getuid = () => 1_000_000_007
        process.on('warning', ({ code }) => require('node:worker_threads').parentPort.postMessage(code))
        import('threadslots').then(({ threadLocal }) => threadLocal('jobs', { done: 'u32' }))`
      const seen = await message(new Worker(code, { eval: true }))
      process.getuid = () => 1_000_000_007
      const { threadLocal, totals } = await import('threadslots')
      totals(threadLocal('jobs', { done: 'u32' }))
      const folder = folderOf(1_000_000_007)
      return { seen, files: existsSync(folder) ? readdirSync(folder) : [], warnings }
    })
    removeFolderOf(1_000_000_007)
    assert.equal(result, { seen: 'THREADSLOTS_LATE', files: [], warnings: [] })
    assert.match(stderr, /THREADSLOTS_LATE/)
  },
)

skipOn({ bun: 'it has no permission model', deno: 'its flags are different' })(
  'where the program may not write files, the worker itself warns',
  async () => {
    const [major, minor] = process.versions.node.split('.').map(Number) as [number, number]
    const flag = major > 22 || (major === 22 && minor >= 13) ? '--permission' : '--experimental-permission'
    const { code, stderr } = await inProcess(async () => {
      const { Worker } = await import('node:worker_threads')
      const code = `import('threadslots').then(({ threadLocal }) => threadLocal('jobs', { done: 'u32' }))`
      await new Promise(resolve => new Worker(code, { eval: true }).on('exit', resolve))
      const { threadLocal, totals } = await import('threadslots')
      totals(threadLocal('jobs', { done: 'u32' }))
    }, [flag, '--allow-fs-read=*', '--allow-worker'])
    assert.is(code, 0)
    assert.is(stderr.match(/THREADSLOTS_LATE/g)?.length, 1, stderr)
  },
)

test('lines of an earlier process with the same id are ignored, and of damaged files', async () => {
  const result = await inCleanProcess(async () => {
    const { leaveLine } = await import('../support/late-threads.js')
    leaveLine(performance.timeOrigin - 1, 1, 2, "threadLocal('earlier')")
    leaveLine(Number.NaN, 2, 2, '\0\n\n\t\t\n')
    const { threadLocal, totals } = await import('threadslots')
    return totals(threadLocal('jobs', { done: 'u32' }))
  })
  assert.equal(result, { done: 0 })
})

test('a long file of an earlier process starts over', async () => {
  const { result } = await inProcess(async () => {
    const { collectWarnings, folderOf, leaveLine } = await import('../support/late-threads.js')
    const { statSync } = await import('node:fs')
    const { ended, start } = await import('../support/workers.js')
    const warnings = collectWarnings()
    leaveLine(1, 1, 2, 'x'.repeat(70_000))
    await ended(start('do-job.js'))
    const { size } = statSync(`${folderOf()}/${process.pid & 63}`)
    const { threadLocal, totals } = await import('threadslots')
    totals(threadLocal('jobs', { done: 'u32' }))
    return [size < 1000, warnings.length]
  })
  assert.equal(result, [true, 1])
})

test('a table of another layout in the same process is reported wherever somebody reads, once', async () => {
  const { result, stderr } = await inProcess(async () => {
    const { collectWarnings } = await import('../support/late-threads.js')
    const threads = await import('node:worker_threads')
    const { message } = await import('../support/workers.js')
    const warnings = collectWarnings()
    threads.setEnvironmentData('threadslots/1', { buffer: new SharedArrayBuffer(8), parentThreadId: 0 })
    const { threadLocal, totals } = await import('threadslots')
    const local = threadLocal('jobs', { done: 'u32' })
    totals(local)
    await new Promise(resolve => setTimeout(resolve, 20))
    totals(local)
    const code = `
      process.on('warning', ({ message }) => require('node:worker_threads').parentPort.postMessage(message))
      import('threadslots').then(({ threadLocal, totals }) => totals(threadLocal('jobs', { done: 'u32' })))`
    const inWorker = await message<string>(new threads.Worker(code, { eval: true }))
    return { warnings, inWorker }
  })
  const expected = new RegExp(
    `made a table of layout 1, which layout ${LAYOUT_VERSION} can't share; use one version`,
  )
  assert.is(result.warnings.length, 1)
  assert.match(result.warnings[0]?.message ?? '', expected)
  assert.match(result.inWorker, expected)
  assert.match(stderr, /\[THREADSLOTS_LATE\]/)
})

test('a late worker whose copy of the package has another layout is reported', async () => {
  const { result } = await inProcess(async () => {
    const { collectWarnings, leaveLine } = await import('../support/late-threads.js')
    const warnings = collectWarnings()
    leaveLine(performance.timeOrigin, 5, 9, "threadLocal('jobs')")
    const { threadLocal, totals } = await import('threadslots')
    totals(threadLocal('jobs', { done: 'u32' }))
    return warnings.map(({ message }) => message)
  })
  assert.equal(result, [
    `thread 5 made a table of layout 9, which layout ${LAYOUT_VERSION} can't share; use one version of threadslots`,
  ])
})

test('a program can silence the warning, and listen for it', async () => {
  const { result, stderr } = await inProcess(async () => {
    const { collectWarnings, leaveLine } = await import('../support/late-threads.js')
    const warnings = collectWarnings()
    leaveLine(performance.timeOrigin, 5, 2, "threadLocal('jobs')")
    const { threadLocal, totals } = await import('threadslots')
    totals(threadLocal('jobs', { done: 'u32' }))
    return warnings.length
  }, ['--no-warnings'])
  assert.is(result, 1)
  if (RUNTIME === 'node') assert.is(stderr, '')
})

test.run()
