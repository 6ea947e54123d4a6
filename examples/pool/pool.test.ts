import { getEventListeners } from 'node:events'
import { setEnvironmentData } from 'node:worker_threads'
import { perThread, totals } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { rejectionOf } from '../../tools/testing/rejection.js'
import { testTermination } from '../../tools/testing/skip.js'
import { until } from '../../tools/testing/until.js'
import { counters } from './counters.js'
import { type PoolOptions, SlotPool } from './pool.js'
import { BEGUN, IS_OPEN, TASK, WORDS, type Words } from './test-tasks.js'

const words: Words = new Int32Array(new SharedArrayBuffer(4 * (BEGUN + 2000)))
setEnvironmentData(WORDS, words)

const begun = (input: number) => Atomics.load(words, BEGUN + input)

function openGate(): void {
  Atomics.store(words, IS_OPEN, 1)
  Atomics.notify(words, IS_OPEN)
}

const module = new URL('./test-tasks.js', import.meta.url)

const warnings: Error[] = []
process.on('warning', warning => warnings.push(warning))

/**
 * A test of a pool of one thread. At its end, the totals of all threads agree with what the pool has settled.
 * @param kills how many threads are killed at a moment that is left to chance.
 * @param define uvu's `test`, or one that skips the test on some runtimes.
 */
function testPool(
  name: string,
  task: string,
  { kills = 0, ...options }: Partial<PoolOptions> & { readonly kills?: number },
  body: (pool: SlotPool) => Promise<void>,
  define: typeof test = test,
): void {
  define(name, async () => {
    words.fill(0)
    setEnvironmentData(TASK, task)
    const before = totals(counters)
    const pool = new SlotPool({ threads: 1, module, ...options })
    try {
      await body(pool)
    } finally {
      openGate()
      await pool.close()
    }
    const { started, done, busy } = totals(counters)
    const { ended, lost } = pool.settled
    assert.is(started - before.started, ended + lost)
    assert.is(done - before.done, ended)
    // A thread that is killed may not have recorded the time of its last task.
    const times = busy.since(before.busy).count
    if (options.statistics === false) assert.is(times, 0)
    else assert.ok(times <= ended && times >= ended - kills, `${times} times of ${ended} tasks`)
    assert.equal(perThread(counters), [])
    assert.equal(warnings, [])
  })
}

/** Waits until a condition holds. */
const soon = (condition: () => boolean) => until(condition, `${condition}`, 30_000)

testPool('threads compute', 'square', { threads: 2 }, async pool => {
  const inputs = Array.from({ length: 1000 }, (_, n) => n - 0.5)
  assert.equal(
    await Promise.all(inputs.map(input => pool.run(input))),
    inputs.map(input => input * input),
  )
  assert.is(await pool.run(Infinity), Infinity)
  assert.equal(pool.settled, { ended: 1001, lost: 0, withdrawn: 0 })
})

testPool(
  'records are used again and again, and each task is computed once',
  'counted',
  { threads: 2, capacity: 7 },
  async pool => {
    let next = 0
    await Promise.all(
      Array.from({ length: 7 }, async () => {
        for (let input = next++; input < 1000; input = next++) assert.is(await pool.run(input), input + 1)
      }),
    )
    for (let input = 0; input < 1000; input++) assert.is(begun(input), 1)
  },
)

testPool('tasks are begun in the order in which they were queued', 'deaf', { capacity: 8 }, async pool => {
  const order: number[] = []
  const all = Array.from({ length: 8 }, (_, input) => pool.run(input).then(input => order.push(input)))
  await soon(() => begun(0) === 1)
  openGate()
  await Promise.all(all)
  assert.equal(order, [0, 1, 2, 3, 4, 5, 6, 7])
})

testPool('what a task throws comes back', 'throws', {}, async pool => {
  const [error, text, long, nothing, wrong] = await Promise.all(
    [0, 1, 2, 3, 4].map(n => rejectionOf(pool.run(n))),
  )
  assert.instance(error, Error)
  assert.is(error?.message, 'RangeError: 0 is not enough')
  assert.match(error?.stack ?? '', /^RangeError: 0 is not enough\n +at .*test-tasks/)
  assert.is(text?.message, 'a text')
  assert.match(long?.message ?? '', /^Error: é{400,500}$/)
  assert.is(nothing?.message, 'undefined')
  assert.is(wrong?.message, 'TypeError: a task returns a number, not 4')
})

testPool(
  'a full pool refuses tasks, and takes some again when others have ended',
  'deaf',
  { capacity: 3 },
  async pool => {
    const all = [0, 1, 2].map(n => pool.run(n))
    const error = await rejectionOf(pool.run(3))
    assert.instance(error, RangeError)
    assert.match(error.message, /^3 tasks are queued or running; await some /)
    openGate()
    await Promise.race(all)
    assert.is(await pool.run(4), 4)
    await Promise.all(all)
    assert.is(begun(3), 0)
  },
)

testPool('a queued task is withdrawn as soon as its signal is aborted', 'patient', {}, async pool => {
  const first = pool.run(0)
  await soon(() => begun(0) === 1)
  const controller = new AbortController()
  const queued = pool.run(1, { signal: controller.signal })
  controller.abort(new Error('not needed'))
  assert.is((await rejectionOf(queued)).message, 'not needed')
  assert.is((await rejectionOf(pool.run(2, { signal: controller.signal }))).message, 'not needed')
  openGate()
  assert.is(await first, 0)
  assert.is(await pool.run(3), 3)
  assert.is(begun(1), 0)
  assert.is(begun(2), 0)
  assert.equal(pool.settled, { ended: 2, lost: 0, withdrawn: 1 })
})

testPool(
  'a running task that looks for cancellation is cancelled, and its thread goes on',
  'patient',
  {},
  async pool => {
    const controller = new AbortController()
    const running = pool.run(0, { signal: controller.signal })
    await soon(() => begun(0) === 1)
    const [thread] = pool.threads()
    controller.abort()
    assert.is((await rejectionOf(running)).name, 'AbortError')
    openGate()
    assert.is(await pool.run(1), 1)
    assert.is(pool.threads()[0]?.threadId, thread?.threadId)
    assert.equal(pool.settled, { ended: 2, lost: 0, withdrawn: 0 })
  },
)

testPool('a running task that does not look for cancellation keeps its result', 'deaf', {}, async pool => {
  const controller = new AbortController()
  const running = pool.run(0, { signal: controller.signal })
  await soon(() => begun(0) === 1)
  controller.abort()
  openGate()
  assert.is(await running, 0)
})

testPool('one signal cancels many tasks, and nobody listens to it afterwards', 'patient', {}, async pool => {
  const controller = new AbortController()
  const { signal } = controller
  const rejections = Promise.all(
    Array.from({ length: 100 }, (_, input) => rejectionOf(pool.run(input, { signal }))),
  )
  await soon(() => begun(0) === 1)
  controller.abort()
  for (const { name } of await rejections) assert.is(name, 'AbortError')
  // Threads may claim some of the queued ones before their turn to be withdrawn comes.
  assert.is(pool.settled.ended + pool.settled.withdrawn, 100)
  assert.ok(pool.settled.withdrawn > 0)
  openGate()
  const unused = new AbortController()
  assert.is(await pool.run(7, { signal: unused.signal }), 7)
  // cancellable() has one listener for each signal.
  for (const signal of [controller.signal, unused.signal]) {
    assert.ok(getEventListeners(signal, 'abort').length <= 1)
  }
})

testPool('the progress of each task, and what each thread is in', 'percent', { threads: 2 }, async pool => {
  const [some, more, queued] = [30, 60, 90].map(input => pool.run(input)) as [
    Promise<number>,
    Promise<number>,
    Promise<number>,
  ]
  await soon(() => begun(30) + begun(60) === 2)
  assert.is(pool.progress(some), 0.3)
  assert.is(pool.progress(more), 0.6)
  assert.is(pool.progress(queued), undefined)
  assert.is(pool.progress(Promise.resolve(30)), undefined)
  const threads = pool.threads().sort((a, b) => Number(a.input) - Number(b.input))
  assert.equal(
    threads.map(({ input, progress, started, done = 0 }) => [input, progress, started, done]),
    [
      [30, 0.3, 1, 0],
      [60, 0.6, 1, 0],
    ],
  )
  openGate()
  await Promise.all([some, more, queued])
  assert.is(pool.progress(some), undefined)
})

testPool(
  'a task whose thread is terminated is lost, and another thread takes its place',
  'deaf',
  { threads: 2 },
  async pool => {
    const [lost, other] = [pool.run(0), pool.run(1)]
    await soon(() => begun(0) + begun(1) === 2)
    const threadId = pool.threads().find(({ input }) => input === 0)?.threadId ?? 0
    const error = rejectionOf(lost)
    pool.terminate(threadId, 'its time was up')
    assert.is((await error).message, `thread ${threadId} died: its time was up`)
    const next = [2, 3].map(input => pool.run(input))
    await soon(() => begun(2) === 1)
    openGate()
    assert.equal(await Promise.all([other, ...next]), [1, 2, 3])
    assert.is(begun(0), 1)
    assert.equal(pool.settled, { ended: 3, lost: 1, withdrawn: 0 })
  },
  testTermination,
)

testPool('a task that ends its thread is lost', 'exits', {}, async pool => {
  assert.match((await rejectionOf(pool.run(3))).message, /^thread \d+ died: exit code 3$/)
  assert.match((await rejectionOf(pool.run(0))).message, /^thread \d+ died: exit code 0$/)
})

testPool(
  'a stuck thread is replaced',
  'deaf',
  { stuckMs: 250 },
  async pool => {
    const [stuck, queued] = [pool.run(0), pool.run(1)] as const
    const { message } = await rejectionOf(stuck)
    assert.match(message, /^thread \d+ died: it was stuck: no slot had changed for \d+ ms$/)
    openGate()
    assert.is(await queued, 1)
    assert.is(begun(0), 1)
  },
  testTermination,
)

testPool(
  'a thread whose task says how far it is, or that has none, is not stuck',
  'steady',
  { threads: 2, stuckMs: 500 },
  async pool => {
    const ids = () => pool.threads().map(({ threadId }) => threadId)
    await soon(() => ids().length === 2)
    const before = ids()
    assert.is(await pool.run(1000), 1000)
    assert.equal(ids(), before)
    assert.is(pool.settled.lost, 0)
  },
)

const KILLS = 6

testPool(
  'whenever threads die, each task is computed at most once, and either has its result or is lost',
  'counted',
  { threads: 3, kills: KILLS },
  async pool => {
    const TASKS = 2000
    const lost: number[] = []
    let next = 0
    let settled = 0
    const client = async () => {
      for (let input = next++; input < TASKS; input = next++) {
        try {
          assert.is(await pool.run(input), input + 1)
          assert.is(begun(input), 1)
        } catch (error) {
          assert.match((error as Error).message, /^thread \d+ died: killed$/)
          lost.push(input)
        }
        settled++
      }
    }
    const clients = Promise.all(Array.from({ length: 50 }, client))
    for (let kill = 1; kill <= KILLS; kill++) {
      await soon(() => settled >= (kill * TASKS) / (KILLS + 1) && pool.threads().length > 0)
      pool.terminate(pool.threads().at(-1)?.threadId ?? 0, 'killed')
    }
    await clients
    assert.ok(lost.length > 0)
    assert.equal(pool.settled, { ended: TASKS - lost.length, lost: lost.length, withdrawn: 0 })
    for (const input of lost) assert.ok(begun(input) <= 1)
  },
  testTermination,
)

testPool('without statistics, threads still count', 'square', { statistics: false }, async pool => {
  assert.is(await pool.run(3), 9)
  assert.equal(
    pool.threads().map(({ busy, wait }) => busy ?? wait),
    pool.threads().map(() => undefined),
  )
})

testPool(
  'a pool that is closed finishes what is queued, and takes nothing more',
  'counted',
  {},
  async pool => {
    const all = Array.from({ length: 100 }, (_, input) => pool.run(input))
    const closed = pool.close()
    assert.is((await rejectionOf(pool.run(100))).message, 'the pool is closed')
    await closed
    assert.is((await Promise.all(all)).length, 100)
    assert.equal(pool.threads(), [])
    await pool.close()
  },
)

testPool('a module that cannot be loaded closes the pool', 'broken', {}, async pool => {
  const message = /^thread \d+ died: Error: this module is broken$/
  const [one, other] = [rejectionOf(pool.run(0)), rejectionOf(pool.run(1))]
  assert.match((await one).message, message)
  assert.match((await other).message, message)
  assert.match((await rejectionOf(pool.run(2))).message, message)
  assert.equal(pool.settled, { ended: 0, lost: 0, withdrawn: 2 })
})

test('options are checked', () => {
  const create = (options: Partial<PoolOptions>) => () => new SlotPool({ threads: 1, module, ...options })
  assert.throws(create({ threads: 0 }), /^threads must be a whole number above 0, got 0$/)
  assert.throws(create({ threads: 1.5 }), /got 1\.5$/)
  assert.throws(create({ capacity: Number.NaN }), /^capacity must be a whole number above 0, got NaN$/)
  assert.throws(create({ stuckMs: 1 }), /stuckMs/)
})

test.run()
