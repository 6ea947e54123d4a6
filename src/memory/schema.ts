/*
 * What a key may be: the schema language of `key()`, `locals()` and `threadLocal()`, its types, its checks.
 */
import {
  requireBigint,
  requireNumber,
  requireObject,
  requireOneOf,
  requireWhole,
  wrongType,
} from './errors.js'
import type { Histogram, HistogramSlot, HistogramSpec } from './histogram.js'
import {
  FOLDS,
  type Fold,
  identityOf,
  MAX_NAME_BYTES,
  MAX_TABLE_BYTES,
  SLOT_TYPES,
  type SlotType,
  TYPES,
} from './layout.js'

/** Types a single value can have. `u8` is for vectors only. */
export type ScalarType = Exclude<SlotType, 'u8'>

export interface NumberSpec {
  readonly type: 'i32' | 'u32' | 'f32' | 'f64'
  /** How values of several threads become one. Default: `sum`. */
  readonly fold?: Fold
  /** What each thread starts from. Default: the fold's identity (0, or the type's largest or smallest value). */
  readonly init?: number
  /** Number of elements of a vector. Left out: a single value. */
  readonly length?: number
}

export interface BigintSpec {
  readonly type: 'i64' | 'u64'
  /** How values of several threads become one. Default: `sum`. */
  readonly fold?: Fold
  /** What each thread starts from. Default: the fold's identity. */
  readonly init?: bigint
  /** Number of elements of a vector. Left out: a single value. */
  readonly length?: number
}

/** Bytes: text, flags. They have no meaning across threads, so they don't fold. */
export interface BytesSpec {
  readonly type: 'u8'
  readonly fold?: 'none'
  readonly init?: number
  readonly length: number
}

/** A key's definition: the name of a type, or an object with the details. */
export type SlotSpec = ScalarType | NumberSpec | BigintSpec | BytesSpec | HistogramSpec

/** Names and what they hold. */
export type Schema = { readonly [name: string]: SlotSpec }

interface VectorOf {
  i32: Int32Array<SharedArrayBuffer>
  u32: Uint32Array<SharedArrayBuffer>
  f32: Float32Array<SharedArrayBuffer>
  f64: Float64Array<SharedArrayBuffer>
  i64: BigInt64Array<SharedArrayBuffer>
  u64: BigUint64Array<SharedArrayBuffer>
  u8: Uint8Array<SharedArrayBuffer>
}
interface CopyOf {
  i32: Int32Array<ArrayBuffer>
  u32: Uint32Array<ArrayBuffer>
  f32: Float32Array<ArrayBuffer>
  f64: Float64Array<ArrayBuffer>
  i64: BigInt64Array<ArrayBuffer>
  u64: BigUint64Array<ArrayBuffer>
  u8: Uint8Array<ArrayBuffer>
}
interface FoldedVectorOf {
  i32: Float64Array<ArrayBuffer>
  u32: Float64Array<ArrayBuffer>
  f32: Float64Array<ArrayBuffer>
  f64: Float64Array<ArrayBuffer>
  i64: BigInt64Array<ArrayBuffer>
  u64: BigUint64Array<ArrayBuffer>
  u8: never
}

/** The slot type of a definition. */
export type TypeOf<D extends SlotSpec> = D extends SlotType
  ? D
  : D extends { readonly type: infer T }
    ? T
    : never
type ScalarOf<D extends SlotSpec> = TypeOf<D> extends 'i64' | 'u64' ? bigint : number
/** Distributes over definitions; where a definition leaves its length open, the answer is both. */
type Select<D extends SlotSpec, Vectors extends Record<SlotType, unknown>> = D extends string
  ? ScalarOf<D>
  : D extends { readonly length: number }
    ? Vectors[TypeOf<D>]
    : 'length' extends keyof D
      ? ScalarOf<D> | Vectors[TypeOf<D>]
      : ScalarOf<D>

/** What a thread's own slot holds: a number, a bigint, its typed array in shared memory, a histogram over that. */
export type ValueOf<D extends SlotSpec> = D extends HistogramSpec ? HistogramSlot : Select<D, VectorOf>
/** One thread's value as another reads it: a number, a bigint, or a copy of its typed array or histogram. */
export type ReadingOf<D extends SlotSpec> = D extends HistogramSpec ? Histogram : Select<D, CopyOf>
/** Many threads' values as one: vectors of numbers become Float64Arrays, since sums of them outgrow 32 bits. */
export type FoldedOf<D extends SlotSpec> = D extends { readonly fold: 'none' }
  ? never
  : D extends HistogramSpec
    ? Histogram
    : Select<D, FoldedVectorOf>

/** A single value as a reader gets it. */
export type Scalar = number | bigint
/** One thread's value of any key. */
export type Reading = ReadingOf<SlotSpec>
/** Many threads' values of any key. */
export type Folded = FoldedOf<SlotSpec>

/** A definition with nothing left open. */
export interface ResolvedSpec {
  readonly name: string
  readonly type: SlotType
  readonly fold: Fold
  /** Number of elements of a vector; undefined for a single value. */
  readonly length: number | undefined
  readonly init: Scalar
  /** How the elements stand for a histogram's values, in the code of histogram.ts; 0 for what is no histogram. */
  readonly histogram: number
}

/** Details that a definition may give. */
const DETAILS: readonly string[] = ['type', 'fold', 'length', 'init', 'histogram']

/** The largest finite 32-bit float. */
const MAX_F32 = (2 - 2 ** -23) * 2 ** 127

/**
 * Completes and checks a key's definition.
 * @throws {TypeError} if the name is not a well-formed string, or the type, fold, length or init is of the wrong type.
 * @throws {RangeError} if the name takes no bytes or more than 88, or the length or init is out of range.
 */
export function expandSpec(name: string, spec: SlotSpec): ResolvedSpec {
  requireName(name)
  const of = `of '${name}'`
  const details = typeof spec === 'string' ? { type: spec } : requireDetails(name, spec)
  const type = requireOneOf(`the type ${of}`, details.type, SLOT_TYPES)
  // Bytes hold text or flags, which mean nothing across threads.
  const folds: readonly Fold[] = type === 'u8' ? ['none'] : FOLDS
  const fold = requireOneOf(`the fold ${of}`, details.fold ?? folds[0], folds)
  const { length, init = identityOf(type, fold), histogram = 0 } = details
  if (length !== undefined || type === 'u8') requireWhole(`the length ${of}`, length, 1, MAX_TABLE_BYTES)
  requireWhole(`the histogram code ${of}`, histogram, 0, 0x7fffffff)
  return { name, type, fold, length, init: requireInit(`the init ${of}`, type, init), histogram }
}

/** Names are stored as UTF-8, where all lone surrogates would become the same bytes. */
function requireName(name: unknown): void {
  if (typeof name !== 'string') throw wrongType('the name of a key', name, 'a string')
  if (!name.isWellFormed()) throw wrongType('the name of a key', name, 'text without lone surrogates')
  const nameBytes = encodeName(name).length
  if (nameBytes < 1 || nameBytes > MAX_NAME_BYTES) {
    throw new RangeError(
      `the key name '${name}' takes ${nameBytes} bytes of UTF-8; use 1 to ${MAX_NAME_BYTES}`,
    )
  }
}

interface Details {
  readonly type?: SlotType
  readonly fold?: Fold
  readonly length?: number
  readonly init?: Scalar
  readonly histogram?: number
}

function requireDetails(name: string, spec: unknown): Details {
  const definition = `the definition of '${name}'`
  const details = requireObject(definition, spec, "a type such as 'u32', or { type, fold, length, init }")
  for (const detail of Object.keys(details)) {
    if (!DETAILS.includes(detail)) {
      throw new TypeError(`${definition} has '${detail}'; use type, fold, length, init`)
    }
  }
  return details
}

function requireInit(what: string, type: SlotType, init: unknown): Scalar {
  const { min, max, isFloat } = TYPES[type]
  if (typeof min === 'bigint') return requireBigint(what, init, max as bigint, min)
  if (!isFloat) return requireWhole(what, init, max as number, min)
  const value = requireNumber(what, init, -Infinity, Infinity)
  if (type === 'f32' && Number.isFinite(value)) requireNumber(what, value, -MAX_F32, MAX_F32)
  return value
}

export const encodeName = (name: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(name)

/** A definition in words, for messages. Two definitions of one name are the same if their words are. */
export function describeSpec({ type, fold, length, init, histogram }: ResolvedSpec): string {
  const details = [
    fold,
    init === identityOf(type, fold) ? '' : `init ${init}`,
    histogram === 0 ? '' : `histogram ${histogram}`,
  ]
  return `${type}${length === undefined ? '' : `[${length}]`} (${details.filter(Boolean).join(', ')})`
}
