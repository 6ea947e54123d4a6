// `onStuck` and `watchEventLoop` in one thread. The other threads are table objects, whose values this thread sets.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultTable, perThread, SlotTable, type ThreadLocal, threadLocal } from '../../src/index.js'
import { labelled } from '../../src/labels.js'
import { onStuck, type StuckThread } from '../../src/monitor/on-stuck.js'
import { OWN_NAME, watchEventLoop } from '../../src/monitor/watch-event-loop.js'
import { until } from '../../tools/testing/until.js'
import { throws } from '../support/assertions.js'

const SCHEMA = {
  started: 'count',
  done: 'count',
  file: { type: 'text', length: 20 },
  sizes: { type: 'u32', length: 2 },
} as const
type Jobs = ThreadLocal<typeof SCHEMA>
type Stuck = StuckThread<typeof SCHEMA>

const jobs = threadLocal('jobs', SCHEMA)
const OPTIONS = { started: 'started', done: 'done', stuckMs: 250 } as const

let lastId = 1_000_000

/** Another thread's object. The thread is too old to be probed. */
function startThread() {
  const threadId = ++lastId
  const table = SlotTable.from(defaultTable().buffer, { threadId, parentThreadId: -1 })
  const local = new (table.attach().classOf(table.registry.internAll(SCHEMA, 'jobs')))() as Jobs
  return { threadId, local, end: () => defaultTable().release(threadId) }
}

/** Watches, and hands out what is reported, one by one. */
function watch(limit = 250) {
  const reports: Stuck[] = []
  let wake = () => {}
  const stop = onStuck(jobs, { ...OPTIONS, stuckMs: limit }, thread => {
    reports.push(thread)
    wake()
  })
  return {
    reports,
    stop,
    async next(): Promise<Stuck> {
      while (reports.length === 0) {
        await new Promise<void>(resolve => {
          wake = resolve
          // The watch itself keeps nothing alive.
          setTimeout(resolve, 100)
        })
      }
      return reports.shift() as Stuck
    },
  }
}

test('onStuck reports a busy thread none of whose slots changes: its id, its values, and for how long', async () => {
  const { threadId, local, end } = startThread()
  local.started++
  local.file = 'endless.txt'
  const { next, stop } = watch()
  const { unchangedMs, ...thread } = await next()
  assert.equal(thread, { threadId, values: { started: 1, file: 'endless.txt' } })
  assert.ok(unchangedMs >= 250 && unchangedMs < 60_000, `${unchangedMs} ms`)
  stop()
  end()
})

test('it reports once, and again after the thread has changed a slot', async () => {
  const { threadId, local, end } = startThread()
  const other = startThread()
  local.started++
  const { reports, next, stop } = watch()
  assert.is((await next()).threadId, threadId)
  // Another thread, which gets stuck later, tells when the first has had as much time again.
  other.local.started++
  assert.is((await next()).threadId, other.threadId)
  assert.equal(reports, [])
  local.file = 'next.txt'
  const again = await next()
  assert.equal([again.threadId, again.values.file], [threadId, 'next.txt'])
  stop()
  end()
  other.end()
})

test('threads that are idle, that have ended, or that use other keys alone are not reported', async () => {
  const idle = startThread()
  idle.local.started++
  idle.local.done++
  const ended = startThread()
  ended.local.started++
  const other = startThread()
  const stuck = startThread()
  const { next, reports, stop } = watch()
  ended.end()
  stuck.local.started++
  assert.is((await next()).threadId, stuck.threadId)
  assert.equal(reports, [])
  stop()
  for (const { end } of [idle, other, stuck]) end()
})

test('several threads that are stuck at once are all reported, even if a callback throws', async () => {
  const threads = [startThread(), startThread(), startThread()]
  for (const { local } of threads) local.started++
  const seen: number[] = []
  const errors: unknown[] = []
  const note = (error: unknown) => errors.push(error)
  const listeners = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException').on('uncaughtException', note)
  const stop = onStuck(jobs, OPTIONS, ({ threadId }) => {
    seen.push(threadId)
    throw new Error(`stuck: ${threadId}`)
  })
  await until(() => errors.length === 3, 'three errors')
  // It goes on after the errors.
  for (const { local } of threads) local.file = 'next.txt'
  await until(() => errors.length === 6, 'six errors')
  stop()
  process.off('uncaughtException', note)
  for (const listener of listeners) process.on('uncaughtException', listener)
  const ids = threads.map(({ threadId }) => threadId)
  assert.equal(seen, [...ids, ...ids])
  assert.equal(
    errors.map(error => (error as Error).message),
    seen.map(threadId => `stuck: ${threadId}`),
  )
  for (const { end } of threads) end()
})

test('nothing is reported after the end, also not by the tick in which a callback ends it', async () => {
  const threads = [startThread(), startThread()]
  for (const { local } of threads) local.started++
  let calls = 0
  const stop = onStuck(jobs, OPTIONS, () => {
    calls++
    stop()
  })
  const control = watch()
  await control.next()
  await control.next()
  for (const { local } of threads) local.file = 'next.txt'
  await control.next()
  await control.next()
  assert.is(calls, 1)
  control.stop()
  // Neither watch looks at threads any more.
  const { now } = performance
  let looks = 0
  performance.now = () => {
    looks++
    return now.call(performance)
  }
  // As long as two ticks.
  await new Promise(resolve => setTimeout(resolve, 50))
  performance.now = now
  assert.is(looks, 0)
  for (const { end } of threads) end()
})

test('a thread that this one could not watch while it was blocked is not reported for that time', async () => {
  const { local, end } = startThread()
  local.started++
  const { reports, stop } = watch(500)
  // This thread blocks for longer than the limit. One tick follows.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700)
  await new Promise(resolve => setTimeout(resolve, 1))
  await new Promise(resolve => setImmediate(resolve))
  assert.equal(reports, [])
  stop()
  end()
})

test('tasks may be counted by labels', async () => {
  const local = threadLocal('by kind', {
    started: labelled('count', ['kind']),
    done: labelled('count', ['kind']),
    inFlight: { type: 'i32', retire: false },
  })
  local.started.with({ kind: 'a' }).add(1)
  let threadId: number | undefined
  const stop = onStuck(local, OPTIONS, thread => {
    threadId = thread.threadId
  })
  await until(() => threadId !== undefined, 'a report')
  assert.is(threadId, perThread(local)[0]?.threadId)
  stop()
  local.done.with({ kind: 'a' }).add(1)
})

const BAD: readonly (readonly [
  title: string,
  args: unknown[],
  kind: typeof TypeError | typeof RangeError,
  words: RegExp,
])[] = [
  ['an object of another kind', [{}, OPTIONS, () => {}], TypeError, /thread-local.*made by threadLocal/],
  ['no options', [jobs, undefined, () => {}], TypeError, /options is undefined.*started: 'started'/],
  [
    'an unknown option',
    [jobs, { ...OPTIONS, limit: 1 }, () => {}],
    TypeError,
    /'limit'.*started, done, stuckMs/,
  ],
  ['no callback', [jobs, OPTIONS], TypeError, /callback is undefined.*function/],
  ['no started', [jobs, { done: 'done' }, () => {}], TypeError, /started is undefined; use started, done$/],
  [
    'a full name',
    [jobs, { ...OPTIONS, done: 'jobs.done' }, () => {}],
    TypeError,
    /done is 'jobs.done'; use started, done$/,
  ],
  [
    'a text',
    [jobs, { ...OPTIONS, started: 'file' }, () => {}],
    TypeError,
    /started is 'file'; use started, done$/,
  ],
  [
    'a vector',
    [jobs, { ...OPTIONS, done: 'sizes' }, () => {}],
    TypeError,
    /done is 'sizes'; use started, done$/,
  ],
  ['a limit in words', [jobs, { ...OPTIONS, stuckMs: '1s' }, () => {}], TypeError, /stuckMs is '1s'.*250/],
  [
    'a limit that is too small',
    [jobs, { ...OPTIONS, stuckMs: 249 }, () => {}],
    RangeError,
    /stuckMs is 249.*250/,
  ],
  [
    'a limit that is too large',
    [jobs, { ...OPTIONS, stuckMs: 31_536_000_001 }, () => {}],
    RangeError,
    /31536000000/,
  ],
]
for (const [title, args, kind, words] of BAD) {
  test(`onStuck refuses ${title}, and says what to use`, () => {
    throws(() => (onStuck as (...args: unknown[]) => unknown)(...args), kind, words)
  })
}

test('the limit is 30 seconds by default, and a year at most', () => {
  onStuck(jobs, { started: 'started', done: 'done' }, () => {})()
  onStuck(jobs, { ...OPTIONS, stuckMs: 31_536_000_000 }, () => {})()
})

// watchEventLoop

const own = () => threadLocal(OWN_NAME, { turns: { type: 'u32', fold: 'none', retire: false } })

test('a watched event loop counts its turns in a slot, from 1 on, until the watch has ended', async () => {
  const unwatch = watchEventLoop()
  assert.is(own().turns, 1)
  await until(() => own().turns >= 3, 'three turns')
  unwatch()
  assert.is(own().turns, 0)
  // A timer of the same length would have counted again by then.
  await new Promise(resolve => setTimeout(resolve, 250))
  assert.is(own().turns, 0)
})

test('several watches share a timer, and end with the last of them', async () => {
  const first = watchEventLoop()
  await until(() => own().turns === 2, 'the second turn')
  const second = watchEventLoop()
  assert.is(own().turns, 2, 'the count goes on')
  first()
  first()
  await until(() => own().turns === 3, 'the third turn')
  second()
  assert.is(own().turns, 0)
  const third = watchEventLoop()
  second()
  first()
  assert.is(own().turns, 1)
  third()
  assert.is(own().turns, 0)
})

test('the count of turns skips 0, which would mean that nobody watches', async () => {
  const unwatch = watchEventLoop()
  own().turns = 2 ** 32 - 1
  await until(() => own().turns !== 2 ** 32 - 1, 'the turn after the largest number')
  assert.is(own().turns, 1)
  unwatch()
})

test.run()
