/*
 * The schema language of `table.key`, `row.locals` and `threadLocal`, and the types of values that follow from it.
 */
import type { Histogram, HistogramSlot, HistogramSpec } from './histogram.js'
import type { LabelledReading, Labels } from './labels.js'
import type { Fold, SlotType } from './slot-types.js'
import type { AnyUnit } from './unit.js'
import type { Views } from './views.js'

/** The types of scalars. `u8` is for vectors only, and `text` needs a length. */
export type ScalarType = Exclude<SlotType, 'u8' | 'text'>

/** What every definition may say of its key. */
interface Described {
  /** The unit of the values, such as `'bytes'` or `'milliseconds'`: up to 60 bytes. Every reader finds it in the key. */
  readonly unit?: AnyUnit | undefined
  /** What the key means, in a sentence: up to 400 bytes. Every reader finds it in the key. */
  readonly help?: string | undefined
}

/** What the definition of a key that folds may say. */
interface Foldable extends Described {
  /** How the values of several threads become one. Default: `sum`. */
  readonly fold?: Fold
  /**
   * `false` for values that are true only of running threads, such as requests in flight: a dead thread's value is then
   * dropped from all totals. Default: true, it is kept.
   */
  readonly retire?: boolean
}

/** A key that counts: a whole number from 0 to 2^53 − 1, which never wraps. */
export interface CountSpec extends Foldable {
  readonly type: 'count'
  /** The value every thread starts from. Default: the fold's identity (0, or for `min` 2^53 − 1). */
  readonly init?: number
  /** Counts have no vectors, because no typed array holds integers up to 2^53. Use `u32` or `f64`. */
  readonly length?: undefined
}

/** A key that holds numbers. */
export interface NumberSpec extends Foldable {
  readonly type: 'i32' | 'u32' | 'f32' | 'f64'
  /** The value every thread starts from. Default: the fold's identity (0, or the type's largest or smallest value). */
  readonly init?: number
  /** Number of elements of a vector. Without it, the key holds a scalar. */
  readonly length?: number
}

/** A key that holds 64-bit integers. */
export interface BigintSpec extends Foldable {
  readonly type: 'i64' | 'u64'
  /** The value every thread starts from. Default: the fold's identity. */
  readonly init?: bigint
  /** Number of elements of a vector. Without it, the key holds a scalar. */
  readonly length?: number
}

/** A key that holds bytes, such as flags. Bytes mean nothing across threads, so they don't fold. */
export interface BytesSpec extends Described {
  readonly type: 'u8'
  readonly fold?: 'none'
  readonly init?: number
  readonly length: number
}

/** A key that holds a string of each thread's own. Strings don't fold. */
export interface TextSpec extends Described {
  readonly type: 'text'
  readonly fold?: 'none'
  /** The most bytes of UTF-8 that a string keeps. Longer ones are cut off, between two code points. */
  readonly length: number
}

/** A key's definition: a type's name, or an object with details. */
export type SlotSpec = ScalarType | CountSpec | NumberSpec | BigintSpec | BytesSpec | TextSpec | HistogramSpec

declare const LABELS: unique symbol

/** A labelled key's definition, as `labelled()` from `threadslots/labels` makes it. Its labels are of type `L`. */
export interface LabelledSpec<D extends SlotSpec = SlotSpec, L = unknown> {
  /** The definition of every child. */
  readonly spec: D
  /** The labels of the overflow child: all of them are `other`. */
  readonly labels: Labels
  /** The listed values of each label; undefined if it takes any string. */
  readonly values: { readonly [label: string]: readonly string[] | undefined }
  /** The most children besides the overflow child. */
  readonly maxChildren: number
  /** Exists only for the compiler: what `with` and `get` accept. */
  readonly [LABELS]?: L
}

/** Names, and the definitions of the keys they stand for. */
export type Schema = { readonly [name: string]: SlotSpec | LabelledSpec }

/** Per type, the vector that a slot holds, or a copy of it. A text counts as one, because it has a length. */
interface Vectors<B extends ArrayBufferLike> extends Views<B> {
  count: never
  text: string
}

interface FoldedVectors {
  i32: Float64Array<ArrayBuffer>
  u32: Float64Array<ArrayBuffer>
  f32: Float64Array<ArrayBuffer>
  f64: Float64Array<ArrayBuffer>
  i64: BigInt64Array<ArrayBuffer>
  u64: BigUint64Array<ArrayBuffer>
  u8: never
  count: never
  text: never
}

/** The definition of a key, or of a labelled key's children. */
export type Unlabelled<D extends SlotSpec | LabelledSpec> =
  D extends LabelledSpec<infer C> ? C : Extract<D, SlotSpec>

/** The slot type of a definition. */
export type TypeOf<D extends SlotSpec> = D extends SlotType
  ? D
  : D extends { readonly type: infer T }
    ? T
    : never
type ScalarOf<D extends SlotSpec> = TypeOf<D> extends 'i64' | 'u64' ? bigint : number
/** Distributes over a union of definitions. A definition that may or may not have a length gives both types. */
type Select<D extends SlotSpec, V extends Record<SlotType, unknown>> = D extends string
  ? ScalarOf<D>
  : D extends { readonly length: number }
    ? V[TypeOf<D>]
    : 'length' extends keyof D
      ? ScalarOf<D> | V[TypeOf<D>]
      : ScalarOf<D>

/** What a thread's own slot holds: a number, a bigint, a string, its typed array in shared memory, or its histogram. */
export type ValueOf<D extends SlotSpec> = D extends HistogramSpec
  ? HistogramSlot
  : Select<D, Vectors<SharedArrayBuffer>>
/** One thread's value as another thread reads it: a number, a bigint, a string, or a copy of its typed array or histogram. */
export type ReadingOf<D extends SlotSpec | LabelledSpec> =
  D extends LabelledSpec<infer C, infer L>
    ? LabelledReading<L, ReadingOf<C>, FoldedOf<C>>
    : D extends HistogramSpec
      ? Histogram
      : Select<Unlabelled<D>, Vectors<ArrayBuffer>>
/** Many threads' values as one. Vectors of numbers become Float64Arrays, because sums of them outgrow 32 bits. */
export type FoldedOf<D extends SlotSpec | LabelledSpec> =
  D extends LabelledSpec<infer C, infer L>
    ? LabelledReading<L, FoldedOf<C>>
    : D extends { readonly fold: 'none' }
      ? never
      : D extends HistogramSpec
        ? Histogram
        : Select<Unlabelled<D>, FoldedVectors>

/** A single value. */
export type Scalar = number | bigint
/** One thread's value of any key. */
export type Reading = ReadingOf<SlotSpec>
/** Many threads' values of any key, as one. */
export type Folded = FoldedOf<SlotSpec>

/** A definition with all defaults filled in. */
export interface ResolvedSpec {
  /** The key's own name: that of the family, and for a child its labels as JSON. */
  readonly name: string
  /** The name of a labelled key, which all its children share. For any other key its own name. */
  readonly family: string
  /** The labels of a child; undefined if the key has none. The overflow child's are all `other`. */
  readonly labels: Labels | undefined
  readonly type: SlotType
  readonly fold: Fold
  /** Number of elements of a vector, or the most bytes of a text; undefined for a scalar. */
  readonly length: number | undefined
  readonly init: Scalar
  /** True if a dead thread's values are kept. */
  readonly retire: boolean
  readonly unit: string | undefined
  readonly help: string | undefined
  /** Code of a histogram's scale, see kinds/histogram.ts; 0 if the key is not a histogram. */
  readonly histogram: number
}
