// Remote views in a single thread, in which several table objects stand for threads. These tests run in browsers, too.
import { defaultTable, type ThreadLocal, threadLocal, valuesOf } from 'threadslots'
import { type Histogram, histogram } from 'threadslots/histogram'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { KeyRegistry } from '../../src/protocol/keys.js'
import type { Row as OwnRow } from '../../src/table/row.js'
import { asThread } from '../support/as-thread.js'
import { throws } from '../support/assertions.js'

const schema = {
  done: 'count',
  signed: { type: 'i32', init: -1 },
  unsigned: 'u32',
  ratio: 'f64',
  small: 'f32',
  id: { type: 'i64', fold: 'none' },
  mask: { type: 'u64', fold: 'max' },
  file: { type: 'text', length: 9 },
  sizes: { type: 'u32', length: 3 },
  bytes: { type: 'u8', length: 2 },
  ms: histogram({ min: 1, max: 100, digits: 1 }),
} as const
const local: ThreadLocal<typeof schema> = threadLocal('remote', schema)
const nothing = Object.fromEntries(Object.keys(schema).map(name => [name, undefined]))

let lastId = 5000
/** Another thread: its table object, and its slots. */
function startThread() {
  const threadId = ++lastId
  const table = asThread(defaultTable(), threadId)
  const locals = () => {
    const { registry } = table as unknown as { readonly registry: KeyRegistry }
    const row = table.attach() as unknown as Pick<OwnRow, 'classOf'>
    return new (row.classOf(registry.internAll(schema, 'remote')))() as ThreadLocal<typeof schema>
  }
  return { threadId, table, locals, end: () => defaultTable().release(threadId) }
}

test('values come alive when their thread uses them, and are gone with its row', () => {
  const { threadId, table, locals, end } = startThread()
  const view = valuesOf(local, threadId)
  assert.equal({ ...view }, nothing)
  table.attach()
  assert.equal({ ...view }, nothing)
  const own = locals()
  assert.is(view.signed, undefined)
  Object.assign(own, { done: 2 ** 40 + 1, signed: -5, unsigned: 2 ** 32 - 1, ratio: 0.1, small: 0.5 })
  Object.assign(own, { id: -(2n ** 40n), mask: 2n ** 63n, file: 'größer' })
  own.sizes[1] = 7
  own.bytes[0] = 255
  own.ms.record(5)
  const { sizes, bytes, ms, ...scalars } = view
  assert.equal(scalars, {
    done: 2 ** 40 + 1,
    signed: -5,
    unsigned: 2 ** 32 - 1,
    ratio: 0.1,
    small: 0.5,
    id: -(2n ** 40n),
    mask: 2n ** 63n,
    file: 'größer',
  })
  assert.equal([sizes?.slice(), bytes?.slice()], [Uint32Array.of(0, 7, 0), Uint8Array.of(255, 0)])
  assert.is(ms?.count, 1)
  own.done++
  assert.is(view.done, 2 ** 40 + 2)
  end()
  assert.equal({ ...view }, nothing)
  assert.equal([sizes?.at(1), sizes?.slice(), sizes?.length], [undefined, undefined, 3])
})

test('the values of a row’s next owner are not taken for those of the last one', () => {
  const first = startThread()
  first.locals().done = 5
  const early = valuesOf(local, first.threadId)
  assert.is(early.done, 5)
  first.end()
  const late = valuesOf(local, first.threadId)
  const second = startThread()
  second.locals().done = 6
  assert.equal([early.done, late.done, valuesOf(local, second.threadId).done], [undefined, undefined, 6])
  second.end()
})

test('a vector is read in place, and counts from its end for negative indexes', () => {
  const { threadId, locals, end } = startThread()
  const own = locals()
  own.sizes.set([1, 2, 3])
  const { sizes } = valuesOf(local, threadId)
  const at = (index: number) => sizes?.at(index)
  assert.equal([0, 2, -1, -3, 1.9, 3, -4, Number.NaN].map(at), [1, 3, 3, 1, 2, undefined, undefined, 1])
  const copy = sizes?.slice()
  own.sizes[0] = 9
  assert.equal([at(0), copy], [9, Uint32Array.of(1, 2, 3)])
  end()
})

test('a histogram is a copy', () => {
  const { threadId, locals, end } = startThread()
  const own = locals()
  own.ms.record(5)
  const before: Histogram | undefined = valuesOf(local, threadId).ms
  own.ms.record(50)
  assert.equal([before?.count, valuesOf(local, threadId).ms?.count], [1, 2])
  end()
})

test('a thread may have a view of its own values', () => {
  local.unsigned = 3
  assert.equal({ ...valuesOf(local, 0) }, { ...nothing, unsigned: 3 })
})

test('valuesOf refuses bad objects and ids', () => {
  throws(() => valuesOf({} as typeof local, 1), TypeError, /threadLocal/)
  for (const id of ['1', undefined, null, 1n] as unknown as number[])
    throws(() => valuesOf(local, id), TypeError, /threadId/)
  for (const id of [-1, 0.5, 2 ** 31, Number.NaN]) throws(() => valuesOf(local, id), RangeError, /threadId/)
})

test.run()
