// What users read when something is wrong: each message says what was given, what is needed and what to write instead.
// The programs are those of users who ran into it.
import {
  defaultTable,
  definitionOf,
  onThreadExit,
  SlotTable,
  setDefaultTable,
  threadLocal,
  threadLocalClass,
  totals,
} from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { RUNTIME } from '../../tools/testing/runtime.js'

/** The class and the message of the error that a function throws. */
function errorOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return String(error)
  }
  return 'no error'
}

const milliseconds = histogram({ min: 0.1, max: 60_000, digits: 2 })
const service = { http: milliseconds, sql: milliseconds, cache: milliseconds, queue: milliseconds }

// Before the first threadLocal of this file: it creates the default table.
test('setDefaultTable takes a SlotTable', () => {
  assert.is(
    errorOf(() => setDefaultTable(new SharedArrayBuffer(8) as never)),
    'TypeError: the default table is an instance of SharedArrayBuffer; use a SlotTable',
  )
})

test('setDefaultTable after a library has used threadLocal names the library’s definition', () => {
  threadLocal('lib.stats', { calls: 'u32' })
  assert.is(
    errorOf(() => setDefaultTable(SlotTable.create())),
    "TypeError: this thread already has a default table, created by threadLocal('lib.stats'); " +
      'call setDefaultTable earlier, in a module imported first',
  )
  assert.is(setDefaultTable(defaultTable()), undefined, 'the same table again changes nothing')
})

test('keys that don’t fit are told how much they need, and which line makes room', () => {
  const table = SlotTable.create({ maxThreads: 4 })
  table.key('first', 'u32')
  const message = errorOf(() => table.attach().locals(service))
  assert.match(
    message,
    /^RangeError: these keys need \d+ bytes in each thread's row, but only 8188 are left; create a larger table first: SlotTable\.create\(\{ maxThreads: 4, rowBytes: \d+, maxKeys: 1024 \}\)$/,
  )
  const line = message.match(/\{ maxThreads.*\}/)?.[0].replace(/(\w+):/g, '"$1":') as string
  const larger = SlotTable.create(JSON.parse(line))
  assert.equal(Object.keys(larger.attach().locals(service)), Object.keys(service), 'the line is enough')
  assert.equal(
    table.keys().map(({ name }) => name),
    ['first'],
    'nothing is left of the keys that did not fit',
  )
})

test('a table without room for more keys says how many there are places for', () => {
  const table = SlotTable.create({ maxKeys: 2, rowBytes: 64 })
  table.key('first', 'u32')
  const schema = Object.fromEntries(['a', 'b', 'c'].map(name => [name, 'u32'] as const))
  assert.is(
    errorOf(() => table.attach().locals(schema)),
    'RangeError: these keys need 3 places for keys, but only 1 are left; ' +
      'create a larger table first: SlotTable.create({ maxThreads: 256, rowBytes: 64, maxKeys: 4 })',
  )
})

test('a class field with the name of a slot is refused by the engine, before it hides the slot', () => {
  class Database extends threadLocalClass('db', { queries: 'u32' }) {
    // What a compiler makes of `queries = 0`, where fields are defined rather than assigned.
    constructor() {
      super()
      Object.defineProperty(this, 'queries', {
        value: 0,
        writable: true,
        enumerable: true,
        configurable: true,
      })
    }
  }
  // The message is the engine's own.
  const message =
    RUNTIME === 'bun'
      ? 'Attempting to change configurable attribute of unconfigurable property.'
      : 'Cannot redefine property: queries'
  assert.is(
    errorOf(() => new Database()),
    `TypeError: ${message}`,
  )
})

test('a copy of a thread-local has the values of its scalars, and shares its vectors', () => {
  const local = threadLocal('copied', { n: 'u32', sizes: { type: 'u32', length: 2 } })
  local.n = 1
  const copy = structuredClone(local)
  copy.n = 5
  copy.sizes[0] = 7
  assert.equal([local.n, local.sizes[0]], [1, 7])
})

const wrongArguments: { readonly [what: string]: readonly [run: () => unknown, message: string] } = {
  'a Map as a schema': [
    () => threadLocal('x', new Map([['n', 'u32']]) as never),
    "TypeError: the schema is an instance of Map; use an object such as { done: 'u32' }",
  ],
  'an array as a schema': [
    () => threadLocal('x', ['n'] as never),
    "TypeError: the schema is an instance of Array; use an object such as { done: 'u32' }",
  ],
  'no schema': [
    () => threadLocal('x', undefined as never),
    "TypeError: the schema is undefined; use an object such as { done: 'u32' }",
  ],
  'null as a schema': [
    () =>
      SlotTable.create()
        .attach()
        .locals(null as never),
    "TypeError: the schema is null; use an object such as { done: 'u32' }",
  ],
  'an array as a name': [
    () => threadLocal(['x'] as never, { n: 'u32' }),
    'TypeError: the name of a thread-local is an instance of Array; use a well-formed string',
  ],
  'a String object as a key’s name': [
    () => SlotTable.create().key(new String('n') as never, 'u32'),
    'TypeError: the name of a key is an instance of String; use a well-formed string',
  ],
  'a name that is too long': [
    () => SlotTable.create().key('n'.repeat(201), 'u32'),
    `RangeError: the UTF-8 length of the name of a key ('${'n'.repeat(201)}') is 201; use a whole number from 1 to 200`,
  ],
  'an unknown type': [
    () => SlotTable.create().key('n', 'int' as never),
    "TypeError: the type of 'n' is 'int'; use i32, u32, f32, f64, i64, u64, u8, count, text",
  ],
  'an unknown detail': [
    () => SlotTable.create().key('n', { type: 'u32', lenght: 3 } as never),
    "TypeError: a detail of 'n' is 'lenght'; use type, fold, length, init, retire, unit, help, histogram",
  ],
  'a Map as a definition': [
    () => SlotTable.create().key('n', new Map() as never),
    "TypeError: the definition of 'n' is an instance of Map; use a type, or { type, fold, length, init, retire, unit, help }",
  ],
  'an init of NaN': [
    () => SlotTable.create().key('n', { type: 'f64', init: Number.NaN }),
    "RangeError: the init of 'n' is NaN; use a number from -Infinity to Infinity",
  ],
  'an f32 init that f32 can’t hold': [
    () => SlotTable.create().key('n', { type: 'f32', init: 1e300 }),
    "RangeError: the init of 'n' is 1e+300; use a number from -3.4028234663852886e+38 to 3.4028234663852886e+38",
  ],
  'a fraction as the init of an integer': [
    () => SlotTable.create().key('n', { type: 'u32', init: 0.5 }),
    "RangeError: the init of 'n' is 0.5; use a whole number from 0 to 4294967295",
  ],
  'a number as the init of a bigint': [
    () => SlotTable.create().key('n', { type: 'u64', init: 5 as never }),
    "TypeError: the init of 'n' is 5; use a whole bigint from 0 to 18446744073709551615",
  ],
  'a bigint as the init of a number': [
    () => SlotTable.create().key('n', { type: 'u32', init: 5n as never }),
    "TypeError: the init of 'n' is 5n; use a whole number from 0 to 4294967295",
  ],
  'an object that only resembles a buffer': [
    () => SlotTable.from({ [Symbol.toStringTag]: 'SharedArrayBuffer', byteLength: 1e6 } as never),
    'TypeError: the buffer is an instance of SharedArrayBuffer; use a genuine SharedArrayBuffer',
  ],
  'an ArrayBuffer where memory is shared': [
    () => SlotTable.from(new ArrayBuffer(1e6)),
    'TypeError: the buffer is an instance of ArrayBuffer; use a genuine SharedArrayBuffer',
  ],
  'a buffer without a table': [
    () => SlotTable.from(new SharedArrayBuffer(1e6)),
    'TypeError: the header at byteOffset 0 is 0,0,0,0,0,0, not that of a table of this version; use SlotTable.create',
  ],
  'a name that is taken by another type': [
    () => {
      const table = SlotTable.create()
      table.key('cache.hits', 'u32')
      table.key('cache.hits', 'f64')
    },
    "TypeError: 'cache.hits' is already defined as u32 (sum, init 0) and can't also be f64 (sum, init 0); use another name",
  ],
  'a slot’s name with a dot': [
    () => threadLocal('x', { 'a.b': 'u32' }),
    "TypeError: 'a.b' can't be a slot's name; use one without dots, other than threadId and threadName",
  ],
  'a slot’s name that readings use': [
    () => threadLocal('x', { threadName: 'u32' }),
    "TypeError: 'threadName' can't be a slot's name; use one without dots, other than threadId and threadName",
  ],
  'an unknown scope': [
    () => totals(threadLocal('scoped', { n: 'u32' }), 'dead' as never),
    "TypeError: the scope is 'dead'; use all, live, retired",
  ],
  'a plain object where a thread-local is needed': [
    () => definitionOf({}),
    'TypeError: the thread-local is an instance of Object; use an object made by threadLocal',
  ],
  'a callback that is not a function': [
    () => onThreadExit(threadLocal('exits', { n: 'u32' }), 'log' as never),
    "TypeError: the callback is 'log'; use a function",
  ],
  'a fold of a key without one': [
    () => {
      const table = SlotTable.create()
      return table.fold(table.key('depth', { type: 'i32', fold: 'none' }))
    },
    "TypeError: the fold of 'depth' is 'none'; use perThread",
  ],
}

for (const [what, [run, message]] of Object.entries(wrongArguments)) {
  test(`${what} is refused in words`, () => assert.is(errorOf(run), message))
}

test('a name that is refused leaves the table as it was', () => {
  const table = SlotTable.create()
  table.key('first', 'u32')
  const name = new String('a') as unknown as string
  for (let attempt = 0; attempt < 2; attempt++) errorOf(() => table.key(name, 'u32'))
  assert.equal(
    table.keys().map(key => key.name),
    ['first'],
  )
})

test('a field that is only declared leaves the slot in place', () => {
  const Base = threadLocalClass('declared', { queries: 'u32' })
  class Database extends Base {
    declare queries: number
  }
  const database = new Database()
  database.queries++
  assert.is(database.queries, 1)
})

test.run()
