// What a table must be, as plain data: its keys in their order, and of each thread what it acknowledged. Nothing of
// the library's own arithmetic is used here: it is what this is compared with.

import type { Dimensions, Fold, HistogramSpec, SlotSpec, SlotType } from 'threadslots'
import type { Elements } from '../../../src/memory/layout.js'
import { isBigint, RANGES } from '../../support/helpers.js'

export type Scalar = number | bigint

export interface Definition {
  readonly name: string
  readonly type: SlotType
  readonly fold: Fold
  readonly length: number | undefined
  readonly init: Scalar
}

export interface ModelKey extends Definition {
  readonly byteOffset: number
}

/** One thread, from its start for ever: what it left still counts when it is gone. */
export interface Life {
  readonly threadId: number
  /** A thread that had a row when this one started; −1 for none. */
  readonly parent: number
  /** Dead threads act no more, but count as running until they are released: then they are gone. */
  status: 'running' | 'dead' | 'gone'
  rowId: number | undefined
  /** Died in the middle of making a key, and has a record that nobody else can have. */
  hasRecord: boolean
  /** Keys to be used as soon as the thread attaches. */
  asked: Set<string>
  /** What is in its row, by key. Left out: zeros. */
  readonly slots: Map<string, Scalar[]>
  readonly used: Set<string>
}

export interface Model {
  readonly dimensions: Dimensions
  keys: ModelKey[]
  lives: Life[]
}

/** What a call must throw; then it must have changed nothing. */
export interface Refusal {
  readonly Kind: typeof TypeError | typeof RangeError
  readonly words: RegExp
}

export const ARRAYS: Readonly<
  Record<SlotType, { new (length: number): Elements; BYTES_PER_ELEMENT: number }>
> = {
  i32: Int32Array,
  u32: Uint32Array,
  f32: Float32Array,
  f64: Float64Array,
  i64: BigInt64Array,
  u64: BigUint64Array,
  u8: Uint8Array,
}

/** What a slot of this type holds when a value is stored to it. */
export function coerce(type: SlotType, value: Scalar): Scalar {
  const cell = new ARRAYS[type](1)
  cell[0] = value
  return cell[0] as Scalar
}

function identityOf(type: SlotType, fold: Fold): Scalar {
  const [least, greatest] = RANGES[type]
  return fold === 'min' ? greatest : fold === 'max' ? least : isBigint(type) ? 0n : 0
}

/** What a definition can be here. A histogram is a vector like others to a table, but for what it shows. */
export type PlainSpec = Exclude<SlotSpec, HistogramSpec>

/** A definition with nothing left open. */
export function resolve(name: string, spec: PlainSpec): Definition {
  const details: { fold?: Fold; length?: number; init?: Scalar; type: SlotType } =
    typeof spec === 'string' ? { type: spec } : { ...spec }
  const { type, length } = details
  const fold = details.fold ?? (type === 'u8' ? 'none' : 'sum')
  return { name, type, fold, length, init: details.init ?? identityOf(type, fold) }
}

// Keys

export const keyOf = (model: Model, name: string): ModelKey | undefined =>
  model.keys.find(key => key.name === name)

const endOf = ({ type, length = 1 }: Definition, byteOffset: number): number =>
  byteOffset + length * ARRAYS[type].BYTES_PER_ELEMENT

/** Where a key comes to lie: behind the last one, aligned. */
function placeAfter(keys: readonly ModelKey[], { type }: Definition): number {
  const last = keys.at(-1)
  const unit = ARRAYS[type].BYTES_PER_ELEMENT
  return Math.ceil((last ? endOf(last, last.byteOffset) : 0) / unit) * unit
}

/** Makes the keys that are not there yet. */
export function define(model: Model, definitions: readonly Definition[]): void {
  for (const definition of definitions) {
    if (keyOf(model, definition.name)) continue
    model.keys.push({ ...definition, byteOffset: placeAfter(model.keys, definition) })
  }
}

const freeRecords = ({ dimensions, keys, lives }: Model): number =>
  dimensions.maxKeys + dimensions.maxThreads - keys.length - lives.filter(life => life.hasRecord).length

/** Why these definitions are refused, all of them: the first that clashes or finds no room. */
export function refusalOf(model: Model, definitions: readonly Definition[]): Refusal | undefined {
  const { maxKeys, rowBytes } = model.dimensions
  const after = { ...model, keys: [...model.keys] }
  for (const definition of definitions) {
    const known = keyOf(model, definition.name)
    if (known) {
      const details = ['type', 'fold', 'length', 'init'] as const
      if (details.some(detail => known[detail] !== definition[detail]))
        return { Kind: TypeError, words: new RegExp(`^'${definition.name}'.*another name`) }
      continue
    }
    define(after, [definition])
    const bytes = endOf(definition, after.keys.at(-1)?.byteOffset ?? 0)
    if (after.keys.length > maxKeys || bytes > rowBytes)
      return { Kind: RangeError, words: new RegExp(`'${definition.name}'.*maxKeys.*rowBytes`) }
  }
  const made = after.keys.length - model.keys.length
  return freeRecords(model) < made ? { Kind: RangeError, words: /records are taken/ } : undefined
}

// Threads

export const cellsOf = (life: Life, { name, type, length = 1 }: Definition): Scalar[] =>
  life.slots.get(name) ?? Array.from({ length }, () => (isBigint(type) ? 0n : 0))

export const initialise = (life: Life, { name, length = 1, init, type }: Definition): void => {
  life.slots.set(
    name,
    Array.from({ length }, () => coerce(type, init)),
  )
}

/** First use of a key by a thread. */
export function use(life: Life, key: Definition): void {
  if (!life.used.has(key.name)) initialise(life, key)
  life.used.add(key.name)
}

export function store(life: Life, key: Definition, index: number, value: Scalar): void {
  const cells = cellsOf(life, key)
  cells[index] = coerce(key.type, value)
  life.slots.set(key.name, cells)
}

export const running = (model: Model): Life[] => model.lives.filter(life => life.status === 'running')

/** Threads that own a row, by row. */
export const owners = (model: Model): Life[] =>
  model.lives
    .filter(life => life.rowId !== undefined)
    .sort((a, b) => (a.rowId as number) - (b.rowId as number))

export const freeRow = (model: Model): number | undefined => {
  const taken = owners(model).map(life => life.rowId)
  const rowIds = Array.from({ length: model.dimensions.maxThreads }, (_, rowId) => rowId)
  return rowIds.find(rowId => !taken.includes(rowId))
}

/** A thread and all that die with it. */
export function family(model: Model, threadId: number): Life[] {
  const members = new Set([threadId])
  // Children start after their parents.
  for (const life of model.lives) if (members.has(life.parent)) members.add(life.threadId)
  return model.lives.filter(life => members.has(life.threadId))
}

export function die(model: Model, threadId: number): void {
  for (const life of family(model, threadId)) if (life.status === 'running') life.status = 'dead'
}

export function bury(lives: readonly Life[]): void {
  for (const life of lives) Object.assign(life, { status: 'gone', rowId: undefined, hasRecord: false })
}

// Folds

const wideArray = (type: SlotType) => ARRAYS[isBigint(type) ? type : 'f64']

/** The fold of a key over these threads, of those that used it. */
export function foldOf(key: ModelKey, lives: readonly Life[]): Scalar | Elements {
  const total = new (wideArray(key.type))(key.length ?? 1)
  for (let index = 0; index < total.length; index++) {
    let fold = identityOf(key.type, key.fold)
    for (const life of lives.filter(({ used }) => used.has(key.name))) {
      const value = cellsOf(life, key)[index] as Scalar
      if (key.fold === 'sum') fold = (fold as number) + (value as number)
      else if (key.fold === 'min' ? value < fold : value > fold) fold = value
    }
    total[index] = fold
  }
  return key.length ? total : (total[0] as Scalar)
}

/** One thread's value of a key as another reads it. */
export function readingOf(life: Life, key: ModelKey): Scalar | Elements {
  const cells = cellsOf(life, key)
  if (!key.length) return cells[0] as Scalar
  return Object.assign(new ARRAYS[key.type](key.length), cells)
}
