/*
 * Rates: what all threads added between two readings.
 */
import type { Folded, FoldedOf, Schema, SlotSpec } from '../memory/schema.js'
import type { Elements } from '../memory/slot-types.js'
import { foldFields } from '../protocol/fold.js'
import type { FoldedNames } from './readings.js'
import { definitionOf, type ThreadLocal } from './thread-local.js'

/** The names of a schema whose keys are sums. */
type SumNames<S extends Schema> = {
  [N in FoldedNames<S>]: S[N] extends { readonly fold: 'min' | 'max' } ? never : N
}[FoldedNames<S>]

type RateOf<D extends SlotSpec> = FoldedOf<D> extends Elements ? Float64Array<ArrayBuffer> : number

/** What all threads added between two calls, for the keys that are sums. */
export interface Sample<S extends Schema> {
  /** Seconds since the previous call. */
  readonly seconds: number
  /** What all threads together added. */
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
  const read = () => foldFields(table.memory, sums, 'all')
  let lastTime = performance.now()
  let last = read()
  return () => {
    const time = performance.now()
    const current = read()
    const seconds = (time - lastTime) / 1000
    const deltas: { [name: string]: Folded } = {}
    const rates: { [name: string]: Folded } = {}
    for (const [name, value] of Object.entries(current)) {
      const delta = differenceOf(value, last[name] as Folded)
      deltas[name] = delta
      rates[name] = rateOf(delta, seconds)
    }
    lastTime = time
    last = current
    return { seconds, deltas, rates } as unknown as Sample<S>
  }
}

/** What a fold has grown by. Both values are of the same type. */
function differenceOf(value: Folded, previous: Folded): Folded {
  if (ArrayBuffer.isView(value)) {
    return (value as Float64Array<ArrayBuffer>).map(
      (element, i) => element - ((previous as Float64Array)[i] as number),
    )
  }
  if (typeof value === 'object') return value.since(previous as typeof value)
  return (value as number) - (previous as number)
}

function rateOf(delta: Folded, seconds: number): number | Float64Array<ArrayBuffer> {
  // If the clock hasn't advanced yet, the rate is 0.
  const perSecond = (amount: number | bigint) => Number(amount) / (seconds || Infinity)
  if (ArrayBuffer.isView(delta)) return Float64Array.from(delta as Float64Array, perSecond)
  return perSecond(typeof delta === 'object' ? delta.count : delta)
}
