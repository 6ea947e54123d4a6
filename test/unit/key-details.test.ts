// What a key's record tells every reader: its unit, its help text, and names of any kind.
import { perThread, reset, SlotTable, sampler, setDefaultTable, threadLocal, totals } from 'threadslots'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { asThread } from '../support/as-thread.js'
import { throws } from '../support/assertions.js'

const create = () =>
  SlotTable.create({ maxThreads: 4, rowBytes: 512, maxKeys: 64, threadId: 1, parentThreadId: -1 })
const table = create()
setDefaultTable(table)

test('every reader finds a key’s unit and help text', () => {
  const table = create()
  const details = { unit: 'bytes', help: 'Bytes read from disk, größe €' } as const
  table.key('bytes', { type: 'count', ...details })
  table.key('plain', 'count')
  const [bytes, plain] = asThread(table, 2).keys()
  assert.equal([bytes?.unit, bytes?.help], ['bytes', details.help])
  assert.equal([plain?.unit, plain?.help], [undefined, undefined])
})

test('a unit takes 1 to 60 bytes of UTF-8, a help text 1 to 400, beside a name of 200', () => {
  const table = create()
  const longest = { type: 'u32', unit: 'é'.repeat(30), help: '€'.repeat(133) } as const
  const key = table.key('n'.repeat(200), longest)
  const found = asThread(table, 2).keys()[0]
  assert.equal([found?.name, found?.unit, found?.help], [key.name, longest.unit, longest.help])
  const bad = (details: object, Kind: typeof TypeError | typeof RangeError, words: RegExp) =>
    throws(() => table.key('bad', { type: 'u32', ...details }), Kind, words)
  bad({ unit: 'x'.repeat(61) }, RangeError, /the unit of 'bad'.* is 61; use a whole number from 1 to 60/)
  bad({ help: 'x'.repeat(401) }, RangeError, /the help of 'bad'.* is 401; use a whole number from 1 to 400/)
  bad({ unit: '' }, RangeError, /the unit of 'bad'/)
  bad({ help: '' }, RangeError, /the help of 'bad'/)
  bad({ unit: 5 }, TypeError, /the unit of 'bad' is 5; use a well-formed string/)
  bad({ help: '\ud800' }, TypeError, /the help of 'bad'.*well-formed/)
  throws(() => table.key('n'.repeat(201), 'u32'), RangeError, /201; use a whole number from 1 to 200/)
  assert.is(table.keys().length, 1)
})

test('a different unit is a clash; an absent one matches any, and the first help text stays', () => {
  const table = create()
  const key = table.key('ms', { type: 'f64', unit: 'milliseconds', help: 'The first.' })
  for (const again of [
    'f64',
    { type: 'f64' },
    { type: 'f64', unit: 'milliseconds' },
    { type: 'f64', help: 'Another.' },
    { type: 'f64', unit: undefined, help: undefined },
  ] as const) {
    assert.is(table.key('ms', again), key)
    const others = asThread(table, 2).key('ms', again)
    assert.equal([others.unit, others.help], ['milliseconds', 'The first.'])
  }
  const clash = { type: 'f64', unit: 'seconds' } as const
  throws(
    () => table.key('ms', clash),
    TypeError,
    /'ms' .*unit 'milliseconds'.*unit 'seconds'\); use another name/,
  )
  throws(() => asThread(table, 2).key('ms', clash), TypeError, /another name/)
  throws(() => asThread(table, 2).attach().locals({ ms: clash }), TypeError, /another name/)
  const plain = table.key('plain', 'f64')
  assert.is(table.key('plain', { type: 'f64', unit: 'bytes', help: 'Too late.' }), plain)
  assert.equal([plain.unit, plain.help], [undefined, undefined])
  // Both kinds of objects name the same key in a table of another thread.
  assert.is(table.fold(asThread(table, 3).key('ms', 'f64')), 0)
})

test('a definition’s units and help texts are found by other threads, for every type', () => {
  const table = create()
  const details = { unit: 'u', help: 'h' }
  table.attach().locals({
    a: { type: 'count', ...details },
    b: { type: 'i64', length: 2, ...details },
    c: { type: 'u8', length: 2, ...details },
    d: { type: 'text', length: 2, ...details },
  })
  for (const { unit, help } of asThread(table, 2).keys()) assert.equal([unit, help], ['u', 'h'])
})

test('slots may be called __proto__, constructor and toString', () => {
  const schema = {
    ['__proto__']: 'count',
    constructor: 'u32',
    toString: { type: 'f64', length: 2 },
    hasOwnProperty: { type: 'text', length: 8 },
  } as const
  const local = threadLocal('unusual', schema)
  Object.assign(local, { ['__proto__']: 3, constructor: 4, hasOwnProperty: 'own' })
  const vector: unknown = Reflect.get(local, 'toString')
  ;(vector as Float64Array)[1] = 5
  const names = Object.keys(schema)
  assert.equal(Object.keys(local), names)
  const own = (object: object) =>
    names.map(name => String(Object.getOwnPropertyDescriptor(object, name)?.value))
  assert.equal(own(totals(local)), ['3', '4', '0,5', 'undefined'])
  const { threadId, ...values } = perThread(local)[0] as { threadId: number }
  assert.is(threadId, 1)
  assert.equal(own(values), ['3', '4', '0,5', 'own'])
  assert.is(Object.keys(sampler(local)().deltas).length >= 2, true)
  const snapshot = table.snapshot()
  assert.is(Object.getOwnPropertyDescriptor(snapshot.totals, 'unusual.__proto__')?.value, 3)
  const bare = create()
  const key = bare.key('__proto__', 'count')
  bare.attach().slot(key).add(1)
  assert.is(Object.getOwnPropertyDescriptor(bare.snapshot().totals, '__proto__')?.value, 1)
})

for (const [name, value] of [
  ['polluted', 1],
  ['length', 3],
  ['retire', false],
  ['init', 7],
  ['a.b', 'u32'],
  ['threadId', 'u32'],
] as const) {
  test(`an enumerable property '${name}' of Object.prototype is no part of any definition`, () => {
    const prototype = Object.prototype as { [name: string]: unknown }
    const own = create()
    prototype[name] = value
    try {
      const key = own.key('n', 'count')
      own.key('v', { type: 'u32', length: 2 })
      assert.equal([key.length, key.init, key.retire], [undefined, 0, true])
      assert.equal(
        asThread(own, 2)
          .keys()
          .map(key => key.name),
        ['n', 'v'],
      )
      own.attach().slot(key).add(2)
      assert.equal(own.snapshot().totals.n, 2)
      const local = threadLocal(`with ${name}`, { done: 'count' })
      local.done++
      assert.equal(totals(local), { done: 1 })
      assert.equal(Object.keys(perThread(local)[0] ?? {}), ['threadId', 'done'])
    } finally {
      delete prototype[name]
    }
    assert.equal(
      asThread(own, 3)
        .keys()
        .map(({ length, retire }) => [length, retire]),
      [
        [undefined, true],
        [2, true],
      ],
    )
  })
}

test('a String object is no name, and leaves the table as it was', () => {
  const table = create()
  for (const name of [new String('a'), ['a'], { toString: () => 'a' }, 5, undefined, null]) {
    for (let i = 0; i < 2; i++)
      throws(
        () => table.key(name as never, 'u32'),
        TypeError,
        /the name of a key is .*; use a well-formed string/,
      )
  }
  assert.equal(table.keys(), [])
  assert.is(asThread(table, 2).key('a', 'u32').keyId, 0)
})

test('reset sets a thread’s keys of fold none back to init, and leaves everything else alone', () => {
  const local = threadLocal('tasks', {
    done: 'count',
    slowest: { type: 'f64', fold: 'max' },
    inFlight: { type: 'i32', retire: false },
    user: { type: 'u32', fold: 'none', init: 5 },
    attempts: { type: 'count', fold: 'none', init: 2 ** 40 },
    flags: { type: 'u8', length: 2, init: 1 },
    ids: { type: 'i64', length: 2, fold: 'none' },
    file: { type: 'text', length: 16 },
  }) as ReturnType<typeof threadLocal<{ done: 'count' }>> & { [name: string]: unknown }
  const connection = {}
  Object.assign(local, { done: 3, slowest: 4, inFlight: 2, user: 7, attempts: 1, file: 'a.ts', connection })
  ;(local.flags as Uint8Array).fill(9)
  ;(local.ids as BigInt64Array).fill(9n)
  assert.is(reset(local), undefined)
  const { flags, ids, ...scalars } = local
  assert.equal(scalars, {
    done: 3,
    slowest: 4,
    inFlight: 2,
    user: 5,
    attempts: 2 ** 40,
    file: '',
    connection,
  })
  assert.equal([...(flags as Uint8Array), ...(ids as BigInt64Array)], [1, 1, 0n, 0n])
  assert.is(local.connection, connection)
  throws(() => reset({} as never), TypeError, /use an object made by threadLocal/)
})

test('reset of keys that a thread has not used doesn’t use them', () => {
  const local = threadLocal('unused', {
    user: { type: 'u32', fold: 'none' },
    file: { type: 'text', length: 4 },
  })
  reset(local)
  assert.equal(perThread(local), [])
})

test.run()
