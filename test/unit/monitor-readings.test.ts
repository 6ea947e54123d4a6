// Readings of a whole table for the monitor's clients: as JSON for people, and as events that a page or a terminal restores.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { OwnRuns } from '../../src/cancel/own-runs.js'
import { histogram } from '../../src/histogram.js'
import { type Histogram, type Schema, SlotTable, type ThreadLocal } from '../../src/index.js'
import { labelled } from '../../src/labels.js'
import { Readings } from '../../src/monitor/readings.js'
import { threadsOf } from '../../src/monitor/threads.js'
import { Watcher } from '../../src/monitor/watcher.js'
import { type ReceivedReading, WireReader } from '../../src/monitor/wire.js'

const LATENCY = histogram({ min: 1, max: 1000, digits: 2, unit: 'milliseconds' })

const SCHEMA = {
  done: { type: 'count', help: 'Jobs done' },
  slowest: { type: 'f64', fold: 'max' },
  least: { type: 'f64', fold: 'min' },
  large: 'u64',
  deep: { type: 'i64', fold: 'none' },
  sizes: { type: 'u32', length: 3 },
  longs: { type: 'i64', length: 2 },
  unsigned: { type: 'u64', length: 2 },
  tag: { type: 'u8', length: 4 },
  file: { type: 'text', length: 40 },
  inFlight: { type: 'i32', retire: false },
  latency: LATENCY,
  requests: labelled('count', ['method']),
} as const

/** A table in which several threads count, and a monitor's view of it. */
function startTable() {
  const table = SlotTable.create({ maxThreads: 8, maxKeys: 64, rowBytes: 32_768, threadId: 1 })
  const { buffer } = table
  const startThread = <const S extends Schema>(threadId: number, name: string, schema: S) => {
    const own = SlotTable.from(buffer, { threadId, parentThreadId: 1 })
    const fields = own.registry.internAll(schema, name)
    return new (own.attach().classOf(fields))() as ThreadLocal<S>
  }
  const opened = SlotTable.from(buffer, { threadId: 99 })
  const watcher = new Watcher(opened, { blockedMs: 1000, stuckMs: 1000 }, 0)
  const readings = new Readings(opened, watcher)
  const threads = () => {
    watcher.tick(0)
    return JSON.parse(JSON.stringify(threadsOf(readings)))
  }
  /** Sends a reading as JSON, and restores it. */
  const transmit = (receiver = new WireReader()): ReceivedReading => {
    watcher.tick(0)
    const reading = JSON.parse(JSON.stringify(readings.read()))
    receiver.setKeys(JSON.parse(JSON.stringify(readings.keys())))
    return receiver.read(reading)
  }
  return { table, readings, startThread, threads, transmit }
}

function countEverything(local: ThreadLocal<typeof SCHEMA>) {
  local.done = 2 ** 40
  local.slowest = 1.5
  local.least = Number.NaN
  local.large = 2n ** 64n - 1n
  local.deep = -(2n ** 60n)
  local.sizes.set([1, 2, 3])
  local.longs.set([-1n, 2n ** 62n])
  local.unsigned.set([0n, 2n ** 64n - 1n])
  local.tag.set([1, 2, 254, 255])
  local.file = 'ä<b>.txt'
  local.inFlight = -2
  for (const value of [0.5, 10, 10, 5000]) local.latency.record(value)
  local.requests.with({ method: 'GET' }).add(3)
}

test('a receiver restores values of every type exactly', () => {
  const { startThread, transmit } = startTable()
  countEverything(startThread(2, 'jobs', SCHEMA))
  const { threads, totals, retired } = transmit()
  const [thread] = threads as [ReceivedReading['threads'][number]]
  assert.is(thread.threadId, 2)
  const { 'jobs.latency': latency, ...others } = thread.values as { 'jobs.latency': Histogram }
  assert.equal(
    { ...others },
    {
      'jobs.done': 2 ** 40,
      'jobs.slowest': 1.5,
      'jobs.least': Number.NaN,
      'jobs.large': 2n ** 64n - 1n,
      'jobs.deep': -(2n ** 60n),
      'jobs.sizes': Float64Array.of(1, 2, 3),
      'jobs.longs': BigInt64Array.of(-1n, 2n ** 62n),
      'jobs.unsigned': BigUint64Array.of(0n, 2n ** 64n - 1n),
      'jobs.tag': Uint8Array.of(1, 2, 254, 255),
      'jobs.file': 'ä<b>.txt',
      'jobs.inFlight': -2,
      'jobs.requests{"method":"GET"}': 3,
    },
  )
  assert.is(latency.count, 4)
  assert.is(Math.round(latency.percentile(50)), 10)
  const total = totals as { 'jobs.latency': Histogram }
  assert.equal(total['jobs.latency'].since(latency).count, 0)
  assert.is(totals['jobs.least'], Infinity, 'a minimum over no numbers')
  assert.is(retired['jobs.done'], 0)
  assert.not.ok('jobs.deep' in totals, 'a key without a fold')
})

test('a receiver learns of keys that are created later', () => {
  const { startThread, transmit } = startTable()
  const receiver = new WireReader()
  startThread(2, 'jobs', { done: 'u32' }).done = 1
  assert.equal({ ...transmit(receiver).totals }, { 'jobs.done': 1 })
  startThread(3, 'other', { done: { type: 'u32', unit: 'bytes', help: 'Why' } }).done = 2
  assert.equal({ ...transmit(receiver).totals }, { 'jobs.done': 1, 'other.done': 2 })
  assert.equal(receiver.keys[1], {
    keyId: 1,
    name: 'other.done',
    type: 'u32',
    fold: 'sum',
    retire: true,
    histogram: 0,
    unit: 'bytes',
    help: 'Why',
  })
})

test('values of keys that a receiver has not been told of are ignored', () => {
  const { startThread, readings } = startTable()
  startThread(2, 'jobs', { done: 'u32' }).done = 1
  assert.equal({ ...new WireReader().read(readings.read()).totals }, {})
})

test('children are sent with their family and labels', () => {
  const { startThread, readings } = startTable()
  startThread(2, 'jobs', SCHEMA).requests.with({ method: 'GET' }).add(1)
  const [overflow, child] = readings.keys().filter(({ labels }) => labels)
  assert.equal(
    [overflow?.name, overflow?.family, overflow?.labels],
    ['jobs.requests', 'jobs.requests', { method: 'other' }],
  )
  assert.equal([child?.family, child?.labels], ['jobs.requests', { method: 'GET' }])
})

test("the package's own keys are neither sent nor shown", () => {
  const { table, readings, startThread, transmit, threads } = startTable()
  startThread(2, 'threadslots', { turns: { type: 'u32', fold: 'none', retire: false } }).turns = 1
  new OwnRuns(SlotTable.from(table.buffer, { threadId: 2, parentThreadId: 1 })).issue()
  startThread(3, 'jobs', { done: 'u32' }).done = 1
  transmit()
  const { totals, threads: received } = transmit()
  assert.equal({ ...totals }, { 'jobs.done': 1 })
  assert.equal(
    received.map(({ threadId, values, blockedMs }) => [threadId, { ...values }, blockedMs]),
    [
      [2, {}, 0],
      [3, { 'jobs.done': 1 }, undefined],
    ],
  )
  assert.equal(threads().threads[0].values, {})
  assert.equal(
    readings.keys().map(({ name }) => name),
    ['jobs.done'],
  )
  assert.equal(
    table.keys().map(({ name }) => name),
    ['threadslots.turns', 'threadslots.runs0', 'jobs.done'],
  )
})

test('a thread that has used no key is listed', () => {
  const { table, transmit, threads } = startTable()
  SlotTable.from(table.buffer, { threadId: 2 }).attach()
  assert.equal(
    transmit().threads.map(({ threadId, values }) => [threadId, { ...values }]),
    [[2, {}]],
  )
  assert.equal(threads().threads[0].values, {})
})

test('names that every object has are names like any other', () => {
  const { startThread, transmit, threads } = startTable()
  const local = startThread(2, '__proto__', { constructor: 'u32' })
  ;(local as { constructor: unknown }).constructor = 7
  const table = transmit()
  assert.is(table.totals['__proto__.constructor'], 7)
  assert.is(threads().totals['__proto__.constructor'], 7)
})

test('people get plain numbers, lists of children, and the figures of histograms', () => {
  const { startThread, table, threads } = startTable()
  countEverything(startThread(2, 'jobs', SCHEMA))
  const { pid, time, threads: list, retired, totals, lost } = threads()
  assert.is(pid, process.pid)
  assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000)
  assert.equal(lost, { threads: 0, keys: 0 })
  const [{ threadId, state, values }] = list
  assert.equal([threadId, state], [2, 'running'])
  const { 'jobs.latency': latency, ...others } = values
  assert.equal(others, {
    'jobs.done': 2 ** 40,
    'jobs.slowest': 1.5,
    'jobs.least': null,
    'jobs.large': 2 ** 64,
    'jobs.deep': -(2 ** 60),
    'jobs.sizes': [1, 2, 3],
    'jobs.longs': [-1, 2 ** 62],
    'jobs.unsigned': [0, 2 ** 64],
    'jobs.tag': [1, 2, 254, 255],
    'jobs.file': 'ä<b>.txt',
    'jobs.inFlight': -2,
    'jobs.requests': [{ labels: { method: 'GET' }, value: 3 }],
  })
  assert.equal([latency.count, Math.round(latency.p50)], [4, 10])
  assert.equal(totals['jobs.requests'], [{ labels: { method: 'GET' }, value: 3 }])
  assert.is(retired['jobs.done'], 0)
  table.release(2)
  const after = threads()
  assert.equal([after.threads, after.retired['jobs.done'], after.totals['jobs.inFlight']], [[], 2 ** 40, 0])
})

test('the overflow child is listed once something is counted in it', () => {
  const { startThread, threads } = startTable()
  const local = startThread(2, 'jobs', { requests: labelled('count', ['method'], { maxChildren: 1 }) })
  assert.equal(threads().totals['jobs.requests'], undefined)
  local.requests.with({ method: 'GET' }).add(1)
  local.requests.with({ method: 'PUT' }).add(5)
  assert.equal(threads().totals['jobs.requests'], [
    { labels: { method: 'other' }, value: 5 },
    { labels: { method: 'GET' }, value: 1 },
  ])
})

test("a thread's texts tell what it is doing", () => {
  const { startThread, readings } = startTable()
  const local = startThread(2, 'jobs', {
    file: { type: 'text', length: 20 },
    task: { type: 'text', length: 20 },
  })
  startThread(3, 'jobs', { file: { type: 'text', length: 20 } }).file = 'other.txt'
  local.file = 'a.txt'
  local.task = ''
  assert.equal({ ...readings.textsOf(2) }, { 'jobs.file': 'a.txt' })
  assert.equal({ ...readings.textsOf(7) }, {})
})

test.run()
