// Labels that have no room of their own: they count as `other`, nothing is thrown, and no sum lacks anything. One warning tells.
import { type CreateOptions, type LabelledSlots, type LabelledSpec, SlotTable } from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { type LabelledOptions, type LabelNames, labelled } from 'threadslots/labels'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { RECORDS_USED, recordAddress, recordCount } from '../../src/memory/layout.js'
import { asThread } from '../support/as-thread.js'
import { throws } from '../support/assertions.js'
import { inCleanProcess, inProcess } from '../support/processes.js'
import { dimensionsOf } from '../support/table-usage.js'

const warnings: [code: string | undefined, message: string][] = []
process.on('warning', warning => {
  warnings.push([(warning as { code?: string }).code, warning.message])
})
test.before.each(() => {
  warnings.length = 0
})

/** Fails unless there was one warning, about labels, which says what was counted as `other`, and why. */
function assertWarnedOnce(name: string, labels: object | string, reason: RegExp): void {
  assert.is(warnings.length, 1, warnings.map(([, message]) => message).join('\n'))
  const [code, message] = warnings[0] as (typeof warnings)[0]
  assert.is(code, 'THREADSLOTS_LABELS')
  const shown = typeof labels === 'string' ? labels : JSON.stringify(labels)
  assert.is(message.slice(0, message.indexOf(' as ')), `'${name}' counts ${shown}`)
  assert.match(message, /as 'other', because /)
  assert.match(message, reason)
}

type Counts = LabelledSlots<{ readonly [label: string]: string | number }, 'count'>

/** A labelled count in a table of its own, unless that is given. */
function countIn(table: SlotTable, labels: LabelNames = ['a'], options?: LabelledOptions): Counts {
  const schema: { readonly n: LabelledSpec<'count', object> } = { n: labelled('count', labels, options) }
  return table.attach().locals(schema).n as Counts
}
const createTable = (options: Omit<CreateOptions, 'maxThreads'> = {}) =>
  SlotTable.create({ maxThreads: 4, ...options })

/** The values by the first label, and by all labels if there are several. */
const valuesOf = (counts: Counts) =>
  Object.fromEntries([...counts].map(({ labels, value }) => [Object.values(labels).join(), value]))

/** Counts once for each of some labels, and checks that nothing is missing. */
function countAll(counts: Counts, table: SlotTable, count: number): void {
  for (let a = 0; a < count; a++) counts.with({ a }).add(1)
  const { totals } = table.snapshot()
  assert.is(
    Object.values(totals).reduce((sum: number, value) => sum + Number(value), 0),
    count,
  )
}

test('beyond maxChildren, labels count as `other`', () => {
  const table = createTable()
  const counts = countIn(table, ['a'], { maxChildren: 3 })
  countAll(counts, table, 10)
  assert.equal(valuesOf(counts), { 0: 1, 1: 1, 2: 1, other: 7 })
  assertWarnedOnce('n', { a: '3' }, /because its maxChildren, 3, is reached; use a larger one$/)
  counts.with({ a: 1 }).add(1)
  assert.is(valuesOf(counts)[1], 2, 'those that have children keep them')
})

test('the limit is that of who asks, and what another thread has made is found beyond it', () => {
  const table = createTable()
  const larger = countIn(table, ['a'], { maxChildren: 2 })
  const smaller = countIn(asThread(table, 7), ['a'], { maxChildren: 1 })
  smaller.with({ a: 1 }).add(1)
  smaller.with({ a: 2 }).add(10)
  larger.with({ a: 2 }).add(100)
  smaller.with({ a: 2 }).add(1000)
  larger.with({ a: 3 }).add(10_000)
  assert.equal(
    [valuesOf(smaller), valuesOf(larger)],
    [
      { 1: 1, 2: 1000, other: 10 },
      { 2: 100, other: 10_000 },
    ],
  )
  // The second one found `other` in use.
  assert.is(warnings.length, 1)
})

for (const [what, full, larger] of [
  ['places for keys', { maxKeys: 8 }, 'rowBytes: 8192, maxKeys: 16'],
  ['bytes of its rows', { rowBytes: 64 }, 'rowBytes: 128, maxKeys: 1024'],
] as const) {
  test(`beyond seven eighths of the table’s ${what}, labels count as \`other\`, and other keys still have room`, () => {
    const table = createTable(full)
    const counts = countIn(table)
    countAll(counts, table, 10)
    assert.equal(valuesOf(counts), { 0: 1, 1: 1, 2: 1, 3: 1, 4: 1, 5: 1, other: 4 })
    const advice = `create a larger table first: SlotTable.create({ maxThreads: 4, ${larger} })`
    assertWarnedOnce(
      'n',
      { a: '6' },
      /^.* labels leave an eighth of the table to other keys, and have no more; /,
    )
    assert.ok(warnings[0]?.[1].endsWith(advice), warnings[0]?.[1])
    table.key('later', 'count')
    throws(() => table.key('one more', 'count'), RangeError, /create a larger table/)
  })
}

test('if dead threads own all free key records, labels count as `other` until these are released', () => {
  const table = createTable({ maxKeys: 4 })
  const dimensions = dimensionsOf(table)
  const counts = countIn(table)
  // Thread 99 has died while it was creating keys.
  const claim = 99n + 1n
  const claims = new BigInt64Array(table.buffer)
  for (let record = 1; record < recordCount(dimensions); record++)
    claims[recordAddress(dimensions, record) / 8] = claim
  new Int32Array(table.buffer)[RECORDS_USED / 4] = recordCount(dimensions)
  countAll(counts, table, 3)
  assert.equal(valuesOf(counts), { other: 3 })
  assertWarnedOnce('n', { a: '0' }, /because all 8 key records are taken/)
  table.release(99)
  counts.with({ a: 0 }).add(1)
  assert.equal(valuesOf(counts), { 0: 1, other: 3 })
})

test('labels that don’t fit into a key record count as `other`, and what fits to the byte does not', () => {
  const table = createTable()
  const counts = countIn(table)
  // The name takes one byte, and the labels {"a":"…"} eight and the value's.
  const room = 1024 - 56 - 1 - 8
  counts.with({ a: 'x'.repeat(room) }).add(1)
  assert.is(warnings.length, 0)
  const long = 'y'.repeat(room + 1)
  counts.with({ a: long }).add(2)
  counts.with({ a: '😀'.repeat(1500) }).add(4)
  counts.with({ a: '"'.repeat(room / 2 + 1) }).add(8)
  counts.with({ a: '\ud83d'.repeat(room / 6 + 1) }).add(16)
  assert.equal(valuesOf(counts), { ['x'.repeat(room)]: 1, other: 30 })
  // A message shows the start of long labels.
  const shown = `${JSON.stringify({ a: long }).slice(0, 200)}…`
  assertWarnedOnce(
    'n',
    shown,
    /name, unit, help and labels take 969 bytes, and a key record has room for 968$/,
  )
})

test('values that a definition doesn’t list count as `other`, whatever the other labels are', () => {
  const table = createTable()
  const counts = countIn(table, { method: ['GET', 'POST'], route: 'string' })
  counts.with({ method: 'GET', route: '/' }).add(1)
  counts.with({ method: 'PUT', route: '/' }).add(2)
  counts.with({ method: 'other', route: '/' }).add(4)
  counts.with({ method: 'POST', route: 'other' }).add(8)
  assertWarnedOnce(
    'n',
    { method: 'PUT', route: '/' },
    /because the definition doesn't list that value of 'method'$/,
  )
  counts.with({ method: 'other', route: 'other' }).add(16)
  assert.equal(valuesOf(counts), { 'GET,/': 1, 'POST,other': 8, 'other,other': 22 })
  assert.is(table.keys().length, 3)
})

test('a list of values that the program changes afterwards makes no difference', () => {
  const list = ['x']
  const counts = countIn(createTable(), { a: list })
  list[0] = 'y'
  for (const a of ['x', 'y']) counts.with({ a }).add(1)
  assert.equal(valuesOf(counts), { x: 1, other: 1 })
})

test('a value that looks like another type is listed or not by what it is written as', () => {
  const counts = countIn(createTable(), { status: ['200', 'true'] })
  counts.with({ status: 200 }).add(1)
  counts.with({ status: true as never }).add(2)
  counts.with({ status: 201 }).add(4)
  assert.equal(valuesOf(counts), { 200: 1, true: 2, other: 4 })
})

test('nobody is warned of labels that are `other`, nor again in another thread', () => {
  for (const labels of [['a'], { a: ['x'] }])
    countIn(createTable(), labels, { maxChildren: 1 }).with({ a: 'other' }).add(1)
  assert.is(warnings.length, 0)
  const fresh = createTable()
  countIn(fresh, ['a'], { maxChildren: 1 }).with({ a: 'other' }).add(1)
  const [first, second] = [fresh, asThread(fresh, 7)].map(of => countIn(of, ['a'], { maxChildren: 1 })) as [
    Counts,
    Counts,
  ]
  for (const counts of [first, second, first]) for (let a = 0; a < 5; a++) counts.with({ a }).add(1)
  assertWarnedOnce('n', { a: '1' }, /maxChildren, 1, is reached/)
})

test('the overflow child’s handle is the same for all labels, and labels that overflow take no memory', () => {
  const counts = countIn(createTable(), ['a', 'b'], { maxChildren: 2 })
  counts.with({ a: 1, b: 1 })
  counts.with({ a: 1, b: 2 })
  const handle = counts.with({ a: 'other', b: 'other' })
  const { handles } = counts as unknown as { readonly handles: Map<unknown, Map<unknown, unknown>> }
  const size = () => [...handles.values()].reduce((sum, inner) => sum + inner.size, handles.size)
  const before = size()
  for (let i = 0; i < 1000; i++) {
    assert.is(counts.with({ a: i + 2, b: i }), handle)
    assert.is(counts.with({ a: 1, b: i + 3 }), handle)
  }
  assert.is(size(), before)
})

test('histograms that have no room of their own are recorded in the overflow child', () => {
  const table = createTable({ maxKeys: 3 })
  const { ms } = table.attach().locals({ ms: labelled(histogram({ min: 1, max: 100, digits: 1 }), ['a']) })
  for (const a of ['x', 'y', 'z']) ms.with({ a }).record(4)
  assert.equal(
    [...ms].map(({ labels, value }) => [labels.a, value.count]),
    [
      ['x', 1],
      ['other', 2],
    ],
  )
  assertWarnedOnce('ms', { a: 'y' }, /labels leave an eighth/)
})

test('in a full default table, labels are counted privately, and still nothing is thrown', async () => {
  const { result, stderr } = await inProcess(async () => {
    const { defaultTable, setDefaultTable, SlotTable, perThread, reset, threadLocal, totals, valuesOf } =
      await import('threadslots')
    const { labelled } = await import('threadslots/labels')
    setDefaultTable(SlotTable.create({ maxThreads: 2, rowBytes: 16, maxKeys: 2 }))
    const first = threadLocal('first', { n: 'u32', m: 'u32' })
    first.n++
    const local = threadLocal('private', {
      n: labelled('count', ['a']),
      task: labelled({ type: 'i32', fold: 'none', init: 5 }, ['a']),
      plain: 'u32',
    })
    local.task.with({ a: 1 }).value = 7
    reset(local)
    for (let a = 0; a < 200; a++) local.n.with({ a }).add(1)
    local.plain++
    const { n } = totals(local)
    return {
      sum: n.sum,
      areTold: n.length > 10,
      hasOther: n.get({ a: 'other' }) !== undefined,
      task: [...local.task],
      threads: perThread(local).map(({ n, plain }) => [n?.sum, plain]),
      remote: valuesOf(local, 0).n?.sum,
      lost: defaultTable().lost,
      inTable: totals(first),
    }
  })
  assert.equal(result, {
    sum: 200,
    areTold: true,
    hasOther: true,
    task: [{ labels: { a: '1' }, value: 5 }],
    threads: [[200, 1]],
    remote: 200,
    lost: { threads: 0, keys: 3 },
    inTable: { n: 1, m: 0 },
  })
  assert.is(stderr.split('THREADSLOTS_FULL').length, 2, stderr)
  assert.is(stderr.split('THREADSLOTS_LABELS').length, 2, stderr)
})

test('a thread without a row counts its labels privately', async () => {
  const { result } = await inProcess(async () => {
    const { setDefaultTable, SlotTable, threadLocal, totals } = await import('threadslots')
    const { labelled } = await import('threadslots/labels')
    const table = SlotTable.create({ maxThreads: 1 })
    // Another thread has the only row.
    SlotTable.from(table.buffer, { threadId: 99, parentThreadId: -1 }).attach()
    setDefaultTable(table)
    const local = threadLocal('rowless', { n: labelled('count', ['a']) })
    for (let a = 0; a < 3; a++) local.n.with({ a }).add(1)
    return [[...local.n].length, totals(local).n.sum]
  })
  assert.equal(result, [3, 0])
})

test('labels that all fit warn nobody', async () => {
  const sum = await inCleanProcess(async () => {
    const { threadLocal, totals } = await import('threadslots')
    const { labelled } = await import('threadslots/labels')
    const local = threadLocal('fits', { n: labelled('count', ['a']) })
    for (let a = 0; a < 800; a++) local.n.with({ a }).add(1)
    return totals(local).n.sum
  })
  assert.is(sum, 800)
})

test.run()
