/*
 * Which keys are shown together: keys by definition, and children of a labelled key in one chart.
 */
import type { WireKey } from '../wire.js'

/**
 * How a key is shown. `rate`: a sum that only grows, as what it grows by per second. `value`: any other number. `percentiles`: a
 * histogram. `bars`: a vector.
 */
export type ChartKind = 'rate' | 'value' | 'percentiles' | 'bars'

/** A key, or all children of a labelled key. */
export interface ChartKeys {
  /** The name of the key, or of the labelled key. Unique. */
  readonly name: string
  /** The name without that of the definition. */
  readonly title: string
  readonly kind: ChartKind
  /** One key, or the children in the order of their creation. The last one may be the overflow child. */
  readonly keys: readonly WireKey[]
  /** The names of the labels; undefined if the key has none. */
  readonly labels: readonly string[] | undefined
}

/** The keys of a definition. */
export interface KeyGroup {
  /** Empty for keys whose names have no dot. */
  readonly name: string
  readonly charts: readonly ChartKeys[]
}

/** Undefined for keys that mean something only thread by thread: texts, bytes, and others without a fold. */
export function kindOf({ type, fold, retire, length, histogram }: WireKey): ChartKind | undefined {
  if (type === 'text' || fold === 'none') return undefined
  if (histogram !== 0) return 'percentiles'
  if (length !== undefined) return 'bars'
  return fold === 'sum' && retire ? 'rate' : 'value'
}

/** The name of a key, or of the labelled key that it is a child of. */
export const familyOf = ({ name, family }: WireKey): string => family ?? name

/** The definition that a name begins with, and the rest. */
export function splitName(name: string): { readonly group: string; readonly title: string } {
  const dot = name.lastIndexOf('.')
  return dot < 0 ? { group: '', title: name } : { group: name.slice(0, dot), title: name.slice(dot + 1) }
}

/** The labels of a child, as text: `GET, 200`. */
export const labelText = ({ labels = {} }: WireKey): string => Object.values(labels).join(', ')

/** True for the child that counts what has no child of its own. */
export const isOverflow = ({ name, family }: WireKey): boolean => name === family

/** Groups and charts in the order in which their first keys were created. */
export function groupKeys(keys: readonly WireKey[]): KeyGroup[] {
  const families = new Map<string, WireKey[]>()
  for (const key of keys) {
    if (!kindOf(key)) continue
    const name = familyOf(key)
    const family = families.get(name)
    if (family) family.push(key)
    else families.set(name, [key])
  }
  const groups = new Map<string, ChartKeys[]>()
  for (const [name, family] of families) {
    const [first] = family as [WireKey]
    const { group, title } = splitName(name)
    const chart: ChartKeys = {
      name,
      title,
      kind: kindOf(first) as ChartKind,
      keys: [...family.filter(key => !isOverflow(key)), ...family.filter(isOverflow)],
      labels: first.labels && Object.keys(first.labels),
    }
    const charts = groups.get(group)
    if (charts) charts.push(chart)
    else groups.set(group, [chart])
  }
  return [...groups].map(([name, charts]) => ({ name, charts }))
}
