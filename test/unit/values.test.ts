import { type Key, type Row, type SlotSpec, SlotTable } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  ELEMENT_TYPES,
  type ElementType,
  type Fold,
  type SlotType,
  TYPES,
} from '../../src/memory/slot-types.js'
import { asThread } from '../support/as-thread.js'
import { throws } from '../support/assertions.js'
import { isBigintType, TYPE_RANGES } from '../support/slot-types.js'

const SCALAR_TYPES = ELEMENT_TYPES.filter(type => type !== 'u8')
const create = () => SlotTable.create({ maxThreads: 8, rowBytes: 1024, maxKeys: 64, threadId: 0 })
/** A small number as a value of a type. */
const asType = (type: SlotType, value: number) => (isBigintType(type) ? BigInt(value) : value)

/** A scalar's handle, regardless of its type. */
interface AnySlot {
  value: number | bigint
  add(amount: number | bigint): void
  min(candidate: number | bigint): void
  max(candidate: number | bigint): void
  reset(): void
}
const slotOf = (row: Row, key: Key): AnySlot => row.slot(key) as unknown as AnySlot
const vectorOf = (row: Row, key: Key) =>
  row.slot(key).value as { [index: number]: number | bigint; length: number }

/** Asserts that two values are the same by Object.is: 0 and −0 are different, and NaN is the same as NaN. */
function same(actual: unknown, expected: unknown, what: string): void {
  assert.ok(Object.is(actual, expected), `${what}: got ${String(actual)}, expected ${String(expected)}`)
}

/** Per type: values as they are written and as they are read. */
const WRITTEN: Record<
  Exclude<ElementType, 'u8'>,
  readonly (readonly [number | bigint, number | bigint])[]
> = {
  i32: [
    [2 ** 31 - 1, 2 ** 31 - 1],
    [-(2 ** 31), -(2 ** 31)],
    [2 ** 31, -(2 ** 31)],
    [-(2 ** 31) - 1, 2 ** 31 - 1],
    [2 ** 32 + 5, 5],
    [1.9, 1],
    [-1.9, -1],
    [-0, 0],
    [Number.NaN, 0],
    [Infinity, 0],
  ],
  u32: [
    [2 ** 32 - 1, 2 ** 32 - 1],
    [2 ** 32, 0],
    [-1, 2 ** 32 - 1],
    [-(2 ** 31), 2 ** 31],
    [2 ** 53 + 2, 2],
    [1.9, 1],
    [Number.NaN, 0],
    [-Infinity, 0],
  ],
  f32: [
    [0.1, Math.fround(0.1)],
    [2 ** 24 + 1, 2 ** 24],
    [3.5e38, Infinity],
    [-3.5e38, -Infinity],
    [2 ** -149, 2 ** -149],
    [2 ** -151, 0],
    [-0, -0],
    [Number.NaN, Number.NaN],
  ],
  f64: [
    [Number.MAX_VALUE, Number.MAX_VALUE],
    [Number.MIN_VALUE, Number.MIN_VALUE],
    [2 ** 53 + 2, 2 ** 53 + 2],
    [0.1, 0.1],
    [-Infinity, -Infinity],
    [-0, -0],
    [Number.NaN, Number.NaN],
  ],
  i64: [
    [2n ** 63n - 1n, 2n ** 63n - 1n],
    [-(2n ** 63n), -(2n ** 63n)],
    [2n ** 63n, -(2n ** 63n)],
    [-(2n ** 63n) - 1n, 2n ** 63n - 1n],
    [2n ** 53n + 1n, 2n ** 53n + 1n],
    [2n ** 200n + 7n, 7n],
  ],
  u64: [
    [2n ** 64n - 1n, 2n ** 64n - 1n],
    [2n ** 64n, 0n],
    [-1n, 2n ** 64n - 1n],
    [2n ** 63n, 2n ** 63n],
    [2n ** 53n + 1n, 2n ** 53n + 1n],
  ],
}

for (const type of SCALAR_TYPES) {
  test(`${type}: accessor, handle, view, fold and perThread read the same value, and fold still does after the thread’s death`, () => {
    for (const [written, read] of WRITTEN[type]) {
      const what = `${type} ${written}`
      const table = create()
      const row = table.attach()
      const key: Key = table.key('x', type)
      const local = row.locals({ x: type as 'u32' }) as { x: number | bigint }
      local.x = written
      same(local.x, read, `${what}, accessor`)
      same(slotOf(row, key).value, read, `${what}, handle after accessor`)
      slotOf(row, key).reset()
      slotOf(row, key).value = written
      same(slotOf(row, key).value, read, `${what}, handle`)
      same(local.x, read, `${what}, accessor after handle`)
      same(row[type][key.index], read, `${what}, view`)
      const folded = Number.isNaN(read) ? 0 : read
      assert.equal(table.fold(key), folded, `${what}, live fold`)
      same(table.perThread(key)[0]?.value, read, `${what}, perThread`)
      const other = asThread(table, 1)
      other.release(0)
      assert.equal(other.fold(key, 'retired'), folded, `${what}, dead`)
      other.attach()
      assert.equal(other.fold(key, 'retired'), folded, `${what}, in the bank`)
    }
  })

  test(`${type}: a sum beyond the type’s range wraps, or is infinite for floats`, () => {
    const [least, greatest] = TYPE_RANGES[type]
    const table = create()
    const key: Key = table.key('x', type)
    const slot = slotOf(table.attach(), key)
    const local = table.attach().locals({ x: type as 'u32' })
    const isFloat = type === 'f32' || type === 'f64'
    slot.value = greatest
    slot.add(asType(type, 1))
    same(slot.value, isFloat ? Infinity : least, `${type} greatest + 1`)
    slot.value = greatest
    local.x++
    same(slot.value, isFloat ? Infinity : least, `${type} greatest++`)
    slot.value = least
    slot.add(asType(type, -1))
    same(slot.value, isFloat ? -Infinity : greatest, `${type} least − 1`)
    slot.value = least
    local.x--
    same(slot.value, isFloat ? -Infinity : greatest, `${type} least--`)
  })

  test(`${type}: min keeps the least and max the greatest value, starting from the fold’s identity`, () => {
    const [least, greatest] = TYPE_RANGES[type]
    const table = create()
    const row = table.attach()
    const low = slotOf(row, table.key('low', { type, fold: 'min' } as SlotSpec))
    const high = slotOf(row, table.key('high', { type, fold: 'max' } as SlotSpec))
    same(low.value, greatest, 'least so far')
    same(high.value, least, 'greatest so far')
    for (const candidate of [7, 3, 5]) {
      low.min(asType(type, candidate))
      high.max(asType(type, candidate))
    }
    same(low.value, asType(type, 3), 'min')
    same(high.value, asType(type, 7), 'max')
    low.min(least)
    high.max(greatest)
    same(low.value, least, 'min of the least')
    same(high.value, greatest, 'max of the greatest')
    low.reset()
    high.reset()
    same(low.value, greatest, 'reset min')
    same(high.value, least, 'reset max')
  })

  test(`${type}: a fold over no users is the identity, in every scope`, () => {
    const [least, greatest] = TYPE_RANGES[type]
    const table = create()
    const identities: Partial<Record<Fold, unknown>> = { sum: asType(type, 0), min: greatest, max: least }
    for (const [fold, identity] of Object.entries(identities)) {
      const key: Key = asThread(table, 5).key(fold, { type, fold } as SlotSpec)
      for (const scope of ['all', 'live', 'retired'] as const) {
        same(table.fold(key, scope), identity, `${fold} ${scope}`)
      }
      const vector: Key = asThread(table, 5).key(`${fold}s`, { type, fold, length: 2 } as SlotSpec)
      assert.equal([...(table.fold(vector) as Float64Array)], [identity, identity])
    }
    slotOf(table.attach(), table.key('sum', type)).value = greatest
    same(table.fold(table.key('sum', type), 'retired'), identities.sum, 'nobody is dead')
    asThread(table, 1).release(0)
    same(table.fold(table.key('sum', type), 'live'), identities.sum, 'nobody is alive')
  })

  test(`${type}: each thread starts from init, even at the ends of the type’s range, and every user’s init counts`, () => {
    const [least, greatest] = TYPE_RANGES[type]
    for (const init of [least, greatest, asType(type, 5)]) {
      for (const fold of ['sum', 'min', 'max', 'none'] as const) {
        const table = create()
        const key: Key = table.key('x', { type, fold, init } as SlotSpec)
        same(asThread(table, 9).keys()[0]?.init, init, `${fold} init ${init} in the key`)
        for (const threadId of [1, 2])
          same(slotOf(asThread(table, threadId).attach(), key).value, init, `${fold}`)
        if (fold === 'min' || fold === 'max') same(table.fold(key), init, `${fold} of two inits`)
      }
    }
    const table = create()
    const key: Key = table.key('x', { type, init: asType(type, 5) } as SlotSpec)
    for (const threadId of [1, 2, 3]) slotOf(asThread(table, threadId).attach(), key).add(asType(type, 1))
    table.release(2)
    same(table.fold(key), asType(type, 18), 'three times 5 + 1')
    same(slotOf(asThread(table, 4).attach(), key).value, asType(type, 5), 'a reused row starts from init')
    same(table.fold(key), asType(type, 23), 'four users')
    slotOf(asThread(table, 4).attach(), key).value = asType(type, 9)
    slotOf(asThread(table, 4).attach(), key).reset()
    same(slotOf(asThread(table, 4).attach(), key).value, asType(type, 5), 'reset')
  })

  test(`${type}: vectors fold element by element, into an array whose type has room for sums`, () => {
    const Wide = TYPES[isBigintType(type) ? type : 'f64'].array
    const table = create()
    const folds = ['sum', 'min', 'max'] as const
    const keys = folds.map((fold): Key => table.key(fold, { type, fold, length: 3 } as SlotSpec))
    for (const threadId of [1, 2, 3]) {
      const row = asThread(table, threadId).attach()
      for (const key of keys) {
        const vector = vectorOf(row, key)
        assert.is(vector.length, 3)
        ;[threadId, 10 - threadId, 5].forEach((value, i) => {
          vector[i] = asType(type, value)
        })
      }
    }
    const expected = [
      [6, 24, 15],
      [1, 7, 5],
      [3, 9, 5],
    ].map(elements => Wide.from(elements.map(value => asType(type, value)) as never))
    const folded = () => keys.map(key => table.fold(key))
    assert.equal(folded(), expected, 'alive')
    table.release(1)
    table.release(3)
    assert.equal(folded(), expected, 'two are dead')
    asThread(table, 4).attach()
    assert.equal(folded(), expected, 'one is in a bank')
    for (const [i, key] of keys.entries()) {
      const own = asThread(table, 2).perThread(key)[0]?.value
      assert.instance(own, TYPES[type].array)
      assert.equal(
        [...(own as Float64Array)],
        [2, 8, 5].map(value => asType(type, value)) as unknown[],
        folds[i],
      )
    }
  })
}

test('u32 sums over threads exceed 2^32, for running and for dead threads', () => {
  const table = create()
  const key = table.key('n', 'u32')
  const vector = table.key('v', { type: 'u32', length: 2 })
  const greatest = 2 ** 32 - 1
  for (let i = 1; i <= 20; i++) {
    const row = asThread(table, i).attach()
    row.slot(key).value = greatest
    row.slot(vector).value[1] = greatest
    assert.is(table.fold(key), i * greatest)
    assert.equal(table.fold(vector), new Float64Array([0, i * greatest]))
    if (i > 2) table.release(i)
  }
  assert.is(table.fold(key, 'live'), 2 * greatest)
  assert.is(table.fold(key, 'retired'), 18 * greatest)
})

test('i32 sums over threads fall below −2^31', () => {
  const table = create()
  const key = table.key('n', 'i32')
  for (const threadId of [1, 2, 3]) asThread(table, threadId).attach().slot(key).value = -(2 ** 31)
  assert.is(table.fold(key), -3 * 2 ** 31)
  table.release(1)
  asThread(table, 4).attach().slot(key).value = -1
  assert.is(table.fold(key), -3 * 2 ** 31 - 1)
  assert.is(table.fold(key, 'retired'), -(2 ** 31))
})

test('i64 and u64 sums are exact beyond 2^53 and wrap at 64 bits', () => {
  const table = create()
  const signed = table.key('i', 'i64')
  const unsigned = table.key('u', 'u64')
  const expect = (i: bigint, u: bigint) => {
    assert.is(table.fold(signed), BigInt.asIntN(64, i))
    assert.is(table.fold(unsigned), BigInt.asUintN(64, u))
  }
  let [i, u] = [0n, 0n]
  for (const [threadId, amount] of [
    2n ** 53n + 1n,
    2n ** 53n + 1n,
    2n ** 63n - 9n,
    2n ** 63n - 9n,
    5n,
  ].entries()) {
    const row = asThread(table, threadId + 1).attach()
    row.slot(signed).add(amount)
    row.slot(unsigned).add(amount)
    i += amount
    u += amount
    expect(i, u)
  }
  for (const threadId of [1, 2, 3, 4, 5]) {
    table.release(threadId)
    asThread(table, threadId + 10).attach()
    expect(i, u)
  }
  assert.is(table.fold(signed, 'live'), 0n)
})

test('f64 sums are exact for integers up to 2^53', () => {
  const table = create()
  const key = table.key('n', 'f64')
  for (const [threadId, value] of [2 ** 53 - 3, 1, 1, 1].entries())
    asThread(table, threadId + 1)
      .attach()
      .slot(key).value = value
  assert.is(table.fold(key), 2 ** 53)
})

test('f32 values are rounded in the slot but summed as doubles', () => {
  const table = create()
  const key = table.key('n', 'f32')
  for (const threadId of [1, 2, 3]) asThread(table, threadId).attach().slot(key).value = 0.1
  // This one has a row, but doesn't use the key.
  asThread(table, 4).attach()
  assert.is(table.fold(key), Math.fround(0.1) + Math.fround(0.1) + Math.fround(0.1))
  const vector = table.key('v', { type: 'f32', length: 1 })
  for (const threadId of [1, 2]) asThread(table, threadId).attach().slot(vector).value[0] = 2 ** 24
  asThread(table, 3).attach().slot(vector).value[0] = 1
  assert.equal(table.fold(vector), new Float64Array([2 ** 25 + 1]))
})

test('the min and max folds ignore NaN, whichever thread has it', () => {
  const orders = [
    [Number.NaN, 1, 3],
    [1, Number.NaN, 3],
    [3, 1, Number.NaN],
    [Number.NaN, Number.NaN, 1, 3],
  ]
  for (const type of ['f32', 'f64'] as const) {
    for (const values of orders) {
      for (const dead of [0, 1, 2, 3]) {
        const table = create()
        const keys = (['min', 'max'] as const).map(fold => table.key(fold, { type, fold }))
        for (const [i, value] of values.entries()) {
          const row = asThread(table, i + 1).attach()
          for (const key of keys) row.slot(key).value = value
        }
        // The dead threads' rows are used again, with NaN, so that NaN occurs both in banks and in live areas.
        for (let threadId = 1; threadId <= dead; threadId++) {
          table.release(threadId)
          const row = asThread(table, threadId + 10).attach()
          for (const key of keys) row.slot(key).value = Number.NaN
          table.release(threadId + 10)
          asThread(table, threadId + 20).attach()
        }
        assert.equal(
          keys.map(key => table.fold(key)),
          [1, 3],
          `${type} ${values}, ${dead} dead`,
        )
      }
    }
  }
})

test('the min and max folds ignore NaN in a row that has had several owners, in any order', () => {
  for (const values of [
    [Number.NaN, 1, 3],
    [1, Number.NaN, 3],
    [3, 1, Number.NaN],
  ]) {
    const table = SlotTable.create({ maxThreads: 1, rowBytes: 64, maxKeys: 2, threadId: 0 })
    const keys = (['min', 'max'] as const).map(fold => table.key(fold, { type: 'f64', fold }))
    for (const [i, value] of values.entries()) {
      const row = asThread(table, i + 1).attach()
      for (const key of keys) row.slot(key).value = value
      table.release(i + 1)
    }
    const folds = () => keys.map(key => table.fold(key))
    assert.equal(folds(), [1, 3], `${values}`)
    table.attach()
    assert.equal(folds(), [1, 3], `${values}, all in the bank`)
  }
})

for (const type of ['f32', 'f64'] as const) {
  test(`a sum of ${type} ignores NaN, in running and dead threads, in scalars and vectors`, () => {
    const table = create()
    const scalar = table.key('scalar', type)
    const vector = table.key('vector', { type, length: 2 })
    const set = (threadId: number, value: number) => {
      const row = asThread(table, threadId).attach()
      row.slot(scalar).value = value
      row.slot(vector).value.set([value, 10])
    }
    const expect = (sum: number, users: number, what: string) => {
      same(table.fold(scalar), sum, `${what}, scalar`)
      assert.equal(table.fold(vector), Float64Array.of(sum, 10 * users), `${what}, vector`)
    }
    for (const [i, value] of [1, Number.NaN, 2].entries()) set(i + 1, value)
    expect(3, 3, 'all are running')
    for (const threadId of [1, 2, 3]) {
      table.release(threadId)
      expect(3, 3, `thread ${threadId} is dead`)
      same(asThread(table, 9).perThread(scalar).length, 3 - threadId, 'running threads')
    }
    for (const threadId of [4, 5, 6]) {
      set(threadId, Number.NaN)
      expect(3, threadId, `thread ${threadId} has a dead thread’s row`)
    }
    set(7, 4)
    expect(7, 7, 'another thread counts on')
    same(asThread(table, 9).snapshot().totals.scalar, 7, 'a snapshot')
  })
}

test('adding an undefined amount makes one thread’s value NaN, and no total', () => {
  const table = create()
  const key = table.key('bytes', 'f64')
  for (const threadId of [1, 2]) asThread(table, threadId).attach().slot(key).add(100)
  const local: { bytes: number | undefined } = asThread(table, 1).attach().locals({ bytes: 'f64' })
  ;(local.bytes as number) += undefined as unknown as number
  same(table.perThread(key)[0]?.value, Number.NaN, 'its own value')
  same(table.fold(key), 100, 'the total')
  table.release(1)
  same(table.fold(key), 100, 'after its end')
  asThread(table, 3).attach()
  same(table.fold(key), 100, 'in the bank')
})

test('perThread, fold and snapshot return copies of vectors', () => {
  const table = create()
  for (const type of ELEMENT_TYPES) {
    const key: Key = table.key(type, { type, length: 2 } as SlotSpec)
    vectorOf(table.attach(), key)[0] = asType(type, 7)
    const copies = [table.perThread(key)[0]?.value, table.snapshot().threads[0]?.values[type]]
    if (type !== 'u8') copies.push(table.fold(key), table.snapshot().totals[type])
    for (const copy of copies as Uint8Array[]) {
      assert.instance(copy.buffer, ArrayBuffer)
      copy.fill(asType(type, 1) as never)
    }
    assert.instance(copies[0], TYPES[type].array)
    const [first, second] = [vectorOf(table.attach(), key)[0], vectorOf(table.attach(), key)[1]]
    assert.equal([first, second], [asType(type, 7), asType(type, 0)])
  }
})

test('u8 vectors hold text and flags, are read with perThread, and don’t fold', () => {
  const table = create()
  const key = table.key('url', { type: 'u8', length: 64 })
  const flags = table.key('flags', { type: 'u8', length: 3, init: 255 })
  const row = asThread(table, 1).attach()
  row.slot(key).value.set(new TextEncoder().encode('/über'))
  const bytes = table.perThread(key)[0]?.value as Uint8Array
  assert.is(new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0))), '/über')
  row.slot(flags).value[1] = 256 + 2
  assert.equal(table.perThread(flags), [{ threadId: 1, value: new Uint8Array([255, 2, 255]) }])
  throws(() => table.fold(key as Key as Key<'u32'>), TypeError, /perThread/)
  table.release(1)
  assert.equal(table.perThread(key), [])
  assert.equal(Object.keys(table.snapshot().totals), [])
  assert.equal([...asThread(table, 2).attach().slot(flags).value], [255, 255, 255])
  assert.ok(
    asThread(table, 2)
      .attach()
      .slot(key)
      .value.every(byte => byte === 0),
  )
})

test('vectors of all types in one row do not overlap', () => {
  const table = create()
  const row = table.attach()
  const keys = ELEMENT_TYPES.flatMap(type => {
    const [least, greatest] = TYPE_RANGES[type]
    const vector: Key = table.key(`${type}s`, { type, length: 3, fold: 'none' } as SlotSpec)
    return [{ type, vector, values: [least, greatest, least] }]
  })
  for (const { vector, values } of keys) {
    for (const [i, value] of values.entries()) vectorOf(row, vector)[i] = value
  }
  for (const { type, vector, values } of keys) {
    assert.equal(Array.from(table.perThread(vector)[0]?.value as Float64Array), values as unknown[], type)
  }
})

test.run()
