/*
 * Rates: what all threads added between two readings.
 */
import type { LabelledReading } from '../memory/labels.js'
import type {
  Folded,
  FoldedOf,
  LabelledSpec,
  ResolvedSpec,
  Scalar,
  Schema,
  SlotSpec,
  Unlabelled,
} from '../memory/schema.js'
import type { Elements } from '../memory/slot-types.js'
import { ObjectMaker } from '../protocol/object-maker.js'
import { fieldReader } from './field-reader.js'
import { growthOf } from './growth.js'
import type { FoldedNames } from './readings.js'
import { definitionOf, type ThreadLocal } from './thread-local.js'

/** The names of a schema whose keys are sums. */
type SumNames<S extends Schema> = {
  [N in FoldedNames<S>]: Unlabelled<S[N]> extends { readonly fold: 'min' | 'max' } ? never : N
}[FoldedNames<S>]

type RateOf<D extends SlotSpec | LabelledSpec> =
  D extends LabelledSpec<infer C, infer L>
    ? LabelledReading<L, RateOf<C>>
    : FoldedOf<D> extends Elements
      ? Float64Array<ArrayBuffer>
      : number

/** What all threads added between two calls, for the keys that are sums. */
export interface Sample<S extends Schema> {
  /** Seconds since the previous call. */
  readonly seconds: number
  /**
   * What all threads together added. A 32-bit sum that wraps has grown, as long as it grows by less than 2³¹ between two
   * calls. It is negative if a thread set its slot back, or if a thread that used a key of `retire: false` has ended.
   */
  readonly deltas: { [N in SumNames<S>]: FoldedOf<S[N]> }
  /** The same per second. A vector's rates are a Float64Array; a histogram's rate is the number of values recorded. */
  readonly rates: { [N in SumNames<S>]: RateOf<S[N]> }
}

/**
 * Returns a function that tells what all threads together have added since its previous call, and how fast.
 * @throws {TypeError} if the object was not made by `threadLocal`.
 */
export function sampler<S extends Schema>(local: ThreadLocal<S>): () => Sample<S> {
  const { table, fields } = definitionOf(local)
  const sums = fields.filter(([, { fold }]) => fold === 'sum')
  const reader = fieldReader(table, sums)
  const deltas = new ObjectMaker()
  const rates = new ObjectMaker()
  let lastTime = performance.now()
  let last = reader.folds('all')
  return () => {
    const time = performance.now()
    const current = reader.folds('all')
    const seconds = (time - lastTime) / 1000
    deltas.clear()
    rates.clear()
    for (const [name, key] of sums) {
      const delta = differenceOf(key, current[name] as Folded, last[name] as Folded)
      deltas.add(name, delta)
      rates.add(name, rateOf(delta, seconds))
    }
    lastTime = time
    last = current
    return { seconds, deltas: deltas.make(), rates: rates.make() } as Sample<S>
  }
}

/** What a fold has grown by. Both values are of the same type. */
export function differenceOf(
  key: Pick<ResolvedSpec, 'type' | 'retire'>,
  value: Folded,
  previous: Folded,
): Folded {
  if (typeof value === 'object' && !ArrayBuffer.isView(value)) return value.since(previous as typeof value)
  const growth = (current: Scalar, earlier: Scalar) =>
    typeof current === 'bigint' ? current - (earlier as bigint) : growthOf(key, current - (earlier as number))
  if (typeof value !== 'object') return growth(value, previous as Scalar)
  // Elements of 64 bits are bigints, whatever the compiler is told here.
  return (value as Float64Array<ArrayBuffer>).map(
    (element, i) => growth(element, (previous as Float64Array)[i] as number) as number,
  )
}

/** A growth per second. */
export function rateOf(delta: Folded | LabelledReading<unknown, unknown>, seconds: number): unknown {
  if (typeof delta === 'object' && 'perSecond' in delta) return delta.perSecond(seconds)
  // If the clock hasn't advanced yet, the rate is 0.
  const perSecond = (amount: number | bigint) => Number(amount) / (seconds || Infinity)
  if (ArrayBuffer.isView(delta)) return Float64Array.from(delta as Float64Array, perSecond)
  return perSecond(typeof delta === 'object' ? delta.count : delta)
}
