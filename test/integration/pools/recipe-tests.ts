// The tests of the recipes in docs/pools.md, for any pool library.
import { setTimeout as delay } from 'node:timers/promises'
import { perThread, totals } from 'threadslots'
import { cancellable } from 'threadslots/cancel'
import { top } from 'threadslots/top'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { rejectionOf } from '../../../tools/testing/rejection.js'
import { until } from '../../../tools/testing/until.js'
import { Terminal } from '../../support/terminal.js'
import type { Recipes } from './recipe-files.js'
import type { RecipeLibrary } from './recipe-libraries.js'
import {
  ENDLESS,
  LARGE,
  openPool,
  type RecipePool,
  runUntilLimit,
  taskOf,
  testWith,
  whenRunning,
} from './recipe-pool.js'
import { createWords, GATE, STARTED } from './recipe-work.js'
import type { WorkerTracker } from './worker-tracker.js'

/** How long a task waits in the queue, at least. */
const WAIT_MS = 20
/** The relative error of the page's histogram. */
const ERROR = 0.01

/** A thread as the monitor's `/threads` shows it. */
interface MonitoredThread {
  readonly threadId: number
  readonly values: { readonly [key: string]: unknown }
}

/** Asks the monitor for a thread's values. It lists a new thread within 250 ms. */
async function monitoredValues(url: string, threadId: number): Promise<MonitoredThread['values']> {
  for (;;) {
    const response = await fetch(new URL('threads', url))
    const { threads } = (await response.json()) as { threads: readonly MonitoredThread[] }
    const thread = threads.find(thread => thread.threadId === threadId)
    if (thread) return thread.values
    await delay(10)
  }
}

/** Defines the tests of a pool library that one thread must survive. */
export function testRecipes(
  library: RecipeLibrary,
  recipes: Recipes,
  workers: WorkerTracker,
  monitorUrl: string,
): void {
  const { tasks, clockMs, threadOf } = recipes
  let shared: RecipePool | undefined

  /** A test with the same pool of one thread as all others. */
  function testPool(title: string, body: (pool: RecipePool, threadId: number) => Promise<void>): void {
    test(`${library.name}: ${title}`, async () => {
      // If this test fails, the next one opens another pool.
      const pool = shared ?? (await openPool(library, recipes, workers))
      shared = undefined
      await testWith(pool, async () => {
        const { threadId } = await pool.look()
        await body(pool, threadId)
        assert.is((await pool.look()).threadId, threadId, 'the thread lives on')
        assert.is(totals(tasks).inFlight, 0)
      })
      shared = pool
    })
  }

  testPool('the progress of a task is found by its id, and gone afterwards', async ({ submit }, threadId) => {
    assert.is(threadOf(7), undefined)
    const controller = new AbortController()
    const answer = submit(taskOf(7, { limit: LARGE }), controller.signal)
    await whenRunning(recipes, 7)
    assert.type(threadOf(7)?.percent, 'number')
    await until(() => (threadOf(7)?.percent ?? 0) > 0, 'task 7 has reached 1 %')
    const thread = threadOf(7)
    assert.ok((thread?.percent ?? 100) < 100, `${thread?.percent} %`)
    assert.equal([thread?.threadId, thread?.doing], [threadId, 'task 7'])
    controller.abort()
    await rejectionOf(answer)
    assert.is(threadOf(7), undefined)
    assert.is(await submit(taskOf(8, { limit: 10_000 })), 1229)
    const idle = perThread(tasks).map(({ id, percent, doing }) => ({ id, percent, doing }))
    assert.equal(idle, [{ id: 0, percent: 0, doing: '' }])
  })

  testPool('top and the monitor show what each thread is doing', async ({ submit }, threadId) => {
    const words = createWords()
    const answer = submit(taskOf(3, { act: 'waits', words }))
    await until(() => threadOf(3)?.percent === 40, 'task 3 has reached 40 %')

    const terminal = new Terminal(120, 24)
    top(tasks, { stream: terminal })()
    const lines = (await terminal.lines()).join('\n')
    assert.match(lines, /^ +thread +id +percent +doing/m)
    assert.match(lines, new RegExp(`^ +${threadId} +3 +40 +task 3 +1 `, 'm'))

    const values = await monitoredValues(monitorUrl, threadId)
    assert.equal([values['tasks.doing'], values['tasks.percent']], ['task 3', 40])
    Atomics.store(words, GATE, 1)
    await answer
  })

  testPool('tasks in flight are counted, and how long they waited is known', async ({ submit, look }) => {
    const words = createWords()
    const first = submit(taskOf(1, { act: 'waits', words }))
    await whenRunning(recipes, 1)
    const { waitMs, done } = totals(tasks)
    const sentMs = clockMs()
    const second = look()
    const queuedMs = clockMs()
    await until(() => clockMs() > queuedMs + WAIT_MS, `${WAIT_MS} ms have passed`)
    assert.equal([totals(tasks).inFlight, totals(tasks).done], [1, done])
    Atomics.store(words, GATE, 1)
    await Promise.all([first, second])
    const elapsedMs = clockMs() - sentMs
    const wait = totals(tasks).waitMs.since(waitMs)
    assert.is(wait.count, 1)
    assert.ok(wait.max >= WAIT_MS * (1 - ERROR), `${wait.max} of ${WAIT_MS} ms`)
    assert.ok(wait.max <= elapsedMs * (1 + ERROR), `${wait.max} of ${elapsedMs} ms`)
    assert.equal([totals(tasks).inFlight, totals(tasks).done], [0, done + 2])
  })

  testPool('the next task finds nothing of the previous one, but what belongs to the thread', async pool => {
    const { submit, look } = pool
    const { connection } = await look()
    assert.ok(connection.openedBy > 0)
    const found = async () => {
      const { percent, connection } = await look()
      return { percent, connection }
    }
    const words = createWords()
    const controller = new AbortController()
    const cancelled = submit(taskOf(5, { act: 'waits', words }), controller.signal)
    await until(() => threadOf(5)?.percent === 40, 'task 5 has reached 40 %')
    controller.abort()
    await rejectionOf(cancelled)
    assert.equal(await found(), { percent: 0, connection }, 'after a task that was cancelled')

    const error = await rejectionOf(submit(taskOf(6, { act: 'throws' })))
    assert.is(error.message, 'thrown at 60 %')
    assert.equal(await found(), { percent: 0, connection }, 'after a task that threw')

    Atomics.store(words, GATE, 1)
    await submit(taskOf(9, { act: 'waits', words }))
    assert.equal(await found(), { percent: 0, connection }, 'after a task that returned')
  })

  testPool('a running task is cancelled, and rejects as the page says', async (pool, threadId) => {
    const controller = new AbortController()
    const { ticket, cancel } = cancellable(controller.signal)
    const answer = pool.run({ ...taskOf(7, { limit: ENDLESS }), ticket, sentMs: clockMs() })
    assert.is(await whenRunning(recipes, 7), threadId)
    controller.abort()
    const { name, code, message } = await rejectionOf(answer)
    cancel()
    assert.is([name, code].filter(part => part !== undefined).join(', '), pool.cancelledError)
    assert.is(message, 'this task was cancelled')
  })

  testPool('a cancelled task rejects with the signal’s reason', async ({ submit }, threadId) => {
    const controller = new AbortController()
    const answer = submit(taskOf(7, { limit: ENDLESS }), controller.signal)
    assert.is(await whenRunning(recipes, 7), threadId)
    controller.abort()
    assert.is(await rejectionOf(answer), controller.signal.reason)
    assert.is(controller.signal.reason.name, 'AbortError')
  })

  testPool('a queued task is cancelled before it does anything', async ({ submit }) => {
    const [running, queued] = [createWords(), createWords()]
    const first = submit(taskOf(1, { act: 'waits', words: running }))
    await whenRunning(recipes, 1)
    const controller = new AbortController()
    const second = submit(taskOf(2, { act: 'waits', words: queued }), controller.signal)
    controller.abort()
    Atomics.store(running, GATE, 1)
    await first
    assert.is(await rejectionOf(second), controller.signal.reason)
    assert.is(queued[STARTED], 0)
  })

  testPool('a task that is over can be cancelled, to no effect', async ({ submit }) => {
    const controller = new AbortController()
    assert.is(await submit(taskOf(1, { limit: 100 }), controller.signal), 25)
    const error = await rejectionOf(submit(taskOf(2, { limit: -1 }), controller.signal))
    assert.is(error.message, 'the limit is -1, not a positive number')
    controller.abort()
  })

  testPool('a running task has a time limit', async ({ submit }, threadId) => {
    const task = await runUntilLimit(recipes, (id, ms) =>
      submit(taskOf(id, { limit: ENDLESS }), AbortSignal.timeout(ms)),
    )
    assert.is(task.threadId, threadId)
    assert.is((await rejectionOf(task.answer)).name, 'TimeoutError')
    assert.is(threadOf(task.id), undefined)
  })

  test(`${library.name}: the thread ends with its pool`, async () => {
    await shared?.close()
    assert.equal(perThread(tasks), [])
  })
}
