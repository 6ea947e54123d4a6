// Jest, and tests for it that docs/testing.md doesn't show.
import { found } from './page.js'
import { type Files, type Outcome, Runner, TEST_LIMIT_MS } from './runner.js'

const jest = new Runner({
  program: 'jest/bin/jest.js',
  passed: /^Tests: .*?(\d+) passed/,
  failed: /^Tests: .*?(\d+) failed/,
})

/** Runs it with a cache of its own, so that each run transforms each file and remembers no durations. */
export const runJest = (args: readonly string[], files: Files, nodeOptions = ''): Promise<Outcome> =>
  jest.run(['--cacheDirectory=cache', `--testTimeout=${TEST_LIMIT_MS}`, ...args], files, nodeOptions)

/** The error when Jest can't load a module, which the page shows. */
export const MODULE_ERROR: string = found(/^`(Must use import to load ES Module)`/)

/** The claim that deaths are noticed: more workers than the table has rows, one after the other. */
export const DEATHS_TEST = `
  import assert from 'node:assert/strict'
  import { once } from 'node:events'
  import { test } from '@jest/globals'
  import { Worker } from 'node:worker_threads'
  import { onThreadExit, perThread, SlotTable, setDefaultTable, threadLocal, totals } from 'threadslots'

  setDefaultTable(SlotTable.create({ maxThreads: 3 }))
  const jobs = threadLocal('jobs', { done: 'count' })

  test('deaths are noticed', async () => {
    let exits = 0
    onThreadExit(jobs, ({ values }) => (exits += values.done))
    for (let dead = 1; dead <= 6; dead++) {
      await once(new Worker(new URL('./worker.js', import.meta.url)), 'exit')
      assert.deepEqual(totals(jobs, 'retired'), { done: dead })
    }
    await new Promise(resolve => setImmediate(resolve))
    assert.equal(exits, 6)
    assert.deepEqual(perThread(jobs), [])
  })
`
