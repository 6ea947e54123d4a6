/*
 * The schema language of `table.key`, `row.locals` and `threadLocal`, and the types of values that follow from it.
 */
import type { Histogram, HistogramSlot, HistogramSpec } from './histogram.js'
import type { Fold, SlotType } from './slot-types.js'
import type { Views } from './views.js'

/** The types of scalars. `u8` is for vectors only. */
export type ScalarType = Exclude<SlotType, 'u8'>

/** A key that holds numbers. */
export interface NumberSpec {
  readonly type: 'i32' | 'u32' | 'f32' | 'f64'
  /** How the values of several threads become one. Default: `sum`. */
  readonly fold?: Fold
  /** The value every thread starts from. Default: the fold's identity (0, or the type's largest or smallest value). */
  readonly init?: number
  /** Number of elements of a vector. Without it, the key holds a scalar. */
  readonly length?: number
}

/** A key that holds 64-bit integers. */
export interface BigintSpec {
  readonly type: 'i64' | 'u64'
  /** How the values of several threads become one. Default: `sum`. */
  readonly fold?: Fold
  /** The value every thread starts from. Default: the fold's identity. */
  readonly init?: bigint
  /** Number of elements of a vector. Without it, the key holds a scalar. */
  readonly length?: number
}

/** A key that holds bytes, such as text or flags. Bytes mean nothing across threads, so they don't fold. */
export interface BytesSpec {
  readonly type: 'u8'
  readonly fold?: 'none'
  readonly init?: number
  readonly length: number
}

/** A key's definition: a type's name, or an object with details. */
export type SlotSpec = ScalarType | NumberSpec | BigintSpec | BytesSpec | HistogramSpec

/** Names, and the definitions of the keys they stand for. */
export type Schema = { readonly [name: string]: SlotSpec }

interface FoldedVectors {
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
/** Distributes over a union of definitions. A definition that may or may not have a length gives both types. */
type Select<D extends SlotSpec, Vectors extends Record<SlotType, unknown>> = D extends string
  ? ScalarOf<D>
  : D extends { readonly length: number }
    ? Vectors[TypeOf<D>]
    : 'length' extends keyof D
      ? ScalarOf<D> | Vectors[TypeOf<D>]
      : ScalarOf<D>

/** What a thread's own slot holds: a number, a bigint, its typed array in shared memory, or its histogram. */
export type ValueOf<D extends SlotSpec> = D extends HistogramSpec
  ? HistogramSlot
  : Select<D, Views<SharedArrayBuffer>>
/** One thread's value as another thread reads it: a number, a bigint, or a copy of its typed array or histogram. */
export type ReadingOf<D extends SlotSpec> = D extends HistogramSpec
  ? Histogram
  : Select<D, Views<ArrayBuffer>>
/** Many threads' values as one. Vectors of numbers become Float64Arrays, because sums of them outgrow 32 bits. */
export type FoldedOf<D extends SlotSpec> = D extends { readonly fold: 'none' }
  ? never
  : D extends HistogramSpec
    ? Histogram
    : Select<D, FoldedVectors>

/** A single value. */
export type Scalar = number | bigint
/** One thread's value of any key. */
export type Reading = ReadingOf<SlotSpec>
/** Many threads' values of any key, as one. */
export type Folded = FoldedOf<SlotSpec>

/** A definition with all defaults filled in. */
export interface ResolvedSpec {
  readonly name: string
  readonly type: SlotType
  readonly fold: Fold
  /** Number of elements of a vector; undefined for a scalar. */
  readonly length: number | undefined
  readonly init: Scalar
  /** Code of a histogram's scale, see kinds/histogram.ts; 0 if the key is not a histogram. */
  readonly histogram: number
}
