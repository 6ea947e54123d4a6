/*
 * Published packages: values in shared buffers, and metrics clients. Each package is loaded when its
 * contender is made, so that a package that fails on the running Node does not affect the others.
 */
import type { BigintType, Counter, ViewType } from './counter.js'

// Declares only what is used here, because some of the packages' own declarations don't compile.
interface BackedObjects {
  BufferBackedObject<V>(buffer: ArrayBufferLike, fields: { x: Field<V> }): { x: V }
  readonly [field: string]: unknown
}
/** The package exports a function for each type, named after the type, that makes one of these. */
interface Field<V> {
  get(view: DataView, byteOffset: number): V
}
interface Structurae {
  readonly View: new () => { create<V>(schema: object): CounterViewClass<V> }
}
interface CounterViewClass<V> {
  readonly viewLength: number
  new (buffer: ArrayBufferLike, byteOffset: number, byteLength: number): CounterView<V>
}
interface CounterView<V> {
  get(field: 'x'): V
  set(field: 'x', value: V): void
}
interface SharedMap {
  set(key: string, value: number): void
  get(key: string): string
}

/** What both packages call the types. structurae writes them in lower case. */
const NAMES = {
  i32: 'Int32',
  u32: 'Uint32',
  f32: 'Float32',
  f64: 'Float64',
  i64: 'BigInt64',
  u64: 'BigUint64',
} as const
const BUFFER_BYTES = 128

/**
 * Imports a package by a variable name, which the compiler does not resolve. A CommonJS module's exports are
 * the default export of its import.
 */
export async function load<T>(name: string): Promise<T> {
  const module: T & { readonly default?: T } = await import(name)
  return module.default ?? module
}

async function backedObject<V>(type: ViewType | BigintType): Promise<{ x: V }> {
  const { BufferBackedObject, ...fields } = await load<BackedObjects>('buffer-backed-object')
  const field = fields[NAMES[type]] as () => Field<V>
  return BufferBackedObject(new SharedArrayBuffer(BUFFER_BYTES), { x: field() })
}

export async function bufferBackedObject(type: ViewType): Promise<Counter> {
  const object = await backedObject<number>(type)
  return {
    name: 'buffer-backed-object',
    set(value) {
      object.x = value
    },
    get: () => object.x,
    increment(times) {
      for (let i = 0; i < times; i++) object.x++
    },
    read(times) {
      let sum = 0
      for (let i = 0; i < times; i++) sum += object.x
      return sum
    },
    write(times) {
      for (let i = 0; i < times; i++) object.x = i
    },
  }
}

export async function bigintBufferBackedObject(type: BigintType): Promise<Counter> {
  const object = await backedObject<bigint>(type)
  return {
    name: 'buffer-backed-object',
    set(value) {
      object.x = BigInt(value)
    },
    get: () => Number(object.x),
    increment(times) {
      for (let i = 0; i < times; i++) object.x += 1n
    },
    read(times) {
      let sum = 0n
      for (let i = 0; i < times; i++) sum = BigInt.asIntN(64, sum + object.x)
      return Number(sum)
    },
    write(times) {
      for (let i = 0; i < times; i++) object.x = BigInt(i)
    },
  }
}

async function counterView<V>(type: ViewType | BigintType): Promise<CounterView<V>> {
  const { View } = await load<Structurae>('structurae')
  const CounterView = new View().create<V>({
    $id: 'Counter',
    type: 'object',
    properties: { x: { type: 'number', btype: NAMES[type].toLowerCase() } },
  })
  return new CounterView(new SharedArrayBuffer(BUFFER_BYTES), 0, CounterView.viewLength)
}

export async function structurae(type: ViewType): Promise<Counter> {
  const view = await counterView<number>(type)
  return {
    name: 'structurae',
    set(value) {
      view.set('x', value)
    },
    get: () => view.get('x'),
    increment(times) {
      for (let i = 0; i < times; i++) view.set('x', view.get('x') + 1)
    },
    read(times) {
      let sum = 0
      for (let i = 0; i < times; i++) sum += view.get('x')
      return sum
    },
    write(times) {
      for (let i = 0; i < times; i++) view.set('x', i)
    },
  }
}

export async function bigintStructurae(type: BigintType): Promise<Counter> {
  const view = await counterView<bigint>(type)
  return {
    name: 'structurae',
    set(value) {
      view.set('x', BigInt(value))
    },
    get: () => Number(view.get('x')),
    increment(times) {
      for (let i = 0; i < times; i++) view.set('x', view.get('x') + 1n)
    },
    read(times) {
      let sum = 0n
      for (let i = 0; i < times; i++) sum = BigInt.asIntN(64, sum + view.get('x'))
      return Number(sum)
    },
    write(times) {
      for (let i = 0; i < times; i++) view.set('x', BigInt(i))
    },
  }
}

/** sharedmap stores numbers as text. */
export async function sharedMap(): Promise<Counter> {
  const SharedMap =
    await load<new (entries: number, keyChars: number, valueChars: number) => SharedMap>('sharedmap')
  const values = new SharedMap(64, 8, 16)
  return {
    name: 'sharedmap',
    set(value) {
      values.set('x', value)
    },
    get: () => Number(values.get('x')),
    increment(times) {
      for (let i = 0; i < times; i++) values.set('x', Number(values.get('x')) + 1)
    },
    read(times) {
      let sum = 0
      for (let i = 0; i < times; i++) sum += Number(values.get('x'))
      return sum
    },
    write(times) {
      for (let i = 0; i < times; i++) values.set('x', i)
    },
  }
}

/** What a client's counter has counted for a label set. */
export interface Entry {
  value: number
  readonly labels: { readonly [label: string]: unknown }
}

/** prom-client's methods for reading a metric are asynchronous, so we read its internal map. */
interface Internals {
  readonly hashMap: { readonly [labels: string]: Entry }
}

export const entriesOf = (counter: unknown): Entry[] => Object.values((counter as Internals).hashMap)

const sumOf = (counter: unknown): number => entriesOf(counter).reduce((sum, { value }) => sum + value, 0)

/** The interface that `@prometheus-io/client`, prom-client's successor, has kept. Its internal map has another form. */
export type MetricsClient = typeof import('prom-client')
interface SuccessorInternals {
  readonly store: { values(): Iterable<Entry> }
}

export const successorEntriesOf = (counter: unknown): Entry[] => [
  ...(counter as SuccessorInternals).store.values(),
]

const successorSumOf = (counter: unknown): number =>
  successorEntriesOf(counter).reduce((sum, { value }) => sum + value, 0)

export async function promClient(): Promise<Counter> {
  const { Counter } = await import('prom-client')
  const counter = new Counter({ name: 'plain', help: 'without a label', registers: [] })
  return {
    name: 'prom-client inc()',
    set: () => counter.reset(),
    get: () => sumOf(counter),
    increment(times) {
      for (let i = 0; i < times; i++) counter.inc()
    },
  }
}

export async function promClientLabel(): Promise<Counter> {
  const { Counter } = await import('prom-client')
  const counter = new Counter({
    name: 'labelled',
    help: 'with a label',
    labelNames: ['thread'],
    registers: [],
  })
  return {
    name: 'prom-client inc({ thread })',
    set: () => counter.reset(),
    get: () => sumOf(counter),
    increment(times) {
      for (let i = 0; i < times; i++) counter.inc({ thread: '1' })
    },
  }
}

export async function prometheusClient(): Promise<Counter> {
  const { Counter } = await load<MetricsClient>('@prometheus-io/client')
  const counter = new Counter({ name: 'plain', help: 'without a label', registers: [] })
  return {
    name: '@prometheus-io/client inc()',
    set: () => counter.reset(),
    get: () => successorSumOf(counter),
    increment(times) {
      for (let i = 0; i < times; i++) counter.inc()
    },
  }
}

export async function prometheusClientLabel(): Promise<Counter> {
  const { Counter } = await load<MetricsClient>('@prometheus-io/client')
  const counter = new Counter({
    name: 'labelled',
    help: 'with a label',
    labelNames: ['thread'],
    registers: [],
  })
  return {
    name: '@prometheus-io/client inc({ thread })',
    set: () => counter.reset(),
    get: () => successorSumOf(counter),
    increment(times) {
      for (let i = 0; i < times; i++) counter.inc({ thread: '1' })
    },
  }
}
