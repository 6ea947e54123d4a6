// Tables in the memory of a WebAssembly module, whose kernels count directly in their threads' slots.
import { setTimeout as delay } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { type Key, SlotTable } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { kernelBytes } from '../../tools/kernel/bytes.js'
import { instantiate, makeMemory, type SharedMemory } from '../../tools/kernel/kernel.js'
import { testKernelTermination } from '../../tools/testing/skip.js'
import { addCounts, type Counts, collatzCounts } from '../support/collatz.js'
import type { KernelData } from '../support/workers/run-kernel.js'
import { endAll, ended, endedAnyhow, start } from '../support/workers.js'

const byteOffset = 65_536
const dimensions = { maxThreads: 5, rowBytes: 256, maxKeys: 17 }

interface Place {
  readonly memory: SharedMemory
  readonly table: SlotTable
}

function create(): Place {
  const memory = makeMemory(4)
  return { memory, table: SlotTable.create({ ...dimensions, buffer: memory.buffer, byteOffset }) }
}

const keysOf = (table: SlotTable) =>
  [table.key('numbers', 'u32'), table.key('steps', 'i64'), table.key('peaks', 'f64')] as const

function totalsOf(table: SlotTable): Counts {
  const [numbers, steps, peaks] = keysOf(table)
  return [table.fold(numbers), table.fold(steps), table.fold(peaks)]
}

const begin = ({ memory }: Place, range: KernelData['range']): Worker =>
  start('run-kernel.js', { memory, byteOffset, range } satisfies KernelData)

/** Reads the totals until a condition holds, and asserts that none ever falls. */
async function watch(table: SlotTable, areEnough: (totals: Counts) => boolean): Promise<void> {
  for (let last: Counts = [0, 0n, 0]; ; await delay(1)) {
    const now = totalsOf(table)
    for (const [i, value] of now.entries())
      assert.ok(value >= (last[i] as never), `fell from ${last} to ${now}`)
    if (areEnough(now)) return
    last = now
  }
}

test('kernels in several workers count exactly, in slots of three types, while another thread reads', async () => {
  const place = create()
  const { table } = place
  const ranges = [0, 1, 2].map(i => [1 + 300_000 * i, 1 + 300_000 * (i + 1)] as const)
  const workers = ranges.map(range => begin(place, range))
  const threadIds = workers.map(({ threadId }) => threadId)
  let running = workers.length
  const ends = workers.map(worker => ended(worker).finally(() => running--))
  await watch(table, () => running === 0)
  assert.equal(await Promise.all(ends), [0, 0, 0])

  assert.equal(totalsOf(table), collatzCounts([1, 900_001]))
  const [numbers, steps, peaks] = keysOf(table)
  for (const [i, range] of ranges.entries()) {
    const own = [numbers, steps, peaks].map(
      (key: Key) => table.perThread(key).find(({ threadId }) => threadId === threadIds[i])?.value,
    )
    assert.equal(own, [...collatzCounts(range)])
  }
})

testKernelTermination('all counts of a terminated kernel are kept', async () => {
  const place = create()
  const { table } = place
  const endless = begin(place, [1, 2 ** 31 - 1])
  const { threadId } = endless
  const others = [begin(place, [7, 50_007]), begin(place, [1, 100_001])]
  await Promise.all(others.map(ended))
  const finished = addCounts(collatzCounts([7, 50_007]), collatzCounts([1, 100_001]))
  await watch(table, ([numbers]) => numbers >= finished[0] + 100_000)
  const end = endedAnyhow(endless)
  await endless.terminate()
  await end

  const [numbers, steps, peaks] = keysOf(table)
  const left = (scope: 'live' | 'retired') =>
    [table.fold(numbers, scope), table.fold(steps, scope), table.fold(peaks, scope)] as const
  const [done, ...sums] = [numbers, steps, peaks].map(
    (key: Key) => table.perThread(key).find(thread => thread.threadId === threadId)?.value,
  ) as unknown as Counts
  // The kernel stores the count of numbers last, so it may have counted part of the next number.
  const [least, most] = [collatzCounts([1, done + 1]), collatzCounts([1, done + 2])]
  for (const [i, sum] of sums.entries()) {
    assert.ok(sum >= (least[i + 1] as never) && sum <= (most[i + 1] as never), `${least} ≤ ${sum} ≤ ${most}`)
  }
  const before = totalsOf(table)
  assert.equal(before, addCounts(finished, [done, ...sums]))

  table.release(threadId)
  assert.equal(left('retired'), [done, ...sums])
  const heir = begin(place, [3, 30_003])
  const heirEnd = ended(heir)
  await watch(table, ([numbers]) => numbers === before[0] + 30_000)
  await heirEnd
  assert.equal(left('retired'), [done, ...sums])
  assert.equal(totalsOf(table), addCounts(before, collatzCounts([3, 30_003])))
})

test('JavaScript and a kernel count in the same slots in turn', async () => {
  const { memory, table } = create()
  const kernel = instantiate(memory, await kernelBytes())
  const row = table.attach()
  const [a, b, c] = [table.key('a', 'i32'), table.key('b', 'i64'), table.key('c', 'f64')]
  const [i32, i64, f64] = [row.slot(a), row.slot(b), row.slot(c)]
  const local = row.locals({ a: 'i32', b: 'i64', c: 'f64' })
  i32.value = 2 ** 31 - 20
  i64.value = 2n ** 32n - 20n
  f64.value = 0.5
  for (let turn = 1; turn <= 10; turn++) {
    kernel.add_i32(row.byteAddress(a), turn)
    kernel.add_i64(row.byteAddress(b), turn)
    kernel.add_f64(row.byteAddress(c), turn)
    i32.add(1)
    i64.add(1n)
    f64.add(1)
    local.a++
    local.b += 1n
    local.c++
    const more = (turn * (turn + 1)) / 2 + 2 * turn
    const expected = [(2 ** 31 - 20 + more) | 0, 2n ** 32n - 20n + BigInt(more), 0.5 + more]
    assert.equal([local.a, local.b, local.c], expected)
    assert.equal([table.fold(a), table.fold(b), table.fold(c)], expected)
  }
})

test('memory that grows while kernels count moves nothing', async () => {
  const place = create()
  const { memory, table } = place
  const { buffer } = memory
  const own = table.attach().slot(table.key('numbers', 'u32'))
  const worker = begin(place, [1, 600_001])
  const end = ended(worker)
  for (const [part, pages] of [
    [1_000, 1],
    [100_000, 2],
    [200_000, 1],
  ] as const) {
    await watch(table, ([numbers]) => numbers >= part)
    memory.grow(pages)
    own.add(1)
  }
  await end
  const grown = SlotTable.from(memory.buffer, { byteOffset, threadId: 1_000_000 })
  const expected = addCounts(collatzCounts([1, 600_001]), [3, 0n, 0])
  assert.equal([totalsOf(table), totalsOf(grown)], [expected, expected])
  // These are the same bytes, in a buffer object with another length.
  assert.equal([buffer.byteLength, memory.buffer.byteLength], [4 * 65_536, 8 * 65_536])
  assert.is(table.buffer, buffer)
  assert.is.not(memory.buffer, buffer)
  // Threads that start later receive the grown memory.
  await ended(begin(place, [1, 1_001]))
  assert.equal(totalsOf(table), addCounts(expected, collatzCounts([1, 1_001])))
})

test.after(endAll)
test.run()
