// Cancelling runs, in the thread that issues the tickets. Polls at every step are in protocol/cancel.test.ts, and other threads
// in integration/cancel.test.ts.
import { defaultTable, SlotTable } from 'threadslots'
import { type CancellableRun, cancellable, isCancelled, throwIfCancelled } from 'threadslots/cancel'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { OwnRuns } from '../../src/cancel/own-runs.js'
import { RemoteRuns } from '../../src/cancel/remote-runs.js'
import { CHUNK_BYTES, decode, encode } from '../../src/cancel/tickets.js'
import type { SlotTable as Table } from '../../src/table/slot-table.js'
import { asThread } from '../support/as-thread.js'
import { rememberBytes, throws } from '../support/assertions.js'

const cancelAll = (runs: readonly CancellableRun[]) => {
  for (const run of runs) run.cancel()
}

test('a million runs, a few at a time, take one key', () => {
  const running: CancellableRun[] = []
  let latest = 0
  for (let i = 0; i < 1_000_000; i++) {
    const run = cancellable()
    if (run.ticket === latest) assert.unreachable('a ticket came back')
    latest = run.ticket
    if (running.push(run) > 100) running.shift()?.cancel()
  }
  cancelAll(running)
  const names = defaultTable()
    .keys()
    .map(({ name }) => name)
  assert.equal(names, ['threadslots.runs0'])
  assert.ok(decode(latest).generation > 200)
})

test('a ticket is not cancelled until its run is, and then for good', () => {
  const run = cancellable()
  assert.ok(Number.isSafeInteger(run.ticket))
  assert.not(isCancelled(run.ticket))
  throwIfCancelled(run.ticket)
  const { cancel } = run
  cancel()
  cancel()
  for (let i = 0; i < 2; i++) assert.ok(isCancelled(run.ticket))
  const later = Array.from({ length: 5000 }, () => cancellable())
  assert.ok(isCancelled(run.ticket))
  cancelAll(later)
  assert.ok(isCancelled(run.ticket))
})

test('the error is an AbortError like Node’s own, and names what happened', () => {
  const run = cancellable()
  run.cancel()
  try {
    throwIfCancelled(run.ticket)
    assert.unreachable()
  } catch (error) {
    assert.instance(error, Error)
    const { name, code, message } = error as Error & { code: string }
    assert.equal([name, code, message], ['AbortError', 'ABORT_ERR', 'this task was cancelled'])
    assert.is((structuredClone(error) as Error).message, message)
  }
})

test('runs that share a word are cancelled one by one, in any order', () => {
  const runs = Array.from({ length: 40 }, () => cancellable())
  const gone = new Set<CancellableRun>()
  for (let i = 0; i < runs.length; i++) {
    const run = runs[(i * 7) % runs.length] as CancellableRun
    run.cancel()
    gone.add(run)
    for (const other of runs) assert.is(isCancelled(other.ticket), gone.has(other))
  }
})

/** A signal that counts its listeners. */
function countingSignal(signal: AbortSignal) {
  let listeners = 0
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners++
    addEventListener.apply(signal, args)
  }
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners--
    removeEventListener.apply(signal, args)
  }
  return { signal, listeners: () => listeners }
}

test('a signal cancels all of its runs, with one listener for all of them', () => {
  const controller = new AbortController()
  const { signal, listeners } = countingSignal(controller.signal)
  const runs = Array.from({ length: 1000 }, () => cancellable(signal))
  const other = cancellable()
  assert.is(listeners(), 1)
  runs[0]?.cancel()
  runs[0]?.cancel()
  assert.equal(
    runs.slice(0, 3).map(({ ticket }) => isCancelled(ticket)),
    [true, false, false],
  )
  controller.abort()
  assert.ok(runs.every(({ ticket }) => isCancelled(ticket)))
  assert.not(isCancelled(other.ticket))
  cancelAll([...runs, other])
})

test('a signal has a listener only while a run that it can cancel goes on', () => {
  const controller = new AbortController()
  const { signal, listeners } = countingSignal(controller.signal)
  for (let round = 0; round < 3; round++) {
    const runs = [cancellable(signal), cancellable(signal)]
    assert.is(listeners(), 1)
    runs[0]?.cancel()
    runs[0]?.cancel()
    assert.is(listeners(), 1)
    runs[1]?.cancel()
    assert.is(listeners(), 0)
  }
  const last = cancellable(signal)
  controller.abort()
  assert.ok(isCancelled(last.ticket))
  last.cancel()
  assert.is(listeners(), 1, 'the event itself has removed the listener, which is for one event only')
})

test('a run of a signal that is already aborted is cancelled from the start', () => {
  const { signal, listeners } = countingSignal(AbortSignal.abort())
  const run = cancellable(signal)
  assert.ok(isCancelled(run.ticket))
  run.cancel()
  assert.ok(isCancelled(run.ticket))
  assert.is(listeners(), 0)
})

test('a run that starts while its signal is being aborted is cancelled', () => {
  const controller = new AbortController()
  let late: CancellableRun | undefined
  controller.signal.addEventListener('abort', () => {
    late = cancellable(controller.signal)
  })
  const early = cancellable(controller.signal)
  controller.abort()
  assert.equal([isCancelled(early.ticket), isCancelled(late?.ticket as number)], [true, true])
})

test('what is not a signal or a ticket is refused, and starts no run', () => {
  const before = cancellable()
  const signals = [
    null,
    0,
    'abort',
    {},
    new AbortController(),
    new EventTarget(),
    { aborted: false },
    () => {},
  ]
  for (const signal of signals as unknown as AbortSignal[])
    throws(() => cancellable(signal), TypeError, /^the signal is .*; use an AbortSignal$/)
  const after = cancellable()
  assert.is(decode(after.ticket).bit, (decode(before.ticket).bit + 1) % 16)
  for (const check of [isCancelled, throwIfCancelled]) {
    for (const ticket of [undefined, null, '5', 5n, {}] as unknown as number[])
      throws(() => check(ticket), TypeError, /^the ticket is/)
    for (const ticket of [0, -1, 1.5, Number.NaN, Infinity, 2 ** 53, before.ticket + 0.5])
      throws(() => check(ticket), RangeError, /^the ticket is/)
    // The latest ticket is still known.
    assert.not(isCancelled(before.ticket))
  }
  cancelAll([before, after])
})

test('a ticket of a thread that nobody knows is not cancelled', () => {
  for (const threadId of [5, 2 ** 24, 0x7ffffffe])
    assert.not(isCancelled(encode({ threadId, word: 0, generation: 1, bit: 0 })))
  const { threadId } = defaultTable()
  assert.not(
    isCancelled(encode({ threadId, word: 4095, generation: 1, bit: 0 })),
    'in a chunk that does not exist',
  )
})

/** A table with room for this many bytes of slots, and the runs of a thread. */
function runsIn(rowBytes: number, threadId = 3) {
  const table = SlotTable.create({ maxThreads: 2, rowBytes, maxKeys: 20, threadId }) as unknown as Table
  return {
    table,
    runs: new OwnRuns(table),
    poller: new RemoteRuns(asThread(table as never, 9) as unknown as Table),
  }
}

/** Issues as many tickets as there is room for. */
function fill(runs: OwnRuns): number[] {
  const tickets: number[] = []
  throws(
    () => {
      for (;;) tickets.push(runs.issue())
    },
    RangeError,
    /^all \d+ groups of 16 runs are in use; call cancel\(\) when a task is over, or give tasks .* one ticket$/,
  )
  return tickets
}

test('runs take up to half of a row, and 32 KiB', () => {
  for (const [rowBytes, expected] of [
    [CHUNK_BYTES, 4096],
    [4 * CHUNK_BYTES - 8, 4096],
    [4 * CHUNK_BYTES, 8192],
    [28_672, 28_672],
    [65_536, 65_536],
    [262_144, 65_536],
  ] as const) {
    const { table, runs, poller } = runsIn(rowBytes)
    const tickets = fill(runs)
    assert.is(tickets.length, expected)
    assert.is(new Set(tickets).size, expected)
    assert.ok(tickets.every(ticket => !poller.isOver(ticket)))
    const check = rememberBytes(table.buffer)
    throws(() => runs.issue(), RangeError)
    check('a run for which there is no room')
    // A group of 16 is free once all of them are over.
    const group = tickets.slice(32, 48)
    const last = group.pop() as number
    for (const ticket of group) runs.finish(ticket)
    throws(() => runs.issue(), RangeError)
    runs.finish(last)
    const more = Array.from({ length: 16 }, () => runs.issue())
    throws(() => runs.issue(), RangeError)
    assert.equal(
      more.map(ticket => decode(ticket)),
      [...group, last].map(ticket => ({ ...decode(ticket), generation: 2 })),
    )
    assert.ok([...group, last].every(ticket => poller.isOver(ticket)))
    assert.ok(more.every(ticket => !poller.isOver(ticket)))
  }
})

test('a single run keeps its group, so there is room for one run per group at least', () => {
  const { runs } = runsIn(CHUNK_BYTES)
  const all: number[] = []
  try {
    for (;;) {
      const ticket = runs.issue()
      if (decode(ticket).bit === 0) all.push(ticket)
      else runs.finish(ticket)
    }
  } catch (error) {
    assert.instance(error, RangeError)
  }
  assert.is(all.length, 256)
})

test('where other keys leave no room, the error says which table has it, and nothing is written', () => {
  const { table, runs } = runsIn(CHUNK_BYTES)
  table.key('other', 'f64')
  table.attach()
  const check = rememberBytes(table.buffer)
  throws(
    () => runs.issue(),
    RangeError,
    /need 2048 bytes .* 2040 are left; create a larger table .* rowBytes: 4096/,
  )
  check('a run for which there is no room')
  assert.is(table.keys().length, 1)
})

test('a thread without a row can ask, and can’t issue', () => {
  const { table, runs, poller } = runsIn(CHUNK_BYTES)
  const ticket = runs.issue()
  asThread(table as never, 8).attach()
  throws(() => new OwnRuns(asThread(table as never, 9) as unknown as Table).issue(), RangeError, /rows/)
  assert.not(poller.isOver(ticket))
  runs.finish(ticket)
  assert.ok(poller.isOver(ticket))
})

test('asking changes no byte, and uses no key', () => {
  const { table, runs } = runsIn(2 * CHUNK_BYTES)
  const [first = 0, second = 0] = [runs.issue(), runs.issue()]
  runs.finish(first)
  const other = asThread(table as never, 8)
  other.attach()
  const check = rememberBytes(table.buffer)
  const poller = new RemoteRuns(other as unknown as Table)
  const unknown = encode({ threadId: 77, word: 300, generation: 1, bit: 0 })
  for (let i = 0; i < 2; i++)
    assert.equal(
      [first, second, unknown].map(ticket => poller.isOver(ticket)),
      [true, false, false],
    )
  check('asking')
  assert.equal(
    table.perThread(table.keys()[0] as never).map(({ threadId }) => threadId),
    [3],
  )
})

test('a word that has had its last generation is not used any more', () => {
  // A thread id of 25 bits leaves 127 generations.
  const threadId = 2 ** 24
  const { table, runs, poller } = runsIn(CHUNK_BYTES, threadId)
  runs.finish(runs.issue())
  const words = table.attach().slot(table.keys()[0] as never) as unknown as { readonly value: Float64Array }
  words.value.fill(127 * 2 ** 16)
  words.value[200] = 126 * 2 ** 16
  words.value[255] = 125 * 2 ** 16
  const issued: number[] = []
  const finished: number[] = []
  throws(
    () => {
      for (;;) {
        const ticket = runs.issue()
        assert.ok(Number.isSafeInteger(ticket))
        assert.not(poller.isOver(ticket))
        issued.push(ticket)
        // Every other run goes on for a while.
        if (issued.length % 2) continue
        for (const over of issued.slice(-2)) {
          runs.finish(over)
          finished.push(over)
        }
      }
    },
    RangeError,
    /^all 256 groups/,
  )
  assert.is(new Set(issued).size, 16 + 2 * 16)
  assert.equal([...new Set(issued.map(ticket => decode(ticket).generation))], [127, 126])
  assert.ok(finished.every(ticket => poller.isOver(ticket)))
})

test.run()
