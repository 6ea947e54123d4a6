/*
 * What the children of a labelled key have counted: in one thread, or in many.
 */
import {
  type Folded,
  type Histogram,
  internal,
  type LabelledChild,
  type LabelledReading,
  type LabelledSpec,
  type Reading,
} from '../index.js'
import { labelStrings } from './label-strings.js'

type ChildKey = LabelledChild[0]

type Entry = { readonly labels: LabelledSpec['labels']; readonly value: Reading }

/** Values of the children of a labelled key. */
class ChildValues extends Array<Entry> implements LabelledReading<object, Reading> {
  // What methods such as `filter` return is an array like any other.
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  readonly #key: ChildKey
  readonly #spec: LabelledSpec
  /** All children, in the order of their keys' ids. */
  readonly #children: readonly LabelledChild[]
  /** Whether the overflow child is listed. Users who need none don't see it. */
  readonly #hasOverflow: boolean
  /** The values by the names of their keys, made when they are first asked for. */
  #byName: Map<string, Reading> | undefined

  constructor(key: ChildKey, spec: LabelledSpec, children: readonly LabelledChild[], hasOverflow: boolean) {
    super()
    this.#key = key
    this.#spec = spec
    this.#children = children
    this.#hasOverflow = hasOverflow
    for (const [{ keyId, labels = {} }, value] of children)
      if (keyId !== key.keyId) this.push({ labels, value })
    const overflow = hasOverflow && children.find(([{ keyId }]) => keyId === key.keyId)
    if (overflow) this.push({ labels: spec.labels, value: overflow[1] })
  }

  get(labels: object): Reading | undefined {
    const { name, family } = this.#key
    const nameOf = (strings: LabelledSpec['labels']) => internal.childName(family, strings)
    this.#byName ??= new Map(Array.from(this, ({ labels, value }) => [nameOf(labels), value]))
    return this.#byName.get(nameOf(labelStrings(name, labels, this.#spec)))
  }

  get sum(): Reading | undefined {
    return this.#key.fold === 'sum' ? sumOf(this.#children.map(([, value]) => value)) : undefined
  }

  /** What `console.log` shows: a list would nest its labels too deeply to be shown. */
  [Symbol.for('nodejs.util.inspect.custom')](): unknown {
    return new Map(Array.from(this, ({ labels, value }) => [labels, value]))
  }

  since(earlier: LabelledReading<object, Reading>): ChildValues {
    const before = new Map((earlier as ChildValues).#children.map(([{ keyId }, value]) => [keyId, value]))
    return this.#map((value, key) => {
      const previous = before.get(key.keyId)
      return previous === undefined ? value : internal.differenceOf(key, value as Folded, previous as Folded)
    })
  }

  perSecond(seconds: number): ChildValues {
    return this.#map(delta => internal.rateOf(delta as Folded, seconds) as Reading)
  }

  #map(callback: (value: Reading, key: ChildKey) => Reading): ChildValues {
    const children = this.#children.map(([key, value]) => [key, callback(value, key)] as const)
    return new ChildValues(this.#key, this.#spec, children, this.#hasOverflow)
  }
}

/**
 * A reading of a labelled key.
 * @param children in the order of their keys' ids.
 * @param hasOverflow whether the overflow child is listed, if it is among the children.
 */
export const childValues = (
  key: ChildKey,
  spec: LabelledSpec,
  children: readonly LabelledChild[],
  hasOverflow: boolean,
): LabelledReading<object, Reading> => new ChildValues(key, spec, children, hasOverflow)

/**
 * A reading of a labelled key's children in one thread, or of their folds. A fold knows all children; so the overflow child is
 * listed only if anybody has counted in it.
 * @param children in the order of their keys' ids. There is at least one.
 */
export function childReading(
  key: ChildKey,
  spec: LabelledSpec,
  children: readonly LabelledChild[],
  isFold: boolean,
): LabelledReading<object, Reading> {
  const [first] = children as [LabelledChild]
  return childValues(key, spec, children, !isFold || !internal.isEmptyFold(...first))
}

/** The sum of values of one type: scalars, vectors of the same length, or histograms of the same scale. */
function sumOf(values: readonly Reading[]): Reading {
  const [first] = values
  if (typeof first === 'bigint') return (values as bigint[]).reduce((sum, value) => sum + value)
  if (typeof first !== 'object') return (values as number[]).reduce(addNumbers, 0)
  if (!ArrayBuffer.isView(first)) {
    const [histogram, ...others] = values as [Histogram, ...Histogram[]]
    return histogram.addPositive(...others)
  }
  if (first instanceof BigInt64Array || first instanceof BigUint64Array) {
    const vectors = values as BigInt64Array[]
    return first.map((_, i) => vectors.reduce((sum, vector) => sum + (vector[i] as bigint), 0n) as never)
  }
  // As in other sums of vectors, elements of 32 bits don't wrap.
  const vectors = values as Float64Array[]
  return Float64Array.from(first as Float64Array, (_, i) =>
    vectors.reduce((sum, vector) => addNumbers(sum, vector[i] as number), 0),
  )
}

/** As in other sums, NaN counts as 0. */
const addNumbers = (a: number, b: number): number => a + (b || 0)
