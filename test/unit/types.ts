// The types that the compiler must infer, and the errors that it must report. Only `tsc` checks this file
// (types.test.ts runs it); nothing here is ever called.
import type { Meter } from '@opentelemetry/api'
import type { MetricReaderOptions } from '@opentelemetry/sdk-metrics'
import { Registry as NextRegistry } from '@prometheus-io/client'
import { type OpenMetricsContentType, Registry, register } from 'prom-client'
import {
  type Histogram,
  type HistogramSlot,
  onThreadExit,
  perThread,
  type RemoteVector,
  type Slot,
  SlotTable,
  sampler,
  type TextSlot,
  type ThreadLocal,
  threadLocal,
  threadLocalClass,
  totals,
  type VectorSlot,
  valuesOf,
} from 'threadslots'
import { histogram } from 'threadslots/histogram'
import { type LabelledReading, type LabelledSlots, type LabelsRead, labelled } from 'threadslots/labels'
import { histogramProducer, observe } from 'threadslots/opentelemetry'
import { collect } from 'threadslots/prometheus'
import { top } from 'threadslots/top'

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : { got: A; expected: B }
const same = <A, B>(verdict: Equal<A, B>): void => void verdict

export function schemas(): void {
  const local = threadLocal('types', {
    i32: 'i32',
    u32: { type: 'u32' },
    f32: { type: 'f32', fold: 'min' },
    f64: { type: 'f64', fold: 'max', init: 1.5 },
    i64: 'i64',
    u64: { type: 'u64', fold: 'sum', init: 1n },
    gauge: { type: 'i32', fold: 'none' },
    sizes: { type: 'u32', length: 4 },
    longs: { type: 'i64', length: 4 },
    text: { type: 'u8', length: 16 },
    count: 'count',
    most: { type: 'count', fold: 'max', init: 1, retire: false, unit: 'bytes', help: 'The most.' },
    label: { type: 'count', fold: 'none' },
    file: { type: 'text', length: 64, help: 'The file.' },
    latency: histogram({ min: 0.1, max: 1e4, digits: 2 }),
  })

  // A thread's own values.
  same<typeof local.i32, number>(true)
  same<typeof local.u64, bigint>(true)
  same<typeof local.sizes, Uint32Array<SharedArrayBuffer>>(true)
  same<typeof local.longs, BigInt64Array<SharedArrayBuffer>>(true)
  same<typeof local.text, Uint8Array<SharedArrayBuffer>>(true)
  same<typeof local.latency, HistogramSlot>(true)
  same<typeof local.count, number>(true)
  same<typeof local.most, number>(true)
  same<typeof local.file, string>(true)
  local.count++
  local.file = 'a.ts'
  // @ts-expect-error: a text takes strings alone
  local.file = 5
  // @ts-expect-error: a count doesn't take a bigint
  local.count = 1n
  local.i32++
  local.u64 += 1n
  local.sizes[0] = 1
  // @ts-expect-error: a bigint slot doesn't take a number
  local.i64 = 1
  // @ts-expect-error: a number slot doesn't take a bigint
  local.i32 = 1n
  // @ts-expect-error: a vector can't be assigned
  local.sizes = new Uint32Array(4)
  // @ts-expect-error: a histogram can't be assigned
  local.latency = totals(local).latency
  // @ts-expect-error: a histogram's values are numbers
  local.latency.record(1n)
  // @ts-expect-error: not in the schema
  local.i33++

  // The values of all threads, folded.
  const all = totals(local)
  same<typeof all.i32, number>(true)
  same<typeof all.f32, number>(true)
  same<typeof all.i64, bigint>(true)
  same<typeof all.sizes, Float64Array<ArrayBuffer>>(true)
  same<typeof all.longs, BigInt64Array<ArrayBuffer>>(true)
  same<typeof all.latency, Histogram>(true)
  same<typeof all.count, number>(true)
  same<
    keyof typeof all,
    'i32' | 'u32' | 'f32' | 'f64' | 'i64' | 'u64' | 'sizes' | 'longs' | 'latency' | 'count' | 'most'
  >(true)
  // @ts-expect-error: a text has no total
  all.file
  // @ts-expect-error: a key without a fold has no total
  all.gauge
  // @ts-expect-error: no such scope
  totals(local, 'dead')
  // @ts-expect-error: not made by threadLocal
  totals({ i32: 1 })

  const thread = perThread(local)[0]
  same<
    typeof thread extends infer T | undefined ? Exclude<T, undefined>['threadId' & keyof T] : never,
    number
  >(true)
  same<Exclude<typeof thread, undefined>['gauge'], number | undefined>(true)
  same<Exclude<typeof thread, undefined>['file'], string | undefined>(true)
  same<Exclude<typeof thread, undefined>['threadName'], string | undefined>(true)
  same<Exclude<typeof thread, undefined>['text'], Uint8Array<ArrayBuffer> | undefined>(true)

  const remote = valuesOf(local, 0)
  same<typeof remote.count, number | undefined>(true)
  same<typeof remote.u64, bigint | undefined>(true)
  same<typeof remote.file, string | undefined>(true)
  same<typeof remote.sizes, RemoteVector<Uint32Array<ArrayBuffer>> | undefined>(true)
  same<typeof remote.latency, Histogram | undefined>(true)
  // @ts-expect-error: another thread's values can't be assigned
  remote.count = 1
  // @ts-expect-error: nor can elements of its vectors
  remote.sizes[0] = 1

  const { seconds, deltas, rates } = sampler(local)()
  same<typeof seconds, number>(true)
  same<keyof typeof deltas, 'i32' | 'u32' | 'i64' | 'u64' | 'sizes' | 'longs' | 'latency' | 'count'>(true)
  same<typeof deltas.latency, Histogram>(true)
  same<typeof rates.latency, number>(true)
  same<typeof deltas.u64, bigint>(true)
  same<typeof rates.u64, number>(true)
  same<typeof rates.longs, Float64Array<ArrayBuffer>>(true)

  const stop = onThreadExit(local, ({ threadId, threadName, values }) => {
    same<typeof threadId, number>(true)
    same<typeof threadName, string | undefined>(true)
    same<typeof values.file, string | undefined>(true)
    same<typeof values.gauge, number | undefined>(true)
  })
  same<typeof stop, () => void>(true)
}

export function labels(): void {
  const local = threadLocal('labels', {
    requests: labelled('count', ['method', 'status']),
    closed: labelled(
      { type: 'u64', help: 'Why' },
      { method: ['GET', 'POST'], route: 'string' },
      { maxChildren: 5 },
    ),
    sizes: labelled({ type: 'u32', length: 4 }, ['a']),
    longest: labelled({ type: 'f64', fold: 'max' }, ['a']),
    task: labelled({ type: 'i32', fold: 'none' }, ['a']),
    file: labelled({ type: 'text', length: 8 }, ['a']),
    flags: labelled({ type: 'u8', length: 8 }, ['a']),
    ms: labelled(histogram({ min: 1, max: 100, digits: 1 }), ['a']),
    plain: 'u32',
  })

  // A thread's own children.
  const count = local.requests.with({ method: 'GET', status: 200 })
  same<typeof count, Slot<number>>(true)
  local.requests.with({ method: true, status: '200' }).add(1)
  const long = local.closed.with({ method: 'GET', route: '/' })
  same<typeof long, Slot<bigint>>(true)
  const vector = local.sizes.with({ a: 1 })
  same<typeof vector, VectorSlot<Uint32Array<SharedArrayBuffer>>>(true)
  const text = local.file.with({ a: 1 })
  same<typeof text, TextSlot>(true)
  const time = local.ms.with({ a: 1 })
  same<typeof time, HistogramSlot>(true)
  for (const { labels, value } of local.requests) {
    same<typeof labels, { readonly method: string; readonly status: string }>(true)
    same<typeof value, number>(true)
  }
  for (const { labels, value } of local.ms) {
    same<typeof labels, { readonly a: string }>(true)
    same<typeof value, Histogram>(true)
  }
  for (const { labels, value } of local.closed) {
    same<typeof labels, { readonly method: 'GET' | 'POST' | 'other'; readonly route: string }>(true)
    same<typeof value, bigint>(true)
  }
  // @ts-expect-error: a label is missing
  local.requests.with({ method: 'GET' })
  // @ts-expect-error: not a label
  local.requests.with({ method: 'GET', status: 200, route: '/' })
  // @ts-expect-error: not a string, a number or a boolean
  local.requests.with({ method: 'GET', status: null })
  // @ts-expect-error: not a string, a number or a boolean
  local.requests.with({ method: 'GET', status: 200n })
  // @ts-expect-error: not one of the listed values
  local.closed.with({ method: 'PUT', route: '/' })
  // @ts-expect-error: labels are an object
  local.requests.with('GET', 200)
  const { requests } = local
  // @ts-expect-error: a labelled key can't be assigned
  local.requests = requests
  // @ts-expect-error: it has no value of its own
  local.requests.add(1)
  // @ts-expect-error: a bigint slot doesn't take a number
  long.add(1)

  // All threads' values.
  const all = totals(local)
  same<keyof typeof all, 'requests' | 'closed' | 'sizes' | 'longest' | 'ms' | 'plain'>(true)
  same<typeof all.plain, number>(true)
  same<typeof all.requests.sum, number | undefined>(true)
  const found = all.requests.get({ method: 'GET', status: 200 })
  same<typeof found, number | undefined>(true)
  for (const { labels, value } of all.closed) {
    same<typeof labels, { readonly method: 'GET' | 'POST' | 'other'; readonly route: string }>(true)
    same<typeof value, bigint>(true)
    // What a reading tells can be asked for.
    all.closed.get(labels)
  }
  all.closed.get({ method: 'other', route: '/' })
  for (const { value } of all.sizes) same<typeof value, Float64Array<ArrayBuffer>>(true)
  for (const { value } of all.ms) same<typeof value, Histogram>(true)
  same<typeof all.ms.sum, Histogram | undefined>(true)
  // @ts-expect-error: a label is missing
  all.requests.get({ method: 'GET' })
  // @ts-expect-error: not one of the listed values
  all.closed.get({ method: 'PUT', route: '/' })
  // @ts-expect-error: a labelled key without a fold has no total
  all.task
  // @ts-expect-error: nor has a labelled text
  all.file

  const [thread] = perThread(local)
  for (const { value } of thread?.sizes ?? []) same<typeof value, Uint32Array<ArrayBuffer>>(true)
  for (const { value } of thread?.task ?? []) same<typeof value, number>(true)
  for (const { value } of thread?.file ?? []) same<typeof value, string>(true)
  const remote = valuesOf(local, 0)
  same<typeof remote.requests, Exclude<typeof thread, undefined>['requests']>(true)
  for (const { value } of remote.sizes ?? []) same<typeof value, Uint32Array<ArrayBuffer>>(true)
  onThreadExit(local, ({ values }) =>
    same<typeof values.file, Exclude<typeof thread, undefined>['file']>(true),
  )

  const { deltas, rates } = sampler(local)()
  same<keyof typeof deltas, 'requests' | 'closed' | 'sizes' | 'ms' | 'plain'>(true)
  same<keyof typeof rates, keyof typeof deltas>(true)
  same<typeof deltas.closed.sum, bigint | undefined>(true)
  same<typeof rates.closed.sum, number | undefined>(true)
  same<typeof deltas.ms.sum, Histogram | undefined>(true)
  same<typeof rates.ms.sum, number | undefined>(true)
  same<typeof rates.sizes.sum, Float64Array<ArrayBuffer> | undefined>(true)

  // In declarations.
  type Labels = { readonly a: string | number | boolean }
  same<typeof local.longest, LabelledSlots<Labels, { readonly type: 'f64'; readonly fold: 'max' }>>(true)
  same<typeof all.longest, LabelledReading<Labels, number>>(true)
  same<LabelsRead<{ readonly a: 'x' }>, { readonly a: 'x' | 'other' }>(true)

  // @ts-expect-error: no such type
  labelled('u33', ['a'])
  // @ts-expect-error: names are strings
  labelled('u32', [5])
  // @ts-expect-error: values are strings
  labelled('u32', { a: [200] })
  // @ts-expect-error: no such word
  labelled('u32', { a: 'number' })
  // @ts-expect-error: no such option
  labelled('u32', ['a'], { max: 5 })
  // @ts-expect-error: labels can't be labelled
  labelled(labelled('u32', ['a']), ['b'])
  // @ts-expect-error: table.key takes no labelled key
  SlotTable.create().key('x', labelled('u32', ['a']))
  const locals = SlotTable.create()
    .attach()
    .locals({ n: labelled('u32', ['a']) })
  same<typeof locals.n, LabelledSlots<Labels, 'u32'>>(true)
}

class Connection extends threadLocalClass('connection', { queries: 'u32' }) {
  readonly url: string
  constructor(url: string) {
    super()
    this.url = url
    this.queries++
  }
}

export function subclasses(): void {
  const connection = new Connection('db:')
  same<(typeof connection)['queries'], number>(true)
  const { queries } = totals(connection)
  same<typeof queries, number>(true)
  const base: ThreadLocal<{ readonly queries: 'u32' }> = connection
  base.queries++
}

export function badSchemas(): void {
  // @ts-expect-error: no such type
  threadLocal('bad', { a: 'u16' })
  // @ts-expect-error: no such fold
  threadLocal('bad', { a: { type: 'u32', fold: 'mean' } })
  // @ts-expect-error: u8 is for vectors only
  threadLocal('bad', { a: 'u8' })
  // @ts-expect-error: u8 is for vectors only
  threadLocal('bad', { a: { type: 'u8' } })
  // @ts-expect-error: u8 vectors don't fold
  threadLocal('bad', { a: { type: 'u8', length: 4, fold: 'sum' } })
  // @ts-expect-error: a bigint type starts from a bigint
  threadLocal('bad', { a: { type: 'i64', init: 0 } })
  // @ts-expect-error: a text needs a length
  threadLocal('bad', { a: 'text' })
  // @ts-expect-error: a text needs a length
  threadLocal('bad', { a: { type: 'text' } })
  // @ts-expect-error: texts don't fold
  threadLocal('bad', { a: { type: 'text', length: 4, fold: 'max' } })
  // @ts-expect-error: counts have no vectors
  threadLocal('bad', { a: { type: 'count', length: 4 } })
  // @ts-expect-error: a count starts from a number
  threadLocal('bad', { a: { type: 'count', init: 0n } })
  // @ts-expect-error: retire is true or false
  threadLocal('bad', { a: { type: 'u32', retire: 0 } })
  // @ts-expect-error: a unit is a string
  threadLocal('bad', { a: { type: 'u32', unit: 5 } })
  // @ts-expect-error: a number type starts from a number
  threadLocal('bad', { a: { type: 'f64', init: 0n } })
}

export function tables(): void {
  const table = SlotTable.create({ maxThreads: 4, rowBytes: 64, maxKeys: 8 })
  const hits = table.key('hits', 'u32')
  const total = table.key('total', 'u64')
  const sizes = table.key('sizes', { type: 'f32', length: 4 })
  const gauge = table.key('gauge', { type: 'i32', fold: 'none' })
  const done = table.key('done', 'count')
  const file = table.key('file', { type: 'text', length: 8 })
  same<typeof hits.type, 'u32'>(true)

  const row = table.attach()
  row.slot(hits).add(1)
  row.slot(total).value = 1n
  row.slot(sizes).value.fill(1)
  row.u32[hits.index] = 1
  row.slot(done).add(1)
  row.slot(file).value = 'a.ts'
  row.slot(file).reset()
  // @ts-expect-error: a text has no add
  row.slot(file).add('b')
  // @ts-expect-error: a bigint can't be added to a count
  row.slot(done).add(1n)
  // @ts-expect-error: a number can't be added to a bigint slot
  row.slot(total).add(1)
  // @ts-expect-error: a vector's array can't be replaced
  row.slot(sizes).value = new Float32Array(4)
  // @ts-expect-error: a vector has no add
  row.slot(sizes).add(1)

  const folded = table.fold(hits)
  same<typeof folded, number>(true)
  const folded64 = table.fold(total, 'live')
  same<typeof folded64, bigint>(true)
  const foldedVector = table.fold(sizes, 'retired')
  same<typeof foldedVector, Float64Array<ArrayBuffer>>(true)
  const foldedGauge = table.fold(gauge)
  same<typeof foldedGauge, never>(true)
  const foldedCount = table.fold(done)
  same<typeof foldedCount, number>(true)
  const foldedText = table.fold(file)
  same<typeof foldedText, never>(true)
  const files = table.perThread(file)
  same<typeof files, { threadId: number; threadName?: string; value: string }[]>(true)
  const gauges = table.perThread(gauge)
  same<typeof gauges, { threadId: number; threadName?: string; value: number }[]>(true)

  // A key from a list may be of any type.
  for (const key of table.keys()) {
    const value = table.fold(key)
    same<
      typeof value,
      | number
      | bigint
      | Float64Array<ArrayBuffer>
      | BigInt64Array<ArrayBuffer>
      | BigUint64Array<ArrayBuffer>
      | Histogram
    >(true)
  }
  const locals = row.locals({ hits: 'u32' })
  same<typeof locals.hits, number>(true)
}

const textOf = <A, B>(verdict: Equal<A, B>): string => `${verdict}`

export function tops(): void {
  const local = threadLocal('top', {
    hits: 'u32',
    total: 'i64',
    sizes: { type: 'u32', length: 4 },
    latency: histogram({ min: 0.1, max: 1e4, digits: 2 }),
    bytes: 'count',
    file: { type: 'text', length: 8 },
    flags: { type: 'u8', length: 2 },
  })
  const stop = top(local, {
    columns: {
      hits: { format: value => textOf<number, typeof value>(true) },
      total: { format: value => textOf<number | bigint, typeof value>(true) },
      sizes: {
        format: value => textOf<Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>, typeof value>(true),
      },
      // Its rate is the number of values per second.
      latency: { format: value => textOf<Histogram | number, typeof value>(true) },
      bytes: { format: value => textOf<number, typeof value>(true) },
      // Texts and bytes have neither totals nor rates.
      file: { format: value => textOf<string, typeof value>(true) },
      flags: { format: value => textOf<Uint8Array<ArrayBuffer>, typeof value>(true) },
    },
  })
  same<typeof stop, () => void>(true)
  // @ts-expect-error: not in the schema
  top(local, { columns: { hit: false } })
  // @ts-expect-error: no such side
  top(local, { columns: { hits: { align: 'middle' } } })
}

export function metrics(meter: Meter): void {
  const local = threadLocal('metrics', { bytes: 'f64', slowestMs: { type: 'f64', fold: 'max' } })
  const keys = { slowestMs: { unit: 'milliseconds', kind: 'gauge', help: 'Slowest.' }, bytes: false } as const
  const removers = [
    collect(new Registry(), local),
    collect(register, local, { keys }),
    collect(new Registry<OpenMetricsContentType>(), local, { prefix: 'x_', perThread: true }),
    collect(new NextRegistry(), local),
    collect(register, new Connection('db:'), { keys: { queries: { unit: '{query}' } } }),
    observe(meter, local, { keys, perThread: true, threadName: true }),
    collect(
      register,
      threadLocal('units', { bytes: { type: 'count', unit: 'bytes' }, made: { type: 'u32', unit: 'any' } }),
    ),
  ]
  same<typeof removers, (() => void)[]>(true)
  const producers = { metricProducers: [histogramProducer(local, { keys, temporality: 'delta' })] }
  const options: MetricReaderOptions = producers
  void options

  // @ts-expect-error: not in the schema
  collect(register, local, { keys: { byte: { unit: 'bytes' } } })
  // @ts-expect-error: not in the schema
  observe(meter, local, { keys: { byte: false } })
  // @ts-expect-error: not in the schema
  histogramProducer(local, { keys: { byte: {} } })
  // @ts-expect-error: no such unit
  collect(register, local, { keys: { bytes: { unit: 'megabytes' } } })
  // @ts-expect-error: no such kind
  collect(register, local, { keys: { bytes: { kind: 'summary' } } })
  // @ts-expect-error: no such option
  collect(register, local, { key: {} })
  // @ts-expect-error: not a registry
  collect({}, local)
  // @ts-expect-error: not made by threadLocal
  collect(register, { bytes: 1 })
}
