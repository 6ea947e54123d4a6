// The tests that every pool library must pass: whatever happens to its threads, no count is lost.
import { readFileSync } from 'node:fs'
import { defaultTable } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isReached, until } from '../../../tools/testing/until.js'
import { reportRow } from '../../support/report.js'
import { dimensionsOf, rowsUsed, usageOf } from '../../support/table-usage.js'
import { ended, message, start } from '../../support/workers.js'
import { CAUSES_OF_DEATH, type PoolLibrary } from './pool-adapter.js'
import { createTaskRunner } from './task-runner.js'
import { closeBusyPool, type PoolUnderTest, runWithDeaths, runWithSurvivor } from './thread-deaths.js'
import { trackWorkers, workerListeners } from './worker-tracker.js'

const THREADS = 3
const TASKS = 3000
const THROWING_TASKS = 100
/** How often an elastic pool grows and shrinks. */
const ROUNDS = 3
/** How long it may take to end all threads that it doesn't need. */
const SHRINKING_MS = 15_000
const ISOLATED_TASKS = 24

/** Defines the tests of a pool library, and runs the tests of the file. */
export function testPool(library: PoolLibrary): void {
  const warnings: string[] = []
  process.on('warning', warning => warnings.push(String(warning)))
  const workers = trackWorkers()
  const listenersBefore = workerListeners()
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const watcher = start('../../integration/pools/watch-totals.js', { stop })
  const runner = createTaskRunner(workers)
  const pool: PoolUnderTest = { library, workers, runner, threads: THREADS, neverAnswered: new Set() }
  let deaths = 0

  test.before(async () => {
    assert.is(await message(watcher), 'watching')
  })

  test('totals are exact', async () => {
    const pool = library.open(THREADS)
    await runner.runTasks(pool, TASKS)
    await runner.runTasks(pool, THROWING_TASKS, 'throws')
    await runner.closeAndCheck(pool)
  })

  for (const cause of CAUSES_OF_DEATH) {
    const reason = library.survives[cause]
    if (reason !== undefined) {
      test(`a thread that ${cause} lives on: ${reason}`, async () => {
        deaths += await runWithSurvivor(pool, cause)
      })
      continue
    }
    test(`no count is lost with a thread that ${cause}`, async () => {
      deaths += cause === 'has its pool closed' ? await closeBusyPool(pool) : await runWithDeaths(pool, cause)
    })
  }

  if (library.openElastic) {
    const { openElastic } = library
    test('no count is lost when a pool grows and shrinks', async () => {
      let pool = openElastic(1, THREADS)
      for (let round = 0; round < ROUNDS; round++) {
        const startedBefore = workers.addedListeners.length
        const endedBefore = workers.endedCount()
        await runner.runTasks(pool, 60, 'pauses')
        assert.ok(workers.addedListeners.length > startedBefore, 'the pool grew')
        await until(() => workers.endedCount() > endedBefore, 'the pool shrank')
        const isShrunk = () => workers.running.size === 2
        if (!library.forgetsIdleThreads) await until(isShrunk, 'the pool has shrunk to one thread')
        if (await isReached(isShrunk, SHRINKING_MS)) continue
        await runner.closeAndCheck(pool)
        pool = openElastic(1, THREADS)
      }
      await runner.closeAndCheck(pool)
    })
  }

  test('no count is lost if each task has a new thread', async () => {
    const startedBefore = workers.addedListeners.length
    const isolatingPool = library.openIsolating?.(THREADS)
    for (let task = 0; task < ISOLATED_TASKS; task += THREADS) {
      const pool = isolatingPool ?? library.open(THREADS)
      await runner.runTasks(pool, THREADS, 'pauses')
      if (!isolatingPool) await runner.closeAndCheck(pool)
    }
    if (isolatingPool) await runner.closeAndCheck(isolatingPool)
    const started = workers.addedListeners.length - startedBefore
    assert.ok(started >= ISOLATED_TASKS, `${started} threads`)
  })

  test('rows are reused, no total fell, no listener is left, and there was no warning', async () => {
    const table = defaultTable()
    const used = rowsUsed(table)
    assert.equal(usageOf(table, dimensionsOf(table)), { rows: 2, records: 0 })
    assert.ok(used <= 1 + workers.peak(), `${used} rows for the main thread and ${workers.peak()} workers`)
    const watcherEnded = ended(watcher)
    Atomics.store(stop, 0, 1)
    const { readings, problems } = await message<{ readings: number; problems: string[] }>(watcher)
    await watcherEnded
    assert.equal(problems, [])
    assert.ok(readings > 1000, `${readings} readings`)
    assert.equal(usageOf(table, dimensionsOf(table)), { rows: 1, records: 0 })

    assert.equal(new Set(workers.addedListeners), new Set([1]))
    assert.is(workers.leftoverListeners(), 0)
    assert.is(workerListeners(), listenersBefore)
    assert.equal(warnings, [])
    const { name, limitations, survives } = library
    reportRow({
      cells: {
        pool: `${name} ${versionOf(name)}`,
        tasks: runner.taskCount(),
        threads: workers.endedCount() - 1,
        'deaths at work': deaths,
        'tasks lost': runner.lostTasks(),
        'rows used': used,
        readings,
      },
      notes: [
        ...Object.entries(survives).map(([cause, reason]) => `a thread that ${cause} lives on: ${reason}`),
        ...[...pool.neverAnswered].map(cause => `never answers the task of a thread that ${cause}`),
        ...limitations,
        ...(library.openIsolating ? [] : ['has no new thread for each task, so new pools were used instead']),
      ],
    })
  })

  test.run()
}

const versionOf = (name: string): string =>
  JSON.parse(readFileSync(new URL(`../../../../node_modules/${name}/package.json`, import.meta.url), 'utf8'))
    .version
