// A table in the memory of a WebAssembly module, whose kernel counts in the slots of the workers that call it.
import { SlotTable } from 'threadslots/browser'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { makeMemory } from '../../../tools/kernel/kernel.js'

import { addCounts, type Counts, collatzCounts, type Range } from '../../support/collatz.js'
import { answerOf, ENGINE, endAll, KINDS, type Kind, startScript, until } from './start-worker.js'

import type { KernelData } from './workers/kernel.js'

const byteOffset = 65_536

/** WebKit can't interrupt a loop in WebAssembly: the worker keeps its row until the loop has ended. */
const ENDLESS = ENGINE === 'WebKit' ? 3_000_001 : 2 ** 31 - 1

const response = await fetch(new URL('../../../tools/kernel/kernel.wasm', import.meta.url))
const bytes = new Uint8Array(await response.arrayBuffer())

function create() {
  const memory = makeMemory(4)
  const table = SlotTable.create({
    maxThreads: 5,
    rowBytes: 256,
    maxKeys: 17,
    buffer: memory.buffer,
    byteOffset,
  })
  const keys = [table.key('numbers', 'u32'), table.key('steps', 'i64'), table.key('peaks', 'f64')] as const
  const [numbers, steps, peaks] = keys
  return {
    memory,
    table,
    countsOfAll: (scope: 'all' | 'retired' = 'all') =>
      [table.fold(numbers, scope), table.fold(steps, scope), table.fold(peaks, scope)] as const,
    countsOfEach: () =>
      table
        .perThread(numbers)
        .map(({ threadId }) => keys.map(key => valueIn(table.perThread(key as never), threadId))),
  }
}

const valueIn = (threads: { threadId: number; value: unknown }[], threadId: number) =>
  threads.find(thread => thread.threadId === threadId)?.value

function begin(kind: Kind, { memory }: ReturnType<typeof create>, range: Range) {
  const worker = startScript('kernel', kind)
  const isDone = answerOf(worker)
  worker.postMessage({ memory, bytes, byteOffset, range } satisfies KernelData)
  return { worker, isDone }
}

for (const kind of KINDS) {
  test(`a kernel in several ${kind} workers counts exactly, in slots of three types`, async () => {
    const place = create()
    const ranges = [0, 1, 2].map(i => [1 + 50_000 * i, 1 + 50_000 * (i + 1)] as const)
    const runs = ranges.map(range => begin(kind, place, range))
    await Promise.all(runs.map(({ isDone }) => isDone))
    assert.equal(place.countsOfAll(), collatzCounts([1, 150_001]))
    const byFirst = (a: readonly unknown[], b: readonly unknown[]) => Number(a[1]) - Number(b[1])
    assert.equal(
      place.countsOfEach().sort(byFirst),
      ranges.map(range => [...collatzCounts(range)]).sort(byFirst),
    )
    for (const { worker } of runs) worker.terminate()
    await until(() => place.countsOfEach().length === 0, 'all rows are free')
    assert.equal(place.countsOfAll('retired'), collatzCounts([1, 150_001]))
  })

  test(`a kernel in a ${kind} worker that is terminated leaves everything that it has counted`, async () => {
    const place = create()
    const endless = begin(kind, place, [1, ENDLESS])
    await until(() => place.countsOfAll()[0] > 100_000, 'it counts')
    endless.worker.terminate()
    await until(() => place.countsOfEach().length === 0, 'its row is free')
    const left = place.countsOfAll('retired')
    const [done] = left
    // The kernel stores the number of numbers last, so it may already have stored some of the next number's values.
    const [least, most] = [collatzCounts([1, done + 1]), collatzCounts([1, done + 2])]
    for (const i of [1, 2] as const) {
      assert.ok(left[i] >= least[i] && left[i] <= most[i], `${least} ≤ ${left} ≤ ${most}`)
    }
    assert.equal(place.countsOfAll(), left)
    const heir = begin(kind, place, [3, 30_003])
    await heir.isDone
    assert.equal(place.countsOfAll(), addCounts(left as Counts, collatzCounts([3, 30_003])))
    assert.equal(place.countsOfAll('retired'), left)
  })
}

test.after.each(endAll)
test.run()
