// Workers that end before a supervisor could see their lock: by themselves at once, or terminated at any moment.
import { defaultTable, onThreadExit, perThread, SlotTable, setDefaultTable } from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Memory, NEXT_THREAD_ID, WAITS_PER_ROW } from '../../../src/memory/layout.js'
import { load32, load64, store32 } from '../../../src/memory/words.js'
import { ownerOf, usedRows } from '../../../src/protocol/claims.js'
import { randomFrom } from '../../support/random.js'
import { defineJobs } from './jobs.js'
import {
  delay,
  ENGINE,
  endAll,
  KINDS,
  type Kind,
  start,
  sumsOf,
  type Thread,
  until,
  valuesOf,
} from './threads.js'

const MAX_THREADS = 6
setDefaultTable(SlotTable.create({ maxThreads: MAX_THREADS }))
const jobs = defineJobs()
const { buffer } = defaultTable()
const { memory } = defaultTable() as unknown as { readonly memory: Memory }
const exits = new Map<number | undefined, number | undefined>()
onThreadExit(jobs, ({ values }) => exits.set(values.mark, values.n))

/** Ids of the threads that have rows, of those too that have not counted yet. */
const owners = () => usedRows(memory).flatMap(row => ownersIn(load64(memory, row)))
const ownersIn = (claim: bigint): number[] => (ownerOf(claim) < 0 ? [] : [ownerOf(claim)])

const pageAlone = () => until(() => owners().length === 1, `the rows of ${owners()} come free, but for 0`)

/** Chromium lets a terminated worker's task go on for 2 s: one that was about to take a row may still do so. */
const GRACE_MS = ENGINE === 'Chromium' ? 2_500 : 300

/** Waits until no terminated worker goes on. */
async function quiet(): Promise<void> {
  const state = () => [load32(memory, NEXT_THREAD_ID), owners(), sumsOf(jobs).all].join()
  let last = ''
  while (last !== state()) {
    last = state()
    await delay(GRACE_MS)
  }
  await pageAlone()
}

/** As many as there are rows for. */
async function fillRows(kind: Kind) {
  const threads = Array.from({ length: MAX_THREADS - 1 }, () => start(kind, { buffer }))
  await Promise.all(threads.map(({ isReady }) => isReady))
  assert.is(owners().length, MAX_THREADS)
  for (const { worker } of threads) worker.terminate()
  await pageAlone()
}

for (const kind of KINDS) {
  test(`${kind} workers that count and close themselves at once are seen to end`, async () => {
    for (let round = 1; round <= 2 * MAX_THREADS; round++) {
      const { retired } = sumsOf(jobs)
      const thread = start(kind, { buffer, first: round, isSupervised: false, end: 'close' })
      await until(() => thread.count() === round, 'it counts')
      await pageAlone()
      assert.is(sumsOf(jobs).retired, retired + round)
      assert.is(exits.get(thread.mark), round)
    }
  })

  test(`${kind} workers that come after so many others that wait words are used again are seen to end`, async () => {
    const running = start(kind, { buffer })
    await running.isReady
    const used = [0, valuesOf(jobs, running)?.threadId ?? Number.NaN]
    const words = MAX_THREADS * WAITS_PER_ROW
    for (const id of used) {
      // As if so many had come: the next one's word would be that of one that still runs.
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

  test(`${kind} workers that are terminated as soon as they answer are seen to end`, async () => {
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

  test(`a ${kind} worker that closes itself and counts on keeps its row until it has done`, async () => {
    const thread = start(kind, { buffer, isSupervised: false, end: 'close and spin' })
    await until(() => thread.count() > 1000, 'it counts on')
    const other = start(kind, { buffer })
    await other.isReady
    assert.is.not(other.address(), thread.address())
    other.worker.terminate()
    await until(() => !valuesOf(jobs, other), 'the row of another one is free')
    const count = thread.count()
    await until(() => thread.count() > count, 'it still counts')
    assert.ok(Number(valuesOf(jobs, thread)?.n) > count)
    thread.stop()
    await pageAlone()
    assert.is(exits.get(thread.mark), thread.count())
  })

  test(`${kind} workers that are terminated at any moment leave what they have counted, and no row`, async () => {
    const seed = Date.now() % 2 ** 31
    const random = randomFrom(seed)
    const { retired } = sumsOf(jobs)
    const threads: Thread[] = []
    try {
      for (let round = 0; round < 5; round++) {
        const more = Array.from({ length: MAX_THREADS - 1 }, async () => {
          const [end = 'stay'] = (['spin', 'close', 'stay', 'stay', 'close'] as const).slice(random() * 5)
          const thread = start(kind, { buffer, isSupervised: random() < 0.5, end })
          await delay(60 * random() ** 2)
          thread.worker.terminate()
          return thread
        })
        threads.push(...(await Promise.all(more)))
        await pageAlone()
      }
      await quiet()
      let counted = 0
      for (const { mark, count } of threads) {
        const n = exits.get(mark) ?? 0
        // Between its slot and what it writes beside the table, it may have ended.
        assert.ok(n === count() || n === count() + 1, `${n} in its slot, ${count()} beside the table`)
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
