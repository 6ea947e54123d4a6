// Cancelling tasks in real threads. Polls at every step are in protocol/cancel.test.ts.
import { perThread, threadLocal, totals } from 'threadslots'
import { type CancellableRun, cancellable, isCancelled } from 'threadslots/cancel'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { decode } from '../../src/cancel/tickets.js'
import { skipOn } from '../../tools/testing/skip.js'
import { until } from '../../tools/testing/until.js'
import { inCleanProcess, inProcess } from '../support/processes.js'
import { randomIntegersFrom } from '../support/random.js'
import { settings } from '../support/settings.js'
import type { Issued } from '../support/workers/issue-tickets.js'
import type { CancellableTask } from '../support/workers/run-cancellable.js'
import { ask, endAll, ended, message, start } from '../support/workers.js'

const CANCELLED = 'AbortError ABORT_ERR'

const local = threadLocal('cancellable tasks', { polls: 'count' })

/** Resolves with how the task has ended. */
const runTask = (worker: ReturnType<typeof start>, task: CancellableTask) => ask<string>(worker, task)

test('spinning tasks end when their run is cancelled: one, or several that have one ticket', async () => {
  const workers = [1, 2, 3].map(() => start('run-cancellable.js'))
  const controller = new AbortController()
  const [one, two] = [cancellable(), cancellable(controller.signal)]
  const tickets = [one, two, two].map(({ ticket }) => ticket)
  const ends: number[] = []
  const outcomes = workers.map(async (worker, i) => {
    assert.is(await runTask(worker, { ticket: tickets[i] as number, polls: Infinity }), CANCELLED)
    ends.push(i)
  })
  await until(
    () => perThread(local).filter(({ polls = 0 }) => polls > 0).length === workers.length,
    'all tasks poll',
  )
  one.cancel()
  await outcomes[0]
  assert.equal(ends, [0])
  controller.abort()
  await Promise.all(outcomes)
  // The same threads run other tasks.
  const third = cancellable()
  for (const worker of workers)
    assert.is(await runTask(worker, { ticket: third.ticket, polls: 1000 }), 'done')
  third.cancel()
})

test('of a thousand tasks, those that are cancelled end, whenever that is, and no others', async () => {
  const seed = Number(settings.SEED ?? Date.now() % 2 ** 31)
  const random = randomIntegersFrom(seed)
  const program = new AbortController()
  let tasks = 0
  const runTasks = async (worker: ReturnType<typeof start>) => {
    while (tasks < 1000) {
      const task = ++tasks
      const when = (['never', 'never', 'while it is queued', 'when it is sent', 'later'] as const)[random(5)]
      const own = new AbortController()
      const signal = AbortSignal.any([program.signal, own.signal])
      const run: CancellableRun = random(2) ? cancellable() : cancellable(random(2) ? own.signal : signal)
      const cancel = () => {
        run.cancel()
        own.abort()
      }
      if (when === 'while it is queued') cancel()
      const polls = when === 'never' ? random(20_000) : Infinity
      const outcome = runTask(worker, { ticket: run.ticket, polls })
      if (when === 'when it is sent') cancel()
      if (when === 'later') setTimeout(cancel, random(4))
      const expected = when === 'never' ? 'done' : CANCELLED
      assert.is(await outcome, expected, `SEED=${seed}, task ${task}, cancelled ${when}`)
      run.cancel()
    }
  }
  await Promise.all([1, 2, 3].map(() => runTasks(start('run-cancellable.js'))))
})

test('a dead thread’s tickets are not cancelled, also when another thread has its row and the same places', async () => {
  const polling = threadLocal('polling', { rounds: 'count' })
  const untilPolled = () => {
    const before = totals(polling).rounds
    return until(() => totals(polling).rounds > before + 2, 'two more rounds')
  }
  const dead = start('issue-tickets.js', 20)
  const issued = await message<Issued>(dead)
  assert.is(await ask(dead, 0), 'cancelled')
  const [cancelled = 0, ...others] = issued.tickets
  assert.equal([isCancelled(cancelled), others.some(isCancelled)], [true, false])
  const stop = cancellable()
  const poller = start('poll-tickets.js', [stop.ticket, ...others])
  const found = message<number[]>(poller)
  await untilPolled()
  const end = ended(dead)
  await dead.terminate()
  await end
  await untilPolled()
  const heir = start('issue-tickets.js', 20)
  const inherited = await message<Issued>(heir)
  assert.is(inherited.row, issued.row)
  const placeOf = (ticket: number) => ({ ...decode(ticket), threadId: 0 })
  assert.equal(inherited.tickets.map(placeOf), issued.tickets.map(placeOf))
  for (let i = 0; i < 20; i++) await ask(heir, i)
  await untilPolled()
  stop.cancel()
  assert.equal(await found, [])
  assert.not(issued.tickets.some(isCancelled))
  assert.ok(inherited.tickets.every(isCancelled))
  await heir.terminate()
})

test('copies of the module in one thread never issue the same ticket, and know each other’s', async () => {
  const url = import.meta.resolve('threadslots/cancel')
  const copies: typeof import('threadslots/cancel')[] = []
  for (let copy = 0; copy < 5; copy++) copies.push(await import(`${url}?copy=${copy}`))
  const seed = Number(settings.SEED ?? Date.now() % 2 ** 31)
  const random = randomIntegersFrom(seed)
  const issued = new Set<number>()
  let running: CancellableRun[] = []
  for (let round = 0; round < 2000; round++) {
    const { cancellable, isCancelled } = copies[random(copies.length)] as (typeof copies)[number]
    for (let left = random(20); left > 0; left--) {
      const run = cancellable()
      assert.not(issued.has(run.ticket), `SEED=${seed}: a ticket was issued twice`)
      issued.add(run.ticket)
      running.push(run)
    }
    const over = running.filter(() => random(2))
    running = running.filter(run => !over.includes(run))
    for (const run of over) run.cancel()
    assert.ok(over.every(({ ticket }) => isCancelled(ticket)))
    assert.not(running.some(({ ticket }) => isCancelled(ticket)))
  }
  for (const run of running) run.cancel()
})

test('a thread that has no room for more runs is told of other threads’, and its definitions stay shared', async () => {
  const seen = await inCleanProcess(async () => {
    const { SlotTable, defaultTable, setDefaultTable, threadLocal, totals } = await import('threadslots')
    setDefaultTable(SlotTable.create({ rowBytes: 4096 }))
    const { cancellable, isCancelled } = await import('threadslots/cancel')
    const { ask, message, start } = await import('../support/workers.js')
    let error: unknown
    let runs = 0
    try {
      for (; ; runs++) cancellable()
    } catch (thrown) {
      error = thrown
    }
    const worker = start('issue-tickets.js', 1)
    const { tickets } = await message<{ tickets: readonly [number] }>(worker)
    const before = isCancelled(tickets[0])
    await ask(worker, 0)
    const after = isCancelled(tickets[0])
    await worker.terminate()
    const own = threadLocal('threadslots', { turns: 'u32' })
    own.turns++
    return [error instanceof RangeError, runs, before, after, totals(own), defaultTable().lost]
  })
  assert.equal(seen, [true, 4096, false, true, { turns: 1 }, { threads: 0, keys: 0 }])
})

test('a thread that starts before the first ticket is issued is told, if the module was imported by then', async () => {
  const isCancelled = await inCleanProcess(async () => {
    const { cancellable } = await import('threadslots/cancel')
    const { ask, message, start } = await import('../support/workers.js')
    const worker = start('poll-when-told.js')
    await message(worker)
    const run = cancellable()
    run.cancel()
    const answer = await ask(worker, run.ticket)
    await worker.terminate()
    return answer
  })
  assert.is(isCancelled, true)
})

test('a thread that started before there was a table is not told, and the main thread warns', async () => {
  const { result, stderr } = await inProcess(async () => {
    const { collectWarnings, whenWarned } = await import('../support/late-threads.js')
    const { ask, message, start } = await import('../support/workers.js')
    const warnings = collectWarnings()
    const late = start('poll-when-told.js')
    await message(late)
    const { cancellable } = await import('threadslots/cancel')
    const run = cancellable()
    run.cancel()
    const isCancelled = await ask(late, run.ticket)
    run.cancel()
    const ms = await whenWarned(warnings)
    await late.terminate()
    return { isCancelled, ms, warnings }
  })
  assert.is(result.isCancelled, false)
  assert.ok(result.ms < Number.POSITIVE_INFINITY)
  assert.equal(
    result.warnings.map(({ code }) => code),
    ['THREADSLOTS_LATE'],
  )
  assert.match(stderr, /so threadslots\/cancel isn't shared; import its module/)
})

const NO_GC = 'it has no --expose-gc'
skipOn({ bun: NO_GC, deno: NO_GC })(
  'nothing is kept of signals, runs that are over, and dead threads',
  async () => {
    const seen = await inCleanProcess(async () => {
      const { cancellable, isCancelled } = await import('threadslots/cancel')
      const { encode } = await import('../../src/cancel/tickets.js')
      const collect = (globalThis as { gc?: () => void }).gc as () => void
      const program = new AbortController()
      const signals: WeakRef<AbortSignal>[] = []
      const measure = async (count: number) => {
        for (let i = 0; i < count; i++) {
          cancellable().cancel()
          cancellable(program.signal).cancel()
          isCancelled(encode({ threadId: 100 + i, word: i % 4096, generation: 1, bit: 0 }))
        }
        for (let i = 0; i < 10; i++) {
          await new Promise(resolve => setImmediate(resolve))
          collect()
        }
        return process.memoryUsage().heapUsed
      }
      for (const end of ['cancel', 'abort']) {
        for (let i = 0; i < 100; i++) {
          const own = new AbortController()
          // Node keeps such a signal as long as it has a listener.
          const signal = AbortSignal.any([program.signal, own.signal])
          const run = cancellable(signal)
          if (end === 'cancel') run.cancel()
          else own.abort()
          signals.push(new WeakRef(signal))
        }
      }
      const before = await measure(50_000)
      const after = await measure(50_000)
      return { kept: signals.filter(signal => signal.deref()).length, grown: after - before }
    }, ['--expose-gc'])
    assert.ok(seen.kept < 5, `${seen.kept} signals`)
    assert.ok(seen.grown < 200_000, `${seen.grown} bytes more`)
  },
)

test.after.each(endAll)
test.run()
