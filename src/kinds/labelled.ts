/*
 * Labelled keys: `labelled('count', ['method', 'status'])` in a schema.
 *
 * A labelled key stands for a family of keys, a child for each combination of label values in use. A child is a key like any
 * other, and is created like any other: by the first thread that asks for it, for all threads. `with` finds it by one Map per
 * label, and returns its handle; a handle that is kept costs what a slot costs.
 *
 * The first key of a family is its overflow child, whose labels are all `other`. It is created with the definition. So there is
 * always a child to count in, and a sum over all children lacks nothing.
 */
import { internal, type LabelledSpec, type SlotSpec } from '../index.js'

/** A label's value. Numbers and booleans count as the strings that they are written as. */
export type LabelValue = string | number | boolean

/** The names of labels; or an object with `'string'` for labels that take any value, and a list of all values for others. */
export type LabelNames = readonly string[] | { readonly [label: string]: 'string' | readonly string[] }

/** The labels that `with` takes. */
export type LabelsOf<N extends LabelNames> = N extends readonly string[]
  ? { readonly [L in N[number]]: LabelValue }
  : { readonly [L in keyof N]: N[L] extends readonly (infer V)[] ? V : LabelValue }

/** How a labelled key is limited. */
export interface LabelledOptions {
  /**
   * The most combinations of label values that are told apart; the table must have room for them. All others count as `other`.
   * Default: 1000.
   */
  readonly maxChildren?: number
}

const DEFAULT_MAX_CHILDREN = 1000
/** Each child takes a key, and no table has more keys. */
const LARGEST_MAX_CHILDREN = 2 ** 24
/** Names that OpenTelemetry accepts. Prometheus gets underscores instead of dots. */
const LABEL_NAME = /^(?!__)[a-zA-Z_][\w.]*$/
/** Room for the names of labels, in the overflow child's key record. */
const MAX_NAMES_BYTES = 300

/**
 * Defines a labelled key in a schema.
 *
 * ```js
 * const local = threadLocal('server', { requests: labelled('count', ['method', 'status']) })
 * local.requests.with({ method: 'GET', status: 200 }).add(1)
 * for (const { labels, value } of totals(local).requests) console.log(labels, value)
 * ```
 *
 * Keep a handle where you can: `with` looks its labels up in one Map per label, and a kept handle doesn't.
 * @param spec the definition of each child, such as a type's name, `{ type, fold, unit, help, retire }` or `histogram(…)`. Each
 * child takes the room of a key of its own in the table.
 * @param labels the names of the labels. With an object, a label may list its values: `{ method: ['GET', 'POST'], route:
 * 'string' }`. A value that isn't listed counts as `other`.
 * @throws {TypeError} if an argument is of the wrong type, or a name doesn't consist of letters, digits, `_` and `.`.
 * @throws {RangeError} if there are no labels, `maxChildren` is out of range, or the names take more than 300 bytes.
 */
export function labelled<const D extends SlotSpec, const N extends LabelNames>(
  spec: D,
  labels: N,
  options: LabelledOptions = {},
): LabelledSpec<D, LabelsOf<N>> {
  const use = "an array of names, or an object such as { method: ['GET', 'POST'], route: 'string' }"
  const entries: [string, unknown][] = Array.isArray(labels)
    ? labels.map(name => [name, 'string'])
    : Object.entries(internal.requireObject('the list of labels', labels, use))
  for (const [name] of entries) {
    if (typeof name !== 'string' || !LABEL_NAME.test(name))
      throw internal.wrongType(
        'the name of a label',
        name,
        'letters, digits, _ and ., no digit or __ at the start',
      )
  }
  const values = Object.fromEntries(entries.map(([name, value]) => [name, requireValues(name, value)]))
  if (Object.keys(values).length !== entries.length)
    throw internal.wrongType('the list of labels', String(labels), 'each name once')
  internal.requireWhole('the number of labels', entries.length, 1, MAX_NAMES_BYTES)
  const overflow = Object.freeze(Object.fromEntries(entries.map(([name]) => [name, internal.OTHER])))
  internal.requireWhole("the bytes of the labels' names", JSON.stringify(overflow).length, 0, MAX_NAMES_BYTES)
  internal.requireObject('the options object of a labelled key', options, '{ maxChildren }')
  for (const option of Object.keys(options))
    internal.requireOneOf('an option of a labelled key', option, ['maxChildren'])
  const { maxChildren = DEFAULT_MAX_CHILDREN } = options
  internal.requireWhole('maxChildren', maxChildren, 1, LARGEST_MAX_CHILDREN)
  // Labels come first: where a definition can't have labels, the message names its first detail.
  return { labels: overflow, spec, values, maxChildren }
}

/** The listed values of a label; undefined if it takes any string. */
function requireValues(name: string, values: unknown): readonly string[] | undefined {
  if (values === 'string') return undefined
  const isList =
    Array.isArray(values) && values.length > 0 && values.every(value => typeof value === 'string')
  if (!isList)
    throw internal.wrongType(
      `the values of the label '${name}'`,
      values,
      "'string', or an array of at least one string",
    )
  return [...values]
}
