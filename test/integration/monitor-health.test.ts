// What /health says of real threads: which are blocked or stuck, and above all which aren't.
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism, constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { skipOnWindows, testTermination } from '../../tools/testing/skip.js'
import { inCleanProcess } from '../support/processes.js'
import type { Answer, Behaviour, Order } from './monitor-health/messages.js'

const LIMIT_MS = 1000

interface Health {
  readonly status: string
  readonly threads: readonly {
    readonly threadId: number
    readonly threadName?: string
    readonly state: string
    readonly since: string
    readonly forMs: number
    readonly texts: object
  }[]
  readonly notes?: readonly string[]
}

interface Reading {
  readonly code: number
  readonly health: Health
}

const running = new Set<ChildProcess>()
test.after.each(() => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
})

/** Starts the program, and returns what its test needs. */
async function startProgram(limitMs = LIMIT_MS) {
  const child = fork(join(import.meta.dirname, 'monitor-health/program.js'), [String(limitMs)])
  running.add(child)
  const answers: Answer[] = []
  child.on('message', (answer: Answer) => answers.push(answer))
  const next = async <A extends Answer['answer']>(kind: A): Promise<Extract<Answer, { answer: A }>> => {
    for (;;) {
      const index = answers.findIndex(({ answer }) => answer === kind)
      if (index >= 0) return answers.splice(index, 1)[0] as never
      await once(child, 'message', { signal: AbortSignal.timeout(60_000) })
    }
  }
  const order = (message: Order) => child.send(message)
  const { url } = await next('listening')
  const read = async (): Promise<Reading> => {
    const response = await fetch(new URL('health', url))
    return { code: response.status, health: (await response.json()) as Health }
  }
  return {
    child,
    next,
    order,
    read,
    async start(behaviour: Behaviour): Promise<number> {
      order({ order: 'start', behaviour })
      return (await next('started')).threadId
    },
    /** Reads until a condition holds. Returns all readings. */
    async readUntil(holds: (reading: Reading) => boolean): Promise<Reading[]> {
      const readings: Reading[] = []
      for (;;) {
        const reading = await read()
        readings.push(reading)
        if (holds(reading)) return readings
        await delay(10)
      }
    },
    /** Reads for a while, as fast as it answers. */
    async readFor(ms: number): Promise<Reading[]> {
      const end = performance.now() + ms
      const readings = [await read()]
      while (performance.now() < end) readings.push(await read())
      return readings
    },
  }
}

const isWell = ({ code }: Reading) => code === 200
const isIll = ({ code }: Reading) => code === 503

function assertWell(readings: readonly Reading[]): void {
  for (const { code, health } of readings)
    assert.equal([code, health], [200, { status: 'ok', threads: [] }], JSON.stringify(health))
}

testTermination(
  'a stuck worker is named, with its text, and since when; once it is terminated, all is well',
  async () => {
    const { start, order, next, readUntil } = await startProgram()
    await start('counts')
    await start('counts in a loop')
    await start('is idle')
    const before = Date.now()
    const threadId = await start('gets stuck')
    const readings = await readUntil(isIll)
    const { health } = readings.pop() as Reading
    assertWell(readings)
    assert.is(health.status, 'stuck')
    assert.equal(
      health.threads.map(({ since, forMs, ...thread }) => thread),
      [{ threadId, threadName: 'gets stuck', state: 'stuck', texts: { 'jobs.file': 'endless.txt' } }],
    )
    const [thread] = health.threads
    assert.ok((thread?.forMs ?? 0) >= LIMIT_MS, `${thread?.forMs} ms`)
    const since = Date.parse(thread?.since ?? '')
    assert.ok(since >= before && since <= Date.now() - LIMIT_MS, `since ${thread?.since}`)
    order({ order: 'terminate', threadId })
    await next('terminated')
    // The others have gone on all the time.
    assertWell([(await readUntil(isWell)).pop() as Reading])
  },
)

test('while the main thread is blocked, the monitor answers that it is; afterwards, all is well', async () => {
  const { start, order, readUntil } = await startProgram()
  await start('counts')
  order({ order: 'block', ms: 2 * LIMIT_MS })
  const before = await readUntil(isIll)
  const { health } = before.pop() as Reading
  assertWell(before)
  assert.is(health.status, 'blocked')
  const [thread, ...others] = health.threads
  assert.equal([thread?.threadId, thread?.state, thread?.texts, others], [0, 'blocked', {}, []])
  assert.ok((thread?.forMs ?? 0) >= LIMIT_MS && (thread?.forMs ?? 0) < 2 * LIMIT_MS, `${thread?.forMs} ms`)
  const after = (await readUntil(isWell)).slice(0, -1)
  for (const { health } of after)
    assert.equal(
      health.threads.map(({ threadId }) => threadId),
      [0],
    )
})

skipOnWindows('it has no SIGSTOP')(
  'a process that was stopped for longer than both limits is well at once, and stays so',
  async () => {
    const { child, start, order, readFor, readUntil } = await startProgram()
    await start('counts')
    await start('counts in a loop')
    await start('is idle')
    // Not by child.kill, which on Deno does nothing the second time.
    process.kill(child.pid as number, 'SIGSTOP')
    await delay(1.5 * LIMIT_MS)
    process.kill(child.pid as number, 'SIGCONT')
    assertWell(await readFor(1.5 * LIMIT_MS))
    // The watch goes on.
    order({ order: 'block', ms: 1.5 * LIMIT_MS })
    assert.is((await readUntil(isIll)).pop()?.health.status, 'blocked')
  },
)

test('on a machine with twice as many other processes as processors, nobody is blocked or stuck', async () => {
  const limitMs = 500
  const { start, readFor } = await startProgram(limitMs)
  await start('counts')
  await start('counts in a loop')
  await start('is idle')
  for (let i = 0; i < 2 * availableParallelism(); i++) {
    const spinner = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' })
    running.add(spinner)
    await once(spinner, 'spawn')
    // Other tests may run beside this one.
    setPriority(spinner.pid as number, constants.priority.PRIORITY_BELOW_NORMAL)
  }
  assertWell(await readFor(6 * limitMs))
})

testTermination(
  'a worker that was terminated while the main thread is blocked is gone, neither blocked nor stuck',
  async () => {
    for (const behaviour of ['counts', 'counts in a loop'] as const) {
      const { start, order, readUntil } = await startProgram(500)
      const threadId = await start(behaviour)
      order({ order: 'terminate and block', threadId, ms: 3000 })
      const readings = await readUntil(({ health }) => (health.threads[0]?.forMs ?? 0) > 2000)
      for (const { health } of readings) {
        for (const thread of health.threads) assert.is(thread.threadId, 0, JSON.stringify(thread))
      }
    }
  },
)

testTermination(
  'onStuck may terminate the worker: the counts of the worker stay, and a new worker is reported as well',
  async () => {
    const { order, start, next, readUntil } = await startProgram(500)
    order({ order: 'terminate the stuck' })
    for (let i = 1; i <= 2; i++) {
      const threadId = await start('gets stuck')
      const { thread, totals } = await next('stuck')
      const { unchangedMs, ...rest } = thread as { unchangedMs: number }
      assert.equal(rest, {
        threadId,
        threadName: 'gets stuck',
        values: { started: 1, file: 'endless.txt' },
      })
      assert.ok(unchangedMs >= 500, `${unchangedMs} ms`)
      assert.equal(totals, { started: i, done: 0, steps: 0 })
      await readUntil(isWell)
    }
  },
)

test('a worker may call onStuck: it learns of its siblings, also while the main thread is blocked', async () => {
  const { order, start, next } = await startProgram(500)
  const watcher = await start('asks who is stuck')
  const threadId = await start('gets stuck')
  order({ order: 'block', ms: 1500 })
  const report = await next('stuck')
  assert.equal([report.in, (report.thread as { threadId: number }).threadId], [watcher, threadId])
  assert.ok(
    (report.thread as { unchangedMs: number }).unchangedMs < 1000,
    'it was told before the block ended',
  )
})

test('watches keep no program alive', async () => {
  const hasEnded = await inCleanProcess(async () => {
    const { threadLocal } = await import('threadslots')
    const { onStuck, watchEventLoop } = await import('threadslots/monitor')
    const local = threadLocal('jobs', { started: 'count', done: 'count' })
    onStuck(local, { started: 'started', done: 'done' }, () => {})
    watchEventLoop()
    return true
  })
  assert.is(hasEnded, true)
})

test.run()
