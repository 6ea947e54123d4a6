// Checks of a counter that is exported to a metrics system, while the threads that count come and go.
import { type ThreadLocal, threadLocal, totals } from 'threadslots'
import * as assert from 'uvu/assert'
import { ask, message, start } from './workers.js'

const schema = { jobs: 'u32', seconds: 'f64' } as const

export type Counted = ThreadLocal<typeof schema>

/** Reads a counter's values by series, whatever the names of the series. */
export type ReadJobs = () => Promise<ReadonlyMap<string, number>>

/**
 * Lets threads count jobs and terminates them, some before a reading has seen them. After each step a reading
 * must have every series that there ever was, none of them may have fallen, and their sum must be the total.
 */
export async function checkCounterThroughDeaths(
  name: string,
  reader: (local: Counted) => ReadJobs,
): Promise<void> {
  const local = threadLocal(name, schema)
  local.jobs = 2
  const read = reader(local)
  let before = await read()

  const check = async () => {
    const now = await read()
    for (const [series, value] of before) {
      const after = now.get(series)
      assert.ok(after !== undefined && after >= value, `${series} went from ${value} to ${after}`)
    }
    assert.is(
      [...now.values()].reduce((a, b) => a + b),
      totals(local).jobs,
    )
    before = now
  }
  const begin = async (jobs: number) => {
    const worker = start('follow-orders.js', { name, schema })
    await message(worker)
    await ask(worker, { set: { jobs } })
    return worker
  }
  const terminate = async (worker: Awaited<ReturnType<typeof begin>>, jobs: number) => {
    await ask(worker, { set: { jobs }, end: 'spin' })
    await worker.terminate()
  }

  const first = await begin(5)
  await check()
  const second = await begin(7)
  await check()
  await terminate(first, 105)
  await check()
  const third = await begin(1)
  await check()
  await terminate(await begin(1000), 2000)
  await check()
  local.jobs++
  await terminate(second, 7)
  await terminate(third, 11)
  await check()
  // Two threads take dead threads' rows without a reading in between.
  await terminate(await begin(30), 40)
  const last = await begin(50)
  await check()
  await terminate(last, 51)
  await check()
  assert.is(totals(local).jobs, 3 + 105 + 2000 + 7 + 11 + 40 + 51)
}

/**
 * Checks that a sum of fractions keeps its value when a dead thread's row is used again. If its parts were
 * then added in another order, it would fall by a rounding: (0.1 + 0.2) + 0.3 > 0.1 + (0.2 + 0.3).
 */
export async function checkSumThroughRowReuse(
  name: string,
  reader: (local: Counted) => () => Promise<number>,
): Promise<void> {
  const local = threadLocal(name, schema)
  const read = reader(local)
  local.seconds = 0.1
  for (const seconds of [0.2, 0.3]) {
    const worker = start('follow-orders.js', { name, schema })
    await message(worker)
    await ask(worker, { set: { seconds } })
    if (seconds === 0.3) assert.is(totals(local).seconds, 0.1 + (0.2 + 0.3))
    await read()
    await worker.terminate()
  }
  const before = await read()
  const worker = start('follow-orders.js', { name, schema })
  await message(worker)
  assert.is(totals(local).seconds, 0.1 + (0.2 + 0.3))
  assert.is(await read(), before)
  local.seconds += 1
  assert.ok(Math.abs((await read()) - 1.6) < 1e-9)
  await worker.terminate()
}
