// Deaths that nobody sees: of threads whose parent doesn't use the package, or has removed its listeners.
import { defaultTable, onThreadExit, perThread, SlotTable, sweep, totals } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { skipOn } from '../../tools/testing/skip.js'
import { jobs } from '../support/definitions/jobs.js'
import { inCleanProcess, inProcess } from '../support/processes.js'
import type { StartLeavesData } from '../support/workers/start-leaves.js'
import type { StartOthersData, Way } from '../support/workers/start-others.js'
import { endAll, endedAnyhow, message, start } from '../support/workers.js'

const testSweeps = skipOn({ deno: 'probes tell nothing: waiters outlive their thread' })

const running = () => perThread(jobs).map(({ threadId }) => threadId)

/** Blocks this thread until a signal has reached a count. */
function block(signals: Int32Array, index: number, count: number): void {
  for (;;) {
    const seen = Atomics.load(signals, index)
    if (seen >= count) return
    assert.is.not(Atomics.wait(signals, index, seen, 60_000), 'timed-out')
  }
}

testSweeps('a sweep finds dead threads without any event loop turning, and no running thread', async () => {
  const ways: Way[] = ['spin', 'wait', 'stay']
  const signals = new Int32Array(new SharedArrayBuffer(16))
  const before = totals(jobs).done
  const exits: unknown[] = []
  const unsubscribe = onThreadExit(jobs, exit => exits.push(exit))
  const starter = start('start-others.js', { signals, ways } satisfies StartOthersData)
  while (Atomics.load(signals, 0) < ways.length) await new Promise(resolve => setTimeout(resolve, 5))
  const ids = running()
  assert.is(ids.length, ways.length)
  for (let i = 0; i < 3; i++) assert.is(sweep(), 0)
  assert.equal(running(), ids)

  Atomics.store(signals, 1, 1)
  block(signals, 2, ways.length)
  assert.equal(running(), ids, 'nobody has looked')
  assert.is(sweep(), ways.length)
  assert.equal([running(), totals(jobs, 'live').done], [[], 0])
  assert.equal([totals(jobs).done, totals(jobs, 'retired').done], [before + 3, before + 3])
  assert.is(sweep(), 0)
  assert.equal(exits, [], 'listeners are called once the row is free')
  await endedAnyhow(starter)
  unsubscribe()
  assert.equal(
    exits,
    ids.map(threadId => ({ threadId, values: { done: 1 } })),
  )
})

testSweeps('a full table sweeps before it refuses a thread, and calls the exit listeners then', async () => {
  const seen = await inCleanProcess(async () => {
    const { onThreadExit, SlotTable, setDefaultTable, threadLocal, totals } = await import('threadslots')
    const { ended, start } = await import('../support/workers.js')
    setDefaultTable(SlotTable.create({ maxThreads: 8, maxKeys: 4 }))
    const local = threadLocal('jobs', { done: 'u32' })
    const signals = new Int32Array(new SharedArrayBuffer(16))
    Atomics.store(signals, 1, 1)
    let exits = 0
    onThreadExit(local, () => exits++)
    for (let round = 0; round < 5; round++) {
      await ended(start('start-others.js', { signals, ways: ['stay', 'stay', 'end', 'end', 'wait'] }))
    }
    const worker = start('do-job.js')
    const row = await ended(worker)
    return { row: row < 8, done: totals(local).done, dead: Atomics.load(signals, 2), exits }
  })
  // Only this thread's own worker is one that it may be told of: the others were swept by threads that are dead as well.
  assert.equal(seen, { row: true, done: 26, dead: 25, exits: 1 })
})

testSweeps(
  'a table with all rows taken by dead threads has room for the thread that finds them',
  async () => {
    const seen = await inCleanProcess(async () => {
      const { SlotTable, onThreadExit, setDefaultTable, threadLocal, totals } = await import('threadslots')
      const { ended, start } = await import('../support/workers.js')
      const table = SlotTable.create({ maxThreads: 3, maxKeys: 4 })
      setDefaultTable(table)
      const local = threadLocal('jobs', { done: 'u32' })
      const exits: unknown[] = []
      onThreadExit(local, ({ values }) => exits.push(values))
      const signals = new Int32Array(new SharedArrayBuffer(16))
      Atomics.store(signals, 1, 1)
      await ended(start('start-others.js', { signals, ways: ['stay', 'wait'] }))
      const live = totals(local, 'live').done
      const other = SlotTable.from(table.buffer, { threadId: 1_000_000 }).attach()
      await new Promise(resolve => setImmediate(resolve))
      return { live, now: totals(local, 'live').done, bytes: other.u8.length, exits }
    })
    assert.equal(seen, { live: 2, now: 0, bytes: 8192, exits: [{ done: 1 }, { done: 1 }] })
  },
)

testSweeps(
  '52 times 5 short-lived workers of a worker without definitions all find a row, and all are counted',
  async () => {
    const seen = await inCleanProcess(async () => {
      const { defaultTable, perThread, SlotTable, setDefaultTable, sweep, threadLocal, totals } =
        await import('threadslots')
      const { endedAnyhow, start } = await import('../support/workers.js')
      // With this many rows, four are missing.
      setDefaultTable(SlotTable.create({ maxThreads: 256, maxKeys: 4 }))
      const local = threadLocal('jobs', { done: 'u32' })
      const thrown: string[] = []
      const starter = start('start-leaves.js', { rounds: 52, atOnce: 5 } satisfies StartLeavesData)
      starter.on('message', (errors: string[]) => {
        thrown.push(...errors)
        // So that a busy machine may take its time.
        process.stdout.write('\n')
      })
      const error = await endedAnyhow(starter)
      const listed = perThread(local).length
      sweep()
      return {
        thrown: [...thrown, ...(error ? [String(error)] : [])],
        hasSwept: listed < 20,
        done: [totals(local).done, totals(local, 'live').done],
        lost: defaultTable().lost,
      }
    })
    assert.equal(seen, { thrown: [], hasSwept: true, done: [260, 0], lost: { threads: 0, keys: 0 } })
  },
)

testSweeps('threads that create keys without attaching leak no records', async () => {
  const table = SlotTable.create({ maxThreads: 2, maxKeys: 2 })
  const worker = start('make-records.js', { buffer: table.buffer })
  await message(worker)
  const { openMemory } = await import('../../src/protocol/open-memory.js')
  const { ownedClaims } = await import('../../src/protocol/release.js')
  const memory = openMemory(table.buffer, {})
  assert.is(ownedClaims(memory).size, 2, 'records that a thread hasn’t published')
  assert.is(table.sweep(), 0)
  worker.removeAllListeners()
  await worker.terminate()
  assert.is(table.sweep(), 1)
  assert.is(ownedClaims(memory).size, 0)
})

testSweeps(
  'if the program removes all listeners of a worker, its row comes free at the next sweep',
  async () => {
    const exits: unknown[] = []
    const unsubscribe = onThreadExit(jobs, exit => exits.push(exit))
    const worker = start('worker-chain.js', { below: 1, ending: 'stay' })
    const { ids } = await message<{ ids: number[] }>(worker)
    worker.removeAllListeners()
    await worker.terminate()
    assert.equal([running(), exits], [ids, []])
    assert.is(sweep(), 2)
    await Promise.resolve()
    unsubscribe()
    assert.equal(running(), [])
    assert.equal(
      exits,
      ids.map(threadId => ({ threadId, values: { done: 1 } })),
    )
  },
)

testSweeps(
  'the thread that started a worker is told of its exit once, even if a sweep found it dead before',
  async () => {
    const seen = await inCleanProcess(async () => {
      const { defaultTable, onThreadExit, sweep, threadLocal } = await import('threadslots')
      const { ended, start } = await import('../support/workers.js')
      const local = threadLocal('jobs', { done: 'u32' })
      const exits: number[] = []
      onThreadExit(local, ({ threadId }) => exits.push(threadId))
      const seen: unknown[] = []
      for (const sweeper of ['own', 'other']) {
        const worker = start('do-job.js')
        const { threadId } = worker
        // Before the package sees the exit.
        worker.prependOnceListener('exit', () => {
          if (sweeper === 'own') sweep()
          else defaultTable().release(threadId)
        })
        await ended(worker)
        await new Promise(resolve => setImmediate(resolve))
        seen.push(exits.splice(0).map(id => id === threadId))
      }
      return seen
    })
    assert.equal(seen, [[true], [true]])
  },
)

test('sweeping changes nothing where no thread has died, and creates the default table if need be', async () => {
  const { code, result, stderr } = await inProcess(async () => {
    const { defaultTable, sweep } = await import('threadslots')
    return [sweep(), defaultTable().sweep()]
  })
  assert.equal([code, result, stderr], [0, [0, 0], ''])
  assert.is(defaultTable().sweep(), 0)
})

test.after.each(endAll)
test.run()
