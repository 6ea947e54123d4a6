// Which threads the monitor calls busy, blocked or stuck. Threads are table objects in this thread, and time is a number.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { setHost } from '../../src/host/current.js'
import { serverHost } from '../../src/host/server.js'
import { type Schema, type SlotSpec, SlotTable, type ThreadLocal } from '../../src/index.js'
import { labelled } from '../../src/labels.js'
import { AwakeClock } from '../../src/monitor/awake-clock.js'
import { healthOf } from '../../src/monitor/health.js'
import { resolveOptions } from '../../src/monitor/options.js'
import { Readings } from '../../src/monitor/readings.js'
import { OWN_NAME, TURNS_KEY } from '../../src/monitor/watch-event-loop.js'
import { type ThreadStatus, Watcher } from '../../src/monitor/watcher.js'
import { freeWord, parkWaiters, probeCount } from '../../src/protocol/liveness.js'
import { RowActivity } from '../../src/protocol/row-activity.js'

const TASKS = { started: 'jobs.started', done: 'jobs.done' }
const JOBS = { started: 'count', done: 'count', file: { type: 'text', length: 20 }, step: 'u32' } as const
const OWN = { turns: { type: 'u32', fold: 'none', retire: false } } as const
const LIMITS = { blockedMs: 1000, stuckMs: 2000, tasks: TASKS }

/** What the thread that attaches next is called. */
let threadName = ''

/** A host that parks a dozen waiters for a thread, and never parks them again: no event loop turns. */
setHost({
  ...serverHost,
  waiters: 12,
  canSweep: true,
  threadName: () => threadName,
  parkWaiters(count, i32, index, value) {
    for (let i = 0; i < count; i++) Atomics.waitAsync(i32, index, value)
    return true
  },
})

test.before.each(() => {
  threadName = ''
})

/** A table that a monitor watches, and threads that come and go. */
function world(options: Partial<typeof LIMITS> = LIMITS, maxThreads = 8) {
  const dimensions = { maxThreads, maxKeys: 64, rowBytes: 4096 }
  const table = SlotTable.create({ ...dimensions, threadId: 1000, parentThreadId: -1 })
  const opened = SlotTable.from(table.buffer, { threadId: 1001, parentThreadId: -1 })
  const watcher = new Watcher(opened, { blockedMs: 1000, stuckMs: 2000, ...options }, 0)
  let now = 0
  return {
    table,
    opened,
    watcher,
    /** A thread's object of a thread-local. */
    local<const S extends Schema>(threadId: number, name: string, schema: S) {
      const own = SlotTable.from(table.buffer, { threadId, parentThreadId: -1 })
      const fields = own.registry.internAll(schema, name)
      return new (own.attach().classOf(fields))() as ThreadLocal<S>
    },
    /** Lets time pass, in ticks that are in time. */
    pass(ms: number) {
      const end = now + ms
      while (now < end) {
        now = Math.min(end, now + watcher.tickMs)
        watcher.tick(now)
      }
    },
    /** One tick that is late. */
    jump(ms: number) {
      now += ms
      watcher.tick(now)
    },
    status: (threadId: number) => watcher.statuses.find(status => status.threadId === threadId),
    state: (threadId: number) => watcher.statuses.find(status => status.threadId === threadId)?.state,
  }
}

test('a thread is busy while it has started more tasks than it has done, and idle afterwards', () => {
  const { local, pass, state } = world()
  const jobs = local(1, 'jobs', JOBS)
  pass(100)
  assert.is(state(1), 'running', 'it has counted nothing')
  jobs.started++
  pass(100)
  assert.is(state(1), 'busy')
  jobs.started++
  jobs.done++
  pass(100)
  assert.is(state(1), 'busy', 'one of two is done')
  jobs.done++
  pass(100)
  assert.is(state(1), 'idle')
  jobs.done++
  pass(100)
  assert.is(state(1), 'idle', 'more are done than started')
})

test('a busy thread is stuck once none of its slots has changed for stuckMs, not a millisecond earlier', () => {
  const { local, pass, watcher, status } = world()
  const jobs = local(1, 'jobs', JOBS)
  jobs.started++
  pass(100)
  pass(1999)
  assert.equal(status(1), { threadId: 1, state: 'busy', unchangedMs: 1999 })
  assert.is(watcher.isHealthy, true)
  pass(1)
  assert.equal(status(1), { threadId: 1, state: 'stuck', unchangedMs: 2000 })
  assert.is(watcher.isHealthy, false)
  jobs.step++
  pass(100)
  assert.equal(status(1), { threadId: 1, state: 'busy', unchangedMs: 0 })
  assert.is(watcher.isHealthy, true)
  pass(2000)
  assert.equal(status(1)?.state, 'stuck', 'again')
  jobs.done++
  pass(100)
  assert.equal(status(1)?.state, 'idle')
})

test('an idle thread is never stuck, nor is one that counts no tasks', () => {
  const { local, pass, status, watcher } = world()
  const jobs = local(1, 'jobs', JOBS)
  jobs.started++
  jobs.done++
  local(2, 'other', { x: 'u32' }).x++
  pass(100)
  pass(60_000)
  assert.equal(status(1), { threadId: 1, state: 'idle', unchangedMs: 60_000 })
  assert.equal(status(2), { threadId: 2, state: 'running', unchangedMs: 60_000 })
  assert.is(watcher.isHealthy, true)
})

test('a thread that begins a task at any moment of a tick is not stuck, however long it was idle', () => {
  let accesses = 0
  for (let at = 0; ; at++) {
    const { local, pass, state } = world()
    const jobs = local(1, 'jobs', JOBS)
    jobs.started++
    jobs.done++
    pass(60_000)
    accesses = interrupt(
      at,
      () => jobs.started++,
      () => pass(100),
    )
    if (at >= accesses) break
    assert.is.not(state(1), 'stuck', `at access ${at}`)
    pass(100)
    assert.is(state(1), 'busy', `at access ${at}`)
  }
  assert.ok(accesses > 10, `${accesses} accesses`)
})

/** Runs `during` at the n-th atomic load of `call`. Returns the number of these loads. */
function interrupt(n: number, during: () => void, call: () => void): number {
  const { load } = Atomics
  let loads = 0
  const counting = (...args: [Int32Array, number]) => {
    if (loads++ === n) {
      Object.assign(Atomics, { load })
      during()
      Object.assign(Atomics, { load: counting })
    }
    return load(...args)
  }
  Object.assign(Atomics, { load: counting })
  try {
    call()
  } finally {
    Object.assign(Atomics, { load })
  }
  return loads
}

const WRAPPING: readonly (readonly [type: string, last: number | bigint])[] = [
  ['u32', 2 ** 32 - 1],
  ['i32', 2 ** 31 - 1],
  ['count', 2 ** 32 - 1],
  ['count', 2 ** 40],
  ['f64', 2 ** 40],
  ['u64', 2n ** 40n],
  ['i64', -1n],
]
for (const [type, last] of WRAPPING) {
  test(`tasks counted in ${type} are counted on after ${last}`, () => {
    const { local, pass, state } = world()
    const one = (typeof last === 'bigint' ? 1n : 1) as never
    const jobs = local(1, 'jobs', { started: type as 'f64', done: type as 'f64' })
    jobs.started = last as number
    jobs.done = last as number
    pass(100)
    assert.is(state(1), 'idle')
    jobs.started += one
    pass(100)
    assert.is(state(1), 'busy')
    jobs.done += one
    pass(100)
    assert.is(state(1), 'idle')
  })
}

test('tasks may be counted by labels: all children count, also those that appear later', () => {
  const { local, pass, state } = world()
  const jobs = local(1, 'jobs', {
    started: labelled('count', ['kind']),
    done: labelled('count', ['kind']),
  })
  jobs.started.with({ kind: 'a' }).add(1)
  pass(100)
  assert.is(state(1), 'busy')
  jobs.done.with({ kind: 'a' }).add(1)
  pass(100)
  assert.is(state(1), 'idle')
  jobs.started.with({ kind: 'b' }).add(1)
  pass(100)
  assert.is(state(1), 'busy')
  jobs.done.with({ kind: 'b' }).add(1)
  pass(100)
  assert.is(state(1), 'idle')
})

test('nobody is busy before both keys exist, and without the option tasks', () => {
  const late = world()
  const started = late.local(1, 'jobs', { started: 'count' })
  started.started++
  late.pass(5000)
  assert.is(late.state(1), 'running')
  late.local(1, 'jobs', { done: 'count' })
  late.pass(100)
  // It has not changed a slot since long ago.
  assert.is(late.state(1), 'stuck')
  const without = world({ tasks: undefined as never })
  const jobs = without.local(1, 'jobs', JOBS)
  jobs.started++
  without.pass(5000)
  assert.is(without.state(1), 'running')
})

test('keys that hold no number make nobody busy', () => {
  for (const spec of [
    { type: 'text', length: 8 },
    { type: 'u32', length: 2 },
  ] as const) {
    const { local, pass, state } = world()
    const jobs = local(1, 'jobs', { started: spec, done: 'count' }) as unknown as {
      started: unknown
      done: number
    }
    if (spec.type === 'text') jobs.started = '7'
    else (jobs.started as Uint32Array)[0] = 7
    pass(5000)
    assert.is(state(1), 'running', spec.type)
  }
})

test('an event loop that has not turned for blockedMs is blocked, not a millisecond earlier', () => {
  const { local, pass, status, watcher } = world()
  const own = local(1, OWN_NAME, OWN)
  pass(100)
  assert.equal(status(1), { threadId: 1, state: 'running', unchangedMs: 0 }, 'not watched')
  own.turns = 1
  pass(100)
  assert.equal(status(1), { threadId: 1, state: 'running', unchangedMs: 100, blockedMs: 0 })
  pass(999)
  assert.equal(status(1), { threadId: 1, state: 'running', unchangedMs: 1099, blockedMs: 999 })
  assert.is(watcher.isHealthy, true)
  pass(1)
  assert.equal(status(1), { threadId: 1, state: 'blocked', unchangedMs: 1100, blockedMs: 1000 })
  assert.is(watcher.isHealthy, false)
  own.turns++
  pass(100)
  assert.equal(status(1), { threadId: 1, state: 'running', unchangedMs: 1200, blockedMs: 0 })
  pass(1000)
  assert.is(status(1)?.state, 'blocked')
  own.turns = 0
  pass(100)
  assert.equal(status(1), { threadId: 1, state: 'running', unchangedMs: 2300 }, 'no longer watched')
})

test('turns are noticed at every magnitude, also where 32 bits end', () => {
  for (const turns of [2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2]) {
    const { local, pass, status } = world()
    const own = local(1, OWN_NAME, OWN)
    own.turns = turns
    pass(900)
    own.turns++
    pass(100)
    assert.is(status(1)?.blockedMs, 0, `after ${turns}`)
  }
  const { local, pass, status } = world()
  const own = local(1, OWN_NAME, OWN)
  own.turns = 2 ** 32 - 1
  pass(900)
  own.turns = 1
  pass(100)
  assert.is(status(1)?.blockedMs, 0)
})

test('a loop that is watched when the monitor starts is blocked only once it has been seen for blockedMs', () => {
  const { local, table } = world()
  local(1, OWN_NAME, OWN).turns = 77
  const watcher = new Watcher(SlotTable.from(table.buffer, { threadId: 7 }), LIMITS, 5_000_000)
  assert.equal(watcher.statuses, [{ threadId: 1, state: 'running', unchangedMs: 0, blockedMs: 0 }])
})

test('a blocked loop that counts is blocked and not stuck; one that counts nothing is stuck as well', () => {
  const { local, pass, state } = world()
  const own = local(1, OWN_NAME, OWN)
  const jobs = local(1, 'jobs', JOBS)
  own.turns = 1
  jobs.started++
  for (let i = 0; i < 100; i++) {
    jobs.step++
    pass(100)
  }
  assert.is(state(1), 'blocked')
  pass(2000)
  assert.is(state(1), 'stuck')
})

test('an event loop that turns is no sign of progress', () => {
  const { local, pass, state } = world()
  const own = local(1, OWN_NAME, OWN)
  const jobs = local(1, 'jobs', JOBS)
  jobs.started++
  for (let i = 0; i < 25; i++) {
    own.turns++
    pass(100)
  }
  assert.is(state(1), 'stuck')
})

test("other threads' new keys are no sign of progress", () => {
  const { local, pass, state, table } = world()
  const jobs = local(1, 'jobs', JOBS)
  jobs.started++
  for (let i = 0; i < 25; i++) {
    table.key(`key ${i}`, i % 2 ? 'f64' : { type: 'text', length: 9 })
    pass(100)
  }
  local(2, OWN_NAME, OWN)
  pass(100)
  table.key('after own', 'u32')
  pass(100)
  assert.is(state(1), 'stuck')
})

test('time in which the monitor could not run makes nobody blocked or stuck', () => {
  const { local, jump, pass, state, status } = world()
  const own = local(1, OWN_NAME, OWN)
  const jobs = local(1, 'jobs', JOBS)
  own.turns = 1
  jobs.started++
  pass(100)
  // The process is stopped, or the machine sleeps.
  jump(3_600_000)
  assert.equal(status(1), { threadId: 1, state: 'busy', unchangedMs: 200, blockedMs: 200 })
  own.turns++
  for (let i = 0; i < 5; i++) jump(60_000)
  assert.is(state(1), 'busy')
  jump(60_000)
  assert.is(state(1), 'blocked', 'a tick that is late counts for two')
})

test('the time of day may jump: nothing here asks for it', () => {
  const { now } = Date
  const { local, table, state, pass } = world()
  local(1, 'jobs', JOBS).started++
  Date.now = () => assert.unreachable('it asked') as never
  try {
    // Without a time, it asks the clock that never jumps.
    const watcher = new Watcher(SlotTable.from(table.buffer, { threadId: 7 }), LIMITS)
    watcher.tick(performance.now())
    pass(2100)
  } finally {
    Date.now = now
  }
  assert.is(state(1), 'stuck')
})

test('a tick counts for at most two intervals, and time that passed before the clock was made not at all', () => {
  const clock = new AwakeClock(100, 1e6)
  assert.is(clock.now, 0)
  clock.tick(1e6 + 199)
  assert.is(clock.now, 199)
  clock.tick(1e6 + 399)
  assert.is(clock.now, 399)
  clock.tick(1e6 + 600)
  assert.is(clock.now, 599)
})

test('the interval is a tenth of the shorter limit, and at most a quarter of a second', () => {
  const tickMs = (blockedMs: number, stuckMs: number) => world({ blockedMs, stuckMs }).watcher.tickMs
  assert.equal(
    [tickMs(250, 30_000), tickMs(5000, 300), tickMs(5000, 30_000), tickMs(Infinity, 2400)],
    [25, 30, 250, 240],
  )
})

test('threads come and go between ticks, and each begins with a clean slate', () => {
  const { local, pass, watcher, status, table } = world(LIMITS, 2)
  local(1, OWN_NAME, OWN).turns = 5
  const first = local(1, 'jobs', JOBS)
  first.started++
  pass(100)
  pass(5000)
  assert.is(status(1)?.state, 'stuck')
  table.release(1)
  pass(100)
  assert.equal(watcher.statuses, [])
  const second = local(2, 'jobs', JOBS)
  second.started++
  pass(100)
  assert.equal(watcher.statuses, [{ threadId: 2, state: 'busy', unchangedMs: 0 }])
  table.release(2)
  local(3, 'jobs', JOBS)
  local(2_000, 'jobs', JOBS)
  pass(100)
  assert.equal(
    watcher.statuses.map(({ threadId, state }) => [threadId, state]),
    [
      [3, 'running'],
      [2000, 'running'],
    ],
  )
  assert.equal(watcher.usage, { owned: 2, ended: 2 })
})

test('a thread that comes later is watched like the first', () => {
  const { local, pass, state, status } = world()
  const jobs = local(1, 'jobs', JOBS)
  pass(1000)
  local(2, 'jobs', JOBS).started++
  jobs.started++
  pass(100)
  pass(2000)
  assert.equal([state(1), state(2), status(2)?.unchangedMs], ['stuck', 'stuck', 2000])
})

test('statuses are listed by thread id, whatever rows the threads have', () => {
  const { local, pass, watcher } = world()
  for (const threadId of [30, 4, 200]) local(threadId, 'jobs', JOBS)
  pass(100)
  assert.equal(
    watcher.statuses.map(({ threadId }) => threadId),
    [4, 30, 200],
  )
})

/** Parks waiters for a thread, and kills it: they disappear. */
function mortal({ table }: { table: SlotTable }, threadId: number) {
  const { memory } = table
  parkWaiters(memory, threadId)
  return () => {
    // As if the thread's waiters had gone with it: a wake that no probe counts.
    for (let i = 0; i < memory.i32.length; i++) {
      if (Math.floor(Atomics.load(memory.i32, i) / 512) - 1 === threadId) Atomics.notify(memory.i32, i)
    }
  }
}

test('a dead thread whose row nobody has released is neither blocked nor stuck, but gone', () => {
  const all = world()
  const { local, pass, state, watcher } = all
  const kill = mortal(all, 1)
  const jobs = local(1, 'jobs', JOBS)
  jobs.started++
  pass(100)
  kill()
  pass(1999)
  assert.is(state(1), 'busy', 'nobody has looked')
  pass(1)
  assert.is(state(1), undefined)
  assert.is(watcher.isHealthy, true)
  pass(60_000)
  assert.is(state(1), undefined)
  assert.is(probeCount(all.table.memory, 1), 1, 'the dead are not probed again')
})

test('a thread that dies while it is blocked or stuck is found dead after twice the time', () => {
  const all = world()
  const { local, pass, state } = all
  const kill = mortal(all, 1)
  local(1, OWN_NAME, OWN).turns = 1
  pass(100)
  pass(1000)
  assert.is(state(1), 'blocked')
  kill()
  pass(999)
  assert.is(state(1), 'blocked')
  pass(1)
  assert.is(state(1), undefined)
})

test('a silent thread is probed at 1, 2, 4 … times the limit, and again from the start if it is silent again', () => {
  const all = world()
  const { local, pass, table } = all
  mortal(all, 1)
  const own = local(1, OWN_NAME, OWN)
  const probes = () => probeCount(table.memory, 1)
  own.turns = 1
  pass(100)
  const counts = [1000, 1000, 1999, 1].map(ms => {
    pass(ms)
    return probes()
  })
  assert.equal(counts, [1, 2, 2, 3])
  own.turns++
  pass(100)
  pass(999)
  assert.is(probes(), 3)
  pass(1)
  assert.is(probes(), 4)
})

test('half of a thread’s waiters are left to sweeps, however often it is silent', () => {
  const all = world()
  const { local, pass, table } = all
  mortal(all, 1)
  const own = local(1, OWN_NAME, OWN)
  for (let i = 0; i < 50; i++) {
    own.turns++
    pass(2500)
  }
  assert.is(probeCount(table.memory, 1), 6)
})

test('a thread that nobody can probe counts as alive', () => {
  const { local, pass, state, table } = world()
  local(1, OWN_NAME, OWN).turns = 1
  freeWord(table.memory, 1)
  pass(60_000)
  assert.is(state(1), 'blocked')
})

// Digests, names and usage.

const VALUES: readonly (readonly [spec: SlotSpec, ...values: unknown[]])[] = [
  ['count', 1, 2 ** 31, 2 ** 32, 2 ** 40, 2 ** 40 + 1],
  ['u32', 1, 2 ** 32 - 1],
  ['i32', 1, -1, -2],
  ['f32', 0.5, -0.5, -0],
  ['f64', 0.5, -0.5, -0, Number.MIN_VALUE, 1e300],
  ['i64', 1n, -1n, 2n ** 40n],
  ['u64', 1n, 2n ** 63n],
  [{ type: 'f64', fold: 'max' }, 1, 2],
  [{ type: 'text', length: 5 }, 'a', 'b', 'abcde', '', ''],
]
for (const [spec, ...values] of VALUES) {
  const title = typeof spec === 'string' ? spec : JSON.stringify(spec)
  test(`a digest changes with every new value of a ${title}, in the first, the middle and the last place`, () => {
    const { table, local } = world()
    const schema = { a: spec, first: 'u32', b: spec, c: spec } as Schema
    const own = local(1, 'x', schema) as unknown as Record<string, unknown>
    const activity = new RowActivity(SlotTable.from(table.buffer, { threadId: 9 }).registry, TURNS_KEY)
    const digest = () => activity.look().threads[0]?.digest
    for (const name of ['a', 'b', 'c']) {
      const seen = new Set([digest()])
      for (const value of values) {
        own[name] = value
        // Assigning the same text again is a change, too.
        const before = seen.size
        seen.add(digest())
        assert.is(seen.size, before + 1, `${name} = ${String(value)}`)
      }
    }
  })
}

for (const type of ['u8', 'u32', 'f64', 'i64'] as const) {
  test(`a digest changes with every element of a vector of ${type}, and when two elements change places`, () => {
    const { table, local } = world()
    const length = 7
    const own = local(1, 'x', { v: { type, length } } as Schema) as unknown as {
      v: { [index: number]: unknown }
    }
    const activity = new RowActivity(SlotTable.from(table.buffer, { threadId: 9 }).registry, TURNS_KEY)
    const digest = () => activity.look().threads[0]?.digest
    const [zero, one, two] = type === 'i64' ? [0n, 1n, 2n] : [0, 1, 2]
    const seen = new Set([digest()])
    for (let i = 0; i < length; i++) {
      own.v[i] = one
      seen.add(digest())
      own.v[i] = zero
    }
    assert.is(seen.size, length + 1)
    own.v[2] = one
    own.v[3] = two
    const before = digest()
    own.v[2] = two
    own.v[3] = one
    assert.is.not(digest(), before)
  })
}

test('a digest changes when two values change their signs', () => {
  for (const type of ['f32', 'f64', 'i32'] as const) {
    const { table, local } = world()
    const own = local(1, 'x', { a: type, b: type })
    const activity = new RowActivity(SlotTable.from(table.buffer, { threadId: 9 }).registry, TURNS_KEY)
    const digest = () => activity.look().threads[0]?.digest
    // Two integers that differ in their highest bits alone.
    const [a, b] = type === 'i32' ? [2 ** 30, -(2 ** 30)] : [1.5, -1.5]
    own.a = a
    own.b = a
    const before = digest()
    own.a = b
    own.b = b
    assert.is.not(digest(), before, type)
  }
})

test('the digest leaves out the pulse and what no key takes, wherever the pulse key is', () => {
  for (const keysBefore of [0, 1, 3]) {
    const { table, local } = world()
    for (let i = 0; i < keysBefore; i++) table.key(`before ${i}`, { type: 'u8', length: 3 })
    const own = local(1, OWN_NAME, OWN)
    const after = local(1, 'x', { a: 'u32' })
    const activity = new RowActivity(SlotTable.from(table.buffer, { threadId: 9 }).registry, TURNS_KEY)
    const look = () => activity.look().threads[0]
    const before = look()
    own.turns = 12_345
    assert.equal(look(), { ...before, pulse: 12_345 }, `after ${keysBefore} keys`)
    own.turns = 2 ** 31 - 1
    assert.is(look()?.digest, before?.digest)
    after.a = 1
    assert.is.not(look()?.digest, before?.digest)
  }
})

test('a thread that has not used the pulse key has the pulse 0, also if there is no such key', () => {
  const { table, local } = world()
  // All keys of the table but one are in use, so that no byte around the values is 0.
  const schema = Object.fromEntries(Array.from({ length: 63 }, (_, i) => [`a${i}`, 'u32' as const]))
  const own = local(1, 'x', schema)
  for (const name of Object.keys(schema)) own[name] = 7
  const activity = new RowActivity(SlotTable.from(table.buffer, { threadId: 9 }).registry, TURNS_KEY)
  const pulse = () => activity.look().threads[0]?.pulse
  assert.is(pulse(), 0)
  local(2, OWN_NAME, OWN).turns = 3
  assert.is(pulse(), 0)
  local(1, OWN_NAME, OWN).turns = 4
  assert.is(pulse(), 4)
})

test('rows in use and ended threads are counted through deaths, handovers and claims that came to nothing', () => {
  const { table, local } = world(LIMITS, 3)
  const activity = new RowActivity(SlotTable.from(table.buffer, { threadId: 9 }).registry, TURNS_KEY)
  const usage = () => {
    const { owned, ended, threads } = activity.look()
    return [owned, ended, threads.length]
  }
  assert.equal(usage(), [0, 0, 0])
  local(1, 'x', { a: 'u32' }).a++
  local(2, 'x', { a: 'u32' }).a++
  assert.equal(usage(), [2, 0, 2])
  table.release(1)
  assert.equal(usage(), [1, 1, 1], 'released')
  local(3, 'x', { a: 'u32' })
  assert.equal(usage(), [2, 1, 2], 'handed over')
  table.release(3)
  table.release(2)
  assert.equal(usage(), [0, 3, 0])
  for (let threadId = 10; threadId < 30; threadId++) {
    local(threadId, 'x', { a: 'u32' })
    table.release(threadId)
  }
  assert.equal(usage(), [0, 23, 0])
  assert.equal(activity.look().threads, [])
})

/** Thrown where a thread dies. */
const DEATH = new Error('the thread dies here')
const WRITES = ['store', 'compareExchange'] as const

/** Runs a call that dies at its n-th atomic store. Returns the number of stores. */
function dieAtStore(n: number, call: () => void): number {
  const originals = { store: Atomics.store, compareExchange: Atomics.compareExchange }
  let stores = 0
  for (const name of WRITES) {
    const original = originals[name] as (...args: unknown[]) => unknown
    Object.assign(Atomics, {
      [name](...args: unknown[]) {
        if (stores++ === n) throw DEATH
        return original(...args)
      },
    })
  }
  try {
    call()
  } catch (error) {
    if (error !== DEATH) throw error
  } finally {
    Object.assign(Atomics, originals)
  }
  return stores
}

for (const hasPredecessor of [false, true]) {
  test(`a thread that dies at any store of attaching ${hasPredecessor ? 'to a used' : 'to a new'} row counts once it was live, and not before`, () => {
    for (let n = 0; ; n++) {
      const { table, local } = world(LIMITS, 1)
      const activity = new RowActivity(SlotTable.from(table.buffer, { threadId: 9 }).registry, TURNS_KEY)
      if (hasPredecessor) {
        local(1, 'x', { a: 'u32' }).a = 5
        table.release(1)
      } else table.key('x.a', 'u32')
      const earlier = hasPredecessor ? 1 : 0
      const stores = dieAtStore(n, () => local(2, 'x', { a: 'u32' }))
      const after = activity.look()
      const wasLive = after.threads.some(({ threadId }) => threadId === 2)
      assert.is(after.ended, earlier, `store ${n}`)
      table.release(2)
      const ended = earlier + (wasLive ? 1 : 0)
      assert.is(activity.look().ended, ended, `store ${n}, released`)
      local(3, 'x', { a: 'u32' })
      assert.equal(activity.look().ended, ended, `store ${n}, handed over`)
      assert.is(activity.look().owned, 1)
      table.release(3)
      assert.is(activity.look().ended, ended + 1, `store ${n}, released again`)
      if (n >= stores) {
        assert.is(wasLive, true)
        break
      }
    }
  })
}

test('a row that is handed over at any moment of a look shows no thread under another one’s name or pulse, and no fall of ended', () => {
  let accesses = 0
  for (let at = 0; ; at++) {
    const { table, local, opened } = world(LIMITS, 1)
    const activity = new RowActivity(opened.registry, TURNS_KEY)
    // Another object: one thread doesn't look twice at once.
    const other = new RowActivity(SlotTable.from(table.buffer, { threadId: 9 }).registry, TURNS_KEY)
    const enter = (threadId: number) => {
      threadName = `thread ${threadId}`
      local(threadId, OWN_NAME, OWN).turns = threadId
      return local(threadId, 'x', { a: 'u32' })
    }
    enter(1).a = 1
    const counts: number[] = []
    accesses = interrupt(
      at,
      () => {
        table.release(1)
        counts.push(other.look().ended)
        enter(2)
        counts.push(other.look().ended)
      },
      () => {
        const { threads, ended } = activity.look()
        counts.push(ended)
        for (const { threadId, threadName, pulse } of threads) {
          assert.is(threadName, `thread ${threadId}`, `at access ${at}`)
          // It counts only after it has attached.
          assert.ok(
            pulse === threadId || pulse === 0,
            `at access ${at}: pulse ${pulse} of thread ${threadId}`,
          )
        }
      },
    )
    if (at >= accesses) break
    // This look may have counted before the death, or after it.
    assert.equal(counts, [1, 1, Math.min(counts[2] as number, 1)], `at access ${at}`)
    assert.is(activity.look().ended, 1)
  }
  assert.ok(accesses > 8, `${accesses} accesses`)
})

test('looking changes no byte', () => {
  const { table, local, pass } = world()
  local(1, 'jobs', JOBS).started++
  local(2, OWN_NAME, OWN).turns = 1
  const before = new Uint8Array(table.buffer).slice()
  pass(900)
  assert.equal(new Uint8Array(table.buffer).slice(), before)
})

// /health

/** The health of a world, with times relative to now. */
function health({ opened, watcher }: ReturnType<typeof world>, tasks: typeof TASKS | undefined = TASKS) {
  const options = resolveOptions({ ...LIMITS, ...(tasks ? { tasks } : { tasks: undefined as never }) })
  const before = Date.now()
  const { threads, ...rest } = healthOf(new Readings(opened, watcher), options)
  const after = Date.now()
  for (const { since, forMs } of threads) {
    const at = Date.parse(since) + forMs
    assert.ok(at >= before && at <= after, `${since} + ${forMs} ms is not now`)
  }
  return {
    ...rest,
    threads: threads.map(({ since, ...thread }) => ({ ...thread, texts: { ...thread.texts } })),
  }
}

test('health names each blocked or stuck thread, its state, for how long, and its texts', () => {
  const all = world()
  const { local, pass } = all
  const jobs = local(1, 'jobs', JOBS)
  local(2, OWN_NAME, OWN).turns = 1
  threadName = 'decoder'
  const own = local(3, OWN_NAME, OWN)
  const third = local(3, 'jobs', JOBS)
  own.turns = 1
  third.started++
  third.file = 'endless.txt'
  jobs.started++
  pass(100)
  assert.equal(health(all), { status: 'ok', threads: [] })
  for (let i = 0; i < 10; i++) {
    jobs.step++
    own.turns++
    pass(100)
  }
  assert.equal(health(all), {
    status: 'blocked',
    threads: [{ threadId: 2, state: 'blocked', forMs: 1000, texts: {} }],
  })
  for (let i = 0; i < 10; i++) {
    jobs.step++
    own.turns++
    pass(100)
  }
  assert.equal(health(all), {
    status: 'stuck',
    threads: [
      { threadId: 2, state: 'blocked', forMs: 2000, texts: {} },
      {
        threadId: 3,
        threadName: 'decoder',
        state: 'stuck',
        forMs: 2000,
        texts: { 'jobs.file': 'endless.txt' },
      },
    ],
  })
})

test('health notes keys of the option tasks that nobody has created, or that hold no number', () => {
  const all = world()
  all.pass(100)
  assert.equal(health(all).notes, [
    "no thread has a key 'jobs.started' so far; the option tasks names it",
    "no thread has a key 'jobs.done' so far; the option tasks names it",
  ])
  assert.is(health(all, null as never).notes, undefined)
  all.local(1, 'jobs', { started: 'count', done: { type: 'text', length: 8 } })
  assert.equal(health(all).notes, [
    "the option tasks names 'jobs.done', which holds no number; use a key that counts, such as a count",
  ])
  assert.is(health(all).status, 'ok')
})

const byId = (statuses: readonly ThreadStatus[]) => new Map(statuses.map(status => [status.threadId, status]))

test('many threads, seeded: states follow from what each thread did last', () => {
  const { local, pass, watcher } = world(LIMITS, 8)
  const ids = [1, 2, 3, 4, 5, 6]
  const threads = ids.map(threadId => ({ threadId, jobs: local(threadId, 'jobs', JOBS), changedAt: 0 }))
  let seed = 7
  const random = (n: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    return (seed >>> 8) % n
  }
  for (let now = 100; now < 60_000; now += 100) {
    for (const thread of threads) {
      const { jobs } = thread
      if (random(15)) continue
      thread.changedAt = now
      if (jobs.started > jobs.done && random(2)) jobs.done++
      else if (random(2)) jobs.step++
      else jobs.started++
    }
    pass(100)
    const statuses = byId(watcher.statuses)
    for (const { threadId, jobs, changedAt } of threads) {
      const status = statuses.get(threadId)
      const isBusy = jobs.started > jobs.done
      if (changedAt === 0) continue
      assert.is(status?.unchangedMs, now - changedAt)
      const expected = isBusy ? (now - changedAt >= 2000 ? 'stuck' : 'busy') : 'idle'
      if (status?.state !== 'running') assert.is(status?.state, expected, `thread ${threadId} at ${now}`)
    }
  }
})

test.run()
