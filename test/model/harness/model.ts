/*
 * The method: random sequences of operations by many threads, compared after each with a plain model.
 *
 * The model is what a table must be, as plain data: the keys in their order, and what each thread has acknowledged. It
 * has no shared memory, no claims and no banks. It uses none of the library's arithmetic either, since that is what it
 * is compared with; an implementation and a model that share a function share its faults.
 *
 * - fast-check generates a table's dimensions, small enough that rows, keys and bytes run out, and a list of commands
 *   (command-arbitraries.ts). A command is one operation of one thread: attach, release a dead thread, define keys, read,
 *   assign (thread-commands.ts, slot-commands.ts).
 * - Each command runs on a real table and on the model (perform.ts). It must be done, or be refused with the right error
 *   and without changing a byte. A command may also have a crash point: then its thread is terminated in the middle
 *   (crash.ts), and the table must be as after one of the operation's parts.
 * - After each command, everything that can be read from the table is compared with the model (compare.ts).
 *
 * A failure prints its seed and the shortest list of commands that still fails. SEED=… repeats the run.
 */
import type { Dimensions, Fold, HistogramSpec, SlotSpec, SlotType } from 'threadslots'
import type { Elements } from '../../../src/memory/slot-types.js'
import { isBigintType, TYPE_RANGES } from '../../support/slot-types.js'

export type Scalar = number | bigint
/** What a cell holds: an element, or a whole text. */
export type Cell = Scalar | string

export interface Definition {
  readonly name: string
  readonly type: SlotType
  readonly fold: Fold
  readonly length: number | undefined
  readonly init: Scalar
  readonly retire: boolean
  readonly unit: string | undefined
  readonly help: string | undefined
}

export interface ModelKey extends Definition {
  readonly byteOffset: number
}

/** A thread. It stays in the model when it has been released, because what it left still counts. */
export interface ModelThread {
  readonly threadId: number
  /** The thread that started this one, if it had a row at the time; else −1. */
  readonly parentThreadId: number
  /** A dead thread does nothing more, but readers count it as running until it is released. */
  status: 'running' | 'dead' | 'released'
  rowId: number | undefined
  /** The name that it had when it attached. */
  name: string
  /** Whether the thread died while making a key, and still owns a key record. */
  ownsRecord: boolean
  /** Names of keys that the thread asked for before it attached. They are used as soon as it attaches. */
  requestedKeys: Set<string>
  /** The elements in its row, by key. A key that is missing here has zeros. */
  readonly slots: Map<string, Cell[]>
  readonly used: Set<string>
}

export interface Model {
  readonly dimensions: Dimensions
  keys: ModelKey[]
  threads: ModelThread[]
  /** The name of the thread that attaches next. */
  nextName: string
}

/** The error that a call must throw. Such a call must not change anything. */
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
  count: Float64Array,
  text: Int32Array,
}

/** Bytes of UTF-8 of one character, which may be a lone surrogate: that is encoded like U+FFFD. */
const bytesOfCharacter = (character: string): number => {
  const codePoint = character.codePointAt(0) as number
  return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4
}

/** What a text of up to `maxBytes` bytes keeps of a string. */
export function cut(text: string, maxBytes: number): string {
  let kept = ''
  let bytes = 0
  for (const character of text) {
    bytes += bytesOfCharacter(character)
    if (bytes > maxBytes) break
    kept += /^[\ud800-\udfff]$/.test(character) ? '\ufffd' : character
  }
  return kept
}

/** Whether a count can hold a value. */
export const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

/** What a slot of this type holds after a value was stored to it. */
export function coerce(type: SlotType, value: Scalar): Scalar {
  // Counts refuse what they can't hold, so nothing is left to coerce but the sign of zero.
  if (type === 'count') return (value as number) + 0
  const cell = new ARRAYS[type](1)
  cell[0] = value
  return cell[0] as Scalar
}

function identityOf(type: SlotType, fold: Fold): Scalar {
  // A text's `init` is always the empty one. Its key says 0.
  if (type === 'text') return 0
  const [least, greatest] = TYPE_RANGES[type]
  return fold === 'min' ? greatest : fold === 'max' ? least : isBigintType(type) ? 0n : 0
}

/** Histograms are left out: to a table, they are vectors, and differ only in what they show. */
export type PlainSpec = Exclude<SlotSpec, HistogramSpec>

/** A definition with all its defaults filled in. */
export function resolve(name: string, spec: PlainSpec): Definition {
  const details: Partial<Definition> & { readonly type: SlotType } =
    typeof spec === 'string' ? { type: spec } : { ...spec }
  const { type, length, retire = true, unit, help } = details
  const fold = details.fold ?? (type === 'u8' || type === 'text' ? 'none' : 'sum')
  const init = details.init ?? identityOf(type, fold)
  return { name, type, fold, length, init, retire, unit, help }
}

// Keys

export const keyOf = (model: Model, name: string): ModelKey | undefined =>
  model.keys.find(key => key.name === name)

const endOf = ({ type, length = 1 }: Definition, byteOffset: number): number =>
  byteOffset +
  (type === 'text' ? 4 + 2 * (4 + 4 * Math.ceil(length / 4)) : length * ARRAYS[type].BYTES_PER_ELEMENT)

/** The byte offset of the next key: behind the last one, aligned. */
function placeAfter(keys: readonly ModelKey[], { type }: Definition): number {
  const last = keys.at(-1)
  const unit = ARRAYS[type].BYTES_PER_ELEMENT
  return Math.ceil((last ? endOf(last, last.byteOffset) : 0) / unit) * unit
}

/** Adds the keys that don't exist yet. */
export function define(model: Model, definitions: readonly Definition[]): void {
  for (const definition of definitions) {
    if (keyOf(model, definition.name)) continue
    model.keys.push({ ...definition, byteOffset: placeAfter(model.keys, definition) })
  }
}

const freeRecords = ({ dimensions, keys, threads }: Model): number =>
  dimensions.maxKeys +
  dimensions.maxThreads -
  keys.length -
  threads.filter(thread => thread.ownsRecord).length

/** The error for these definitions, if any is refused: then none of them is made. */
export function refusalOf(model: Model, definitions: readonly Definition[]): Refusal | undefined {
  const { maxKeys, rowBytes } = model.dimensions
  const after = { ...model, keys: [...model.keys] }
  for (const definition of definitions) {
    const known = keyOf(model, definition.name)
    if (known) {
      const details = ['type', 'fold', 'length', 'init', 'retire'] as const
      const hasOtherUnit =
        known.unit !== undefined && definition.unit !== undefined && known.unit !== definition.unit
      if (hasOtherUnit || details.some(detail => known[detail] !== definition[detail]))
        return { Kind: TypeError, words: new RegExp(`^'${definition.name}'.*another name`) }
      continue
    }
    define(after, [definition])
  }
  const last = after.keys.at(-1)
  if (after.keys.length > maxKeys || (last !== undefined && endOf(last, last.byteOffset) > rowBytes))
    return { Kind: RangeError, words: /create a larger table first/ }
  const made = after.keys.length - model.keys.length
  return freeRecords(model) < made ? { Kind: RangeError, words: /records are taken/ } : undefined
}

// Threads

export const cellsOf = (thread: ModelThread, { name, type, length = 1 }: Definition): Cell[] =>
  thread.slots.get(name) ??
  (type === 'text' ? [''] : Array.from({ length }, () => (isBigintType(type) ? 0n : 0)))

export const initialise = (thread: ModelThread, { name, length = 1, init, type }: Definition): void => {
  thread.slots.set(name, type === 'text' ? [''] : Array.from({ length }, () => coerce(type, init)))
}

/** A thread uses a key. The first time, this writes the key's `init`. */
export function use(thread: ModelThread, key: Definition): void {
  if (!thread.used.has(key.name)) initialise(thread, key)
  thread.used.add(key.name)
}

export function store(thread: ModelThread, key: Definition, index: number, value: Cell): void {
  const cells = cellsOf(thread, key)
  cells[index] = typeof value === 'string' ? cut(value, key.length as number) : coerce(key.type, value)
  thread.slots.set(key.name, cells)
}

export const running = (model: Model): ModelThread[] =>
  model.threads.filter(thread => thread.status === 'running')

/** Threads that own a row, in the order of their rows. */
export const owners = (model: Model): ModelThread[] =>
  model.threads
    .filter(thread => thread.rowId !== undefined)
    .sort((a, b) => (a.rowId as number) - (b.rowId as number))

export const freeRow = (model: Model): number | undefined => {
  const taken = owners(model).map(thread => thread.rowId)
  const rowIds = Array.from({ length: model.dimensions.maxThreads }, (_, rowId) => rowId)
  return rowIds.find(rowId => !taken.includes(rowId))
}

/** A thread and its descendants, which die with it. */
export function family(model: Model, threadId: number): ModelThread[] {
  const members = new Set([threadId])
  // Children start after their parents, so one pass finds all descendants.
  for (const thread of model.threads) if (members.has(thread.parentThreadId)) members.add(thread.threadId)
  return model.threads.filter(thread => members.has(thread.threadId))
}

export function die(model: Model, threadId: number): void {
  for (const thread of family(model, threadId)) if (thread.status === 'running') thread.status = 'dead'
}

export function markReleased(threads: readonly ModelThread[]): void {
  for (const thread of threads)
    Object.assign(thread, { status: 'released', rowId: undefined, ownsRecord: false })
}

// Folds

const wideArray = (type: SlotType) => ARRAYS[isBigintType(type) ? type : 'f64']

/** The fold of a key over those of the threads that have used it. */
export function foldOf(key: ModelKey, threads: readonly ModelThread[]): Scalar | Elements {
  const total = new (wideArray(key.type))(key.length ?? 1)
  for (let index = 0; index < total.length; index++) {
    let fold = identityOf(key.type, key.fold)
    for (const thread of threads.filter(({ used }) => used.has(key.name))) {
      const value = cellsOf(thread, key)[index] as Scalar
      if (key.fold === 'sum') fold = (fold as number) + (Number.isNaN(value) ? 0 : (value as number))
      else if (key.fold === 'min' ? value < fold : value > fold) fold = value
    }
    total[index] = fold
  }
  return key.length ? total : (total[0] as Scalar)
}

/** A thread's value of a key, as another thread reads it. */
export function readingOf(thread: ModelThread, key: ModelKey): Cell | Elements {
  const cells = cellsOf(thread, key)
  if (!key.length || key.type === 'text') return cells[0] as Cell
  return Object.assign(new ARRAYS[key.type](key.length), cells)
}
