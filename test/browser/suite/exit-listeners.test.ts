// Several supervisors of one table: each of them is told of all exits, once.
import * as threadslots from 'threadslots/browser'
import { defaultTable, onThreadExit, perThread, SlotTable, setDefaultTable } from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { internal } from '../../../src/internal.js'
import type { Memory } from '../../../src/memory/layout.js'
import { heldLocks, lockNameOf } from './lock-names.js'
import { makePause, measurePauses } from './pauses.js'
import {
  delay,
  ENGINE,
  endAll,
  KINDS,
  type Kind,
  makeTask,
  start,
  startScript,
  type Thread,
  until,
  valuesOf,
} from './start-worker.js'
import { defineJobs, IS_ENOUGH } from './tasks.js'
import type { Exit, Supervision } from './workers/supervisor.js'

// Declarations don't show it. A copy of its own would have the server's host.
const { probeCount } = (threadslots as unknown as { internal: typeof internal }).internal

setDefaultTable(SlotTable.create({ maxThreads: 6 }))
const jobs = defineJobs()
const { buffer } = defaultTable()
const { memory } = defaultTable() as unknown as { readonly memory: Memory }
const exits: Exit[] = []
let isEarly = false
onThreadExit(jobs, ({ threadId, values: { mark, n } }) => {
  exits.push({ mark, n })
  isEarly ||= perThread(jobs).some(thread => thread.threadId === threadId)
})

/** Of the page and of all its supervisors. */
const longestPause = makePause()
measurePauses(longestPause)

/** Starts a worker that supervises. Returns the exits that it is told of, including later ones. */
async function startSupervisor(kind: Kind): Promise<Exit[]> {
  const told: Exit[] = []
  const worker = startScript('supervisor', kind)
  const isReady = new Promise<void>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Exit>) =>
      data.mark === undefined ? resolve() : told.push(data)
    worker.onerror = ({ message }) => reject(new Error(message))
  })
  worker.postMessage({ buffer, longestPause } satisfies Supervision)
  await isReady
  return told
}

const ends: { readonly [how: string]: (kind: Kind, first: number) => Promise<Thread> } = {
  'are terminated': async (kind, first) => {
    const thread = start(kind, { buffer, first })
    await thread.isReady
    thread.worker.terminate()
    return thread
  },
  'close themselves at once': async (kind, first) => {
    const thread = start(kind, { buffer, first, isSupervised: false, end: 'close' })
    await until(() => thread.count() === first, 'it counts')
    return thread
  },
}

/**
 * A supervisor frees a row 100 ms after it has told the others. One that is kept from its event loop for longer misses
 * the exit. If no thread was late by as much as this, none may miss any.
 */
const PAUSE_MS = 25
const EXITS = 12
const MAX_EXITS = 60

/** The least time in which a single supervisor raises the number of its probes: it waits 4 ms × 1.5ⁿ after n probes. */
const probingMs = (from: number, to: number): number => 8 * (1.5 ** to - 1.5 ** from)
/** To this many probes it takes 1.5 s. */
const PROBES = 13

for (const kind of KINDS) {
  for (const [how, end] of Object.entries(ends)) {
    test(`each of three supervisors is told once of every ${kind} worker when these ${how}`, async () => {
      const told = [exits, await startSupervisor(kind), await startSupervisor(kind)]
      exits.length = 0
      Atomics.store(longestPause, 0, 0)
      const expected: Exit[] = []
      // A supervisor that is told of a later exit has missed those before.
      const hasHeard = (exit = expected[EXITS - 1]) =>
        exit !== undefined && told.every(seen => Number(seen.at(-1)?.mark) >= Number(exit.mark))
      for (let n = 1; !hasHeard(); n++) {
        assert.ok(n <= MAX_EXITS, `${told.map(({ length }) => length)} of ${MAX_EXITS} exits were told`)
        const thread = await end(kind, n)
        await until(() => !valuesOf(jobs, thread), 'its row is free')
        expected.push({ mark: thread.mark, n })
        for (let tries = 0; n >= EXITS && tries < 100 && !hasHeard(expected.at(-1)); tries++) await delay(10)
      }
      const isLate = Atomics.load(longestPause, 0) > PAUSE_MS
      for (const seen of told) {
        const marks = new Set(seen.map(({ mark }) => mark))
        assert.equal(seen, isLate ? expected.filter(({ mark }) => marks.has(mark)) : expected)
      }
      assert.not.ok(isEarly, 'the rows are free before the listeners are called')
    })
  }

  test(`several supervisors together probe a ${kind} worker that never returns as rarely as one would`, async () => {
    for (let i = 0; i < 3; i++) await startSupervisor(kind)
    const task = makeTask({ buffer })
    startScript('late-spinner', kind).postMessage(task)
    const reading = () => perThread(jobs).find(({ mark }) => mark === task.mark)
    await until(reading, 'it counts')
    const { threadId = -1 } = reading() ?? {}
    const probes = () => probeCount(memory, threadId) ?? Number.NaN
    if (ENGINE === 'Chromium') {
      const [first, started] = [probes(), performance.now()]
      await until(() => probes() >= PROBES, `it is probed ${PROBES} times`)
      const ms = performance.now() - started
      // The wait for the next probe may have begun long before.
      const leastMs = probingMs(first + 1, PROBES)
      assert.ok(ms > 0.9 * leastMs, `from ${first} to ${PROBES} probes in ${ms} ms; one takes ${leastMs} ms`)
    } else {
      // Other engines show its lock, so probing ends. Each supervisor may be about to probe once more.
      const name = lockNameOf(buffer, threadId)
      await until(async () => (await heldLocks()).has(name), 'its lock is held')
      const seen = probes()
      await delay(probingMs(seen, seen + 7) + 500)
      assert.ok(probes() <= seen + 4, `${seen} probes when its lock was seen, ${probes()} later`)
    }
    Atomics.store(task.log, IS_ENOUGH, 1)
  })
}

test.after.each(async () => {
  endAll()
  await until(() => perThread(jobs).length === 0, 'all have ended')
  exits.length = 0
})
test.run()
