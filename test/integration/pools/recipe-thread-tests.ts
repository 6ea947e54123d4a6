// What docs/pools.md says about a pool's threads: when they run several tasks at once, and how they are lost to a task that
// doesn't end.
import { onThreadExit, totals } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../tools/testing/until.js'
import type { Recipes } from './recipe-files.js'
import type { OpenOptions, RecipeLibrary } from './recipe-libraries.js'
import { openPool, type RecipePool, runUntilLimit, taskOf, testWith } from './recipe-pool.js'
import { createWords } from './recipe-work.js'
import type { WorkerTracker } from './worker-tracker.js'

/** How often a task yields to its event loop: more often than the other task takes to come, or if it shouldn't come. */
const MANY_YIELDS = 1e6
const SOME_YIELDS = 200

/** Defines the tests of a pool library. */
export function testThreads(library: RecipeLibrary, recipes: Recipes, workers: WorkerTracker): void {
  const { tasks, submit, threadOf } = recipes

  /** A test with a pool of its own. */
  function testPool(title: string, options: OpenOptions, body: (pool: RecipePool) => Promise<void>): void {
    test(`${library.name}: ${title}`, async () => {
      const pool = await openPool(library, recipes, workers, options)
      await testWith(pool, async () => {
        await body(pool)
        assert.is(totals(tasks).inFlight, 0)
      })
      await pool.close()
    })
  }

  /** Runs two async tasks on one thread, and compares what they read. */
  function testInterleaving(when: string, isInterleaved: boolean, options: OpenOptions): void {
    const title = isInterleaved
      ? `${when}, async tasks see each other’s slots, but not what is in an AsyncLocalStorage`
      : `${when}, a thread runs one async task after the other`
    testPool(title, options, async ({ submit }) => {
      const words = createWords()
      const yields = isInterleaved ? MANY_YIELDS : SOME_YIELDS
      const answers = [1, 2].map(id => submit(taskOf(id, { act: 'interleaves', words, yields })))
      assert.equal(await Promise.all(answers), [
        { slot: isInterleaved ? 2 : 1, store: 1 },
        { slot: 2, store: 2 },
      ])
    })
  }

  const { interleaves } = library
  testInterleaving('by default', interleaves === 'by default', {})
  if (interleaves === 'by default') testInterleaving('if told so', false, { interleaves: false })
  if (interleaves === 'if told to') testInterleaving('if told so', true, { interleaves: true })

  const threads = library.survivesItsThread ? 1 : 2
  testPool(
    'a task that never reports ends with its thread, and the counts are right',
    { threads },
    async pool => {
      const { run, limitedRun, look } = pool
      await look()
      const tasksOfDead = new Map<number, number | undefined>()
      const stopListening = onThreadExit(tasks, ({ threadId, values }) =>
        tasksOfDead.set(threadId, values.id),
      )
      const { done } = totals(tasks)
      const { id, threadId, answer } = await runUntilLimit(recipes, (id, ms) =>
        submit(limitedRun?.(ms) ?? run, taskOf(id, { act: 'hangs' })),
      )
      let isAnswered = false
      const settle = () => {
        isAnswered = true
      }
      const whenAnswered = answer.then(settle, settle)
      assert.is(totals(tasks).inFlight, 1)
      if (limitedRun === undefined) await workers.running.get(threadId)?.terminate()
      await until(() => tasksOfDead.has(threadId), 'its thread has ended')
      stopListening()
      assert.is(tasksOfDead.get(threadId), id)
      assert.is(threadOf(id), undefined)
      assert.equal([totals(tasks).inFlight, totals(tasks).done], [0, done])
      if (limitedRun) await whenAnswered
      assert.is.not((await look()).threadId, threadId)
      assert.is(isAnswered, limitedRun !== undefined)
      assert.is(totals(tasks).done, done + 1)
    },
  )
}
