// Workers that end before a supervisor can see their lock: they close themselves at once, or are terminated at a random
// moment.
import { defaultTable, onThreadExit, perThread, SlotTable, setDefaultTable } from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Memory, NEXT_THREAD_ID, waitWordCount } from '../../../src/memory/layout.js'
import { load32, load64, store32 } from '../../../src/memory/words.js'
import { ownerOf, usedRows } from '../../../src/protocol/claims.js'
import { randomFrom } from '../../support/random.js'
import {
  delay,
  endAll,
  KINDS,
  type Kind,
  start,
  sumsOf,
  type Thread,
  until,
  valuesOf,
} from './start-worker.js'
import { defineJobs } from './tasks.js'

const MAX_THREADS = 6
setDefaultTable(SlotTable.create({ maxThreads: MAX_THREADS }))
const jobs = defineJobs()
const { buffer } = defaultTable()
const { memory } = defaultTable() as unknown as { readonly memory: Memory }
const exits = new Map<number | undefined, number | undefined>()
onThreadExit(jobs, ({ values }) => exits.set(values.mark, values.n))

/** The ids of the threads that have rows, including those that have not counted yet. */
const owners = () => usedRows(memory).flatMap(row => ownersIn(load64(memory, row)))
const ownersIn = (claim: bigint): number[] => (ownerOf(claim) < 0 ? [] : [ownerOf(claim)])

/** Waits until the page is the only thread with a row. */
const pageAlone = () => until(() => owners().length === 1, 'all rows are free except that of the page')

/** Chromium lets a terminated worker's task run on for 2 s, in which it may still take a row. */
const RUN_ON_MS = 3_000

/** Waits until no terminated worker changes the table any more. */
async function untilSettled(): Promise<void> {
  const state = () => [load32(memory, NEXT_THREAD_ID), owners(), sumsOf(jobs).all].join()
  let last = ''
  while (last !== state()) {
    last = state()
    await delay(RUN_ON_MS)
  }
  await pageAlone()
}

/** Starts as many workers as there are rows, and terminates them. Returns how long it took until all of them were ready. */
async function fillRows(kind: Kind) {
  const started = performance.now()
  const threads = Array.from({ length: MAX_THREADS - 1 }, () => start(kind, { buffer }))
  await Promise.all(threads.map(({ isReady }) => isReady))
  const ms = performance.now() - started
  assert.is(owners().length, MAX_THREADS)
  for (const { worker } of threads) worker.terminate()
  await pageAlone()
  return ms
}

for (const kind of KINDS) {
  test(`the page sees the end of ${kind} workers that count and close themselves at once`, async () => {
    for (let round = 1; round <= 2 * MAX_THREADS; round++) {
      const { retired } = sumsOf(jobs)
      const thread = start(kind, { buffer, first: round, isSupervised: false, end: 'close' })
      await until(() => thread.count() === round, 'it counts')
      await pageAlone()
      assert.is(sumsOf(jobs).retired, retired + round)
      assert.is(exits.get(thread.mark), round)
    }
  })

  test(`the page sees the end of ${kind} workers that come so late that all wait words have been used`, async () => {
    const running = start(kind, { buffer })
    await running.isReady
    const used = [0, valuesOf(jobs, running)?.threadId ?? Number.NaN]
    const words = waitWordCount(memory)
    for (const id of used) {
      // Skip ids, so that the next worker's word would be that of a thread that still runs.
      const next = load32(memory, NEXT_THREAD_ID)
      store32(memory, NEXT_THREAD_ID, next + words - ((next - id) % words))
      const thread = start(kind, { buffer, isSupervised: false, end: 'close' })
      await until(() => thread.count() === 1, 'it counts')
      await until(() => owners().length === 2, 'its row is free')
      assert.is(exits.get(thread.mark), 1)
    }
    running.worker.terminate()
    await pageAlone()
  })

  test(`the page sees the end of ${kind} workers that are terminated as soon as they answer`, async () => {
    for (let round = 1; round <= 2 * MAX_THREADS; round++) {
      const { retired } = sumsOf(jobs)
      const thread = start(kind, { buffer, first: round, isSupervised: false })
      await thread.isReady
      thread.worker.terminate()
      await pageAlone()
      assert.is(sumsOf(jobs).retired, retired + round)
      assert.is(exits.get(thread.mark), round)
    }
  })

  test(`a ${kind} worker that closes itself and counts on keeps its row until it returns`, async () => {
    const thread = start(kind, { buffer, isSupervised: false, end: 'close and spin' })
    await until(() => thread.count() > 1000, 'it counts on')
    const other = start(kind, { buffer })
    await other.isReady
    assert.is.not(other.address(), thread.address())
    other.worker.terminate()
    await until(() => !valuesOf(jobs, other), 'the row of the other worker is free')
    const count = thread.count()
    await until(() => thread.count() > count, 'it still counts')
    assert.ok(Number(valuesOf(jobs, thread)?.n) > count)
    thread.stop()
    await pageAlone()
    assert.is(exits.get(thread.mark), thread.count())
  })

  test(`${kind} workers that are terminated at random moments leave their counts and no row`, async () => {
    const seed = Date.now() % 2 ** 31
    const random = randomFrom(seed)
    // On a busy machine, workers take long to start.
    const spanMs = 2 * (await fillRows(kind))
    const { retired } = sumsOf(jobs)
    const threads: Thread[] = []
    try {
      for (let round = 0; round < 5; round++) {
        const more = Array.from({ length: MAX_THREADS - 1 }, async () => {
          const [end = 'stay'] = (['spin', 'close', 'stay', 'stay', 'close'] as const).slice(random() * 5)
          const thread = start(kind, { buffer, isSupervised: random() < 0.5, end })
          await delay(spanMs * random() ** 2)
          thread.worker.terminate()
          return thread
        })
        threads.push(...(await Promise.all(more)))
        await pageAlone()
      }
      await untilSettled()
      let counted = 0
      for (const { mark, count } of threads) {
        const n = exits.get(mark) ?? 0
        // It may have ended between its write to the slot and its write to the log.
        assert.ok(n === count() || n === count() + 1, `${n} in its slot, ${count()} in its log`)
        counted += n
      }
      assert.equal([perThread(jobs), sumsOf(jobs).retired], [[], retired + counted])
      await fillRows(kind)
    } catch (error) {
      console.log(`\nseed: ${seed}`)
      throw error
    }
  })
}

test.after.each(endAll)
test.run()
