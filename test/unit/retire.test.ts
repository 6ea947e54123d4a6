// `retire: false`: values that are true of running threads alone.
import { perThread, type SlotSpec, SlotTable, setDefaultTable, threadLocal, totals } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { asThread } from '../support/as-thread.js'
import { throws } from '../support/assertions.js'

const SCOPES = ['all', 'live', 'retired'] as const
const create = (maxThreads = 4) =>
  SlotTable.create({ maxThreads, rowBytes: 256, maxKeys: 8, threadId: 900, parentThreadId: -1 })

/** Definitions without the detail, and per fold the folds of running threads 1, 2 and 3, and of nobody. */
const CASES: readonly (readonly [spec: object, running: number | bigint, nobody: number | bigint])[] = [
  [{ type: 'i32' }, 6, 0],
  [{ type: 'f64' }, 6, 0],
  [{ type: 'count' }, 6, 0],
  [{ type: 'u64' }, 6n, 0n],
  [{ type: 'f64', fold: 'max' }, 3, -Infinity],
  [{ type: 'count', fold: 'min' }, 1, Number.MAX_SAFE_INTEGER],
]

for (const [details, running, nobody] of CASES) {
  for (const length of [undefined, 2]) {
    const { type } = details as { type: string }
    if (length && type === 'count') continue
    test(`${JSON.stringify({ ...details, length })} with retire: false counts in running threads alone`, () => {
      const table = create()
      const spec = { ...details, ...(length && { length }), retire: false } as SlotSpec
      const key = table.key('x', spec as 'f64')
      const set = (threadId: number, value: number) => {
        const slot: { value: unknown } = asThread(table, threadId).attach().slot(key)
        const own = typeof running === 'bigint' ? BigInt(value) : value
        if (length) (slot.value as { [index: number]: unknown })[1] = own
        else slot.value = own
      }
      const last = (value: unknown) => (length ? (value as Float64Array)[1] : value)
      const expect = (expected: readonly [all: unknown, live: unknown, retired: unknown], what: string) => {
        assert.equal(
          SCOPES.map(scope => last(table.fold(key, scope))),
          expected,
          what,
        )
        const { totals, retired } = table.snapshot()
        assert.equal([last(totals.x), last(retired.x)], [expected[0], expected[2]], `${what}, snapshot`)
      }
      for (const threadId of [1, 2, 3]) set(threadId, threadId)
      expect([running, running, nobody], 'three run')
      for (const threadId of [1, 2, 3]) table.release(threadId)
      expect([nobody, nobody, nobody], 'all are released')
      for (const threadId of [4, 5, 6]) asThread(table, threadId).attach()
      expect([nobody, nobody, nobody], 'their rows are handed over')
      set(4, 1)
      set(5, 2)
      set(6, 3)
      expect([running, running, nobody], 'three others run')
      assert.equal(
        table.perThread(key).map(({ threadId }) => threadId),
        [4, 5, 6],
      )
    })
  }
}

test('a key with retire: false and one without it part ways in the same rows', () => {
  const table = create(1)
  const [kept, dropped] = [table.key('kept', 'count'), table.key('dropped', { type: 'count', retire: false })]
  for (let threadId = 1; threadId <= 5; threadId++) {
    const row = asThread(table, threadId).attach()
    row.slot(kept).add(10)
    row.slot(dropped).add(10)
    assert.equal([table.fold(kept), table.fold(dropped)], [10 * threadId, 10])
    table.release(threadId)
    assert.equal([table.fold(kept), table.fold(dropped)], [10 * threadId, 0])
  }
})

test('in-flight requests of aborted tasks are gone with their threads', () => {
  const table = create()
  setDefaultTable(table)
  const jobs = { inFlight: { type: 'i32', retire: false }, done: 'count' } as const
  const own = threadLocal('jobs', jobs)
  own.done++
  for (const threadId of [11, 12, 13]) {
    const fields = { 'jobs.inFlight': jobs.inFlight, 'jobs.done': jobs.done } as const
    const local = asThread(table, threadId).attach().locals(fields)
    local['jobs.inFlight']++
    local['jobs.done']++
  }
  assert.equal(totals(own), { inFlight: 3, done: 4 })
  for (const threadId of [11, 12, 13]) table.release(threadId)
  assert.equal(totals(own), { inFlight: 0, done: 4 })
  assert.equal(totals(own, 'retired'), { inFlight: 0, done: 3 })
  assert.equal(totals(own, 'live'), { inFlight: 0, done: 1 })
  assert.equal(perThread(own), [{ threadId: 900, done: 1 }])
})

test('retire is part of a key’s definition, and is stored for every reader', () => {
  const table = create()
  table.key('gauge', { type: 'i32', retire: false })
  table.key('counter', 'count')
  assert.equal(
    asThread(table, 1)
      .keys()
      .map(({ retire }) => retire),
    [false, true],
  )
  throws(() => asThread(table, 1).key('gauge', 'i32'), TypeError, /'gauge' is already defined.*retire: false/)
  throws(() => asThread(table, 1).key('counter', { type: 'count', retire: false }), TypeError, /'counter'/)
  assert.is(table.key('counter', { type: 'count', retire: true }).name, 'counter')
  throws(
    () => table.key('bad', { type: 'i32', retire: 0 } as never),
    TypeError,
    /retire of 'bad' is 0; use true or false/,
  )
})

test.run()
