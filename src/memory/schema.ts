/*
 * What a key may be: the schema language of `key()`, `locals()` and `threadLocal()`, its types, its checks.
 */
import { checkRange, oneOf } from './errors.js'
import {
  type Details,
  extension,
  type Histogram,
  type HistogramSlot,
  type HistogramSpec,
} from './histogram.js'
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
    : D extends HistogramSpec
      ? 'u32'
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

/**
 * Completes a definition. Who has decoded the name knows its `nameBytes`.
 * @throws {TypeError} for a name that is no well-formed string; for what is no type, fold, init or length.
 * @throws {RangeError} for a name of no or more than 88 bytes of UTF-8, an init or a length out of range.
 */
export function resolveSpec(
  name: string,
  spec: SlotSpec,
  nameBytes: number = encodeName(name).length,
): ResolvedSpec {
  // Lone surrogates would all become the same bytes.
  if (!name?.isWellFormed?.()) throw new TypeError(`${name} is no key name`)
  const key = `of key '${name}'`
  checkRange(`name bytes ${key}`, nameBytes, 1, MAX_NAME_BYTES)
  const details: Partial<Details> =
    typeof spec === 'string' ? { type: spec } : extension.complete({ ...spec }, key)
  for (const detail in details)
    oneOf(`detail ${key}`, detail, ['type', 'fold', 'length', 'init', 'histogram'])
  const type = oneOf(`type ${key}`, details.type, SLOT_TYPES)
  // Bytes are text and flags: they come in vectors, and have no meaning across threads.
  const isBytes = type === 'u8'
  const folds: readonly Fold[] = isBytes ? ['none'] : FOLDS
  const fold = oneOf(`fold ${key}`, details.fold ?? folds[0], folds)
  const { length, init = identityOf(type, fold), histogram = 0 } = details
  return {
    name,
    type,
    fold,
    length:
      isBytes || length !== undefined ? checkRange(`length ${key}`, length, 1, MAX_TABLE_BYTES) : length,
    init: checkRange(`init ${key}`, init, TYPES[type].max, TYPES[type].min),
    histogram,
  }
}

export const encodeName = (name: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(name)

/** A definition in words, and its histogram's code: the same words, the same definition. */
export const describeSpec = ({ name, type, fold, length, init, histogram }: ResolvedSpec): string =>
  `${name}: ${type}[${length}], ${fold}, init ${init}, ${histogram}`
