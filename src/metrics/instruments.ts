/*
 * The keys of a thread-local, or of a table, as instruments of a metrics system: each has a kind, a base name, a unit and a
 * description. The adapters build complete names from them, as their system's conventions demand.
 */
import { definitionOf, type Histogram, internal, type Key, type Schema, type ThreadLocal } from '../index.js'
import { snakeCase } from './names.js'
import {
  checkKeyOptions,
  checkOptions,
  type ExportOptions,
  type KeyOptions,
  keyOption,
  optionsByKey,
} from './options.js'
import { type BaseUnit, baseOf, baseUnitOf } from './units.js'

export type Kind = 'counter' | 'gauge' | 'histogram'

/** A key that is exported, or all children of a labelled key. */
export interface Instrument {
  /** The schema's name of the key. */
  readonly property: string
  /** A labelled key's overflow child. */
  readonly key: Key
  readonly kind: Kind
  /** The name in snake case, without unit and `total`. Empty if it consisted of these alone. */
  readonly baseName: string
  readonly unit: BaseUnit
  readonly help: string
}

/** How the default help describes a key that folds. */
const FOLDS = { sum: 'sum', min: 'minimum', max: 'maximum' }

/**
 * The instruments of a thread-local, in the schema's order. Texts are left out, because they aren't measurements. Keys of fold
 * `none` have a meaning only thread by thread, so they are left out without `perThread`.
 * @param ownOptions the names of options that the adapter adds to those that all adapters share.
 * @throws {TypeError} if the object was not made by `threadLocal`, an option is wrong, a kind doesn't fit the key, or a name
 * has no words or ends in a unit that `unit` doesn't state.
 */
export function instrumentsOf<S extends Schema>(
  local: ThreadLocal<S>,
  options: ExportOptions<S>,
  ownOptions: readonly string[] = [],
): Instrument[] {
  const { fields } = definitionOf(local)
  checkOptions(options, ownOptions)
  const { keys = {}, perThread = false, help } = options
  const optionsOf = optionsByKey(
    keys,
    fields.map(([property]) => property),
  )
  return fields.flatMap(([property, key]) => {
    const keyOptions = optionsOf.get(property) ?? {}
    if (keyOptions === false) return []
    checkKeyOptions(property, keyOptions)
    if (key.type === 'text' || (key.fold === 'none' && !perThread)) return []
    return instrumentOf(property, key, keyOptions, help)
  })
}

/**
 * The instrument of a key of which nothing is known but its record. Any code may have defined the key, so this never throws. If
 * the name ends in a unit that the definition doesn't state, the values aren't converted, and the name stays as it is.
 */
export function instrumentOfKey(property: string, key: Key): Instrument {
  const kind = defaultKindOf(hasBuckets(key) ? key : { ...key, histogram: 0 })
  const help = key.help ?? descriptionOf(key, kind)
  return createInstrument(property, key, kind, snakeCase(property).split('_'), baseOf(key.unit), help)
}

function instrumentOf(
  property: string,
  key: Key,
  options: KeyOptions,
  helpForAll: string | undefined,
): Instrument {
  const kind = kindOf(property, key, options.kind)
  const { name = property, help = key.help ?? helpForAll ?? descriptionOf(key, kind) } = options
  const words = snakeCase(name).split('_')
  const lastWord = words.at(-1) as string
  if (!lastWord) {
    const use = `a name with a letter or a digit: ${keyOption(property, 'name: …')}`
    throw internal.wrongType(`the name of '${property}'`, name, use)
  }
  const unit = baseUnitOf(property, options.unit, key.unit, lastWord)
  return createInstrument(property, key, kind, words, unit, help)
}

/** @param words of the name, of which those that the suffixes repeat are left out. */
function createInstrument(
  property: string,
  key: Key,
  kind: Kind,
  words: string[],
  unit: BaseUnit,
  help: string,
): Instrument {
  if (kind === 'counter' && words.at(-1) === 'total') words.pop()
  if (unit.nameEndings.includes(words.at(-1) ?? '')) words.pop()
  return { property, key, kind, baseName: words.join('_'), unit, help }
}

function descriptionOf({ name, fold, retire }: Key, kind: Kind): string {
  if (fold === 'none') return `${name}: value of each thread`
  return `${name}: ${kind === 'histogram' ? kind : FOLDS[fold]} over ${retire ? 'all' : 'running'} threads`
}

function kindOf(property: string, key: Key, kind: KeyOptions['kind']): Kind {
  const what = `the kind of '${property}'`
  if (kind === undefined) return defaultKindOf(key)
  if (key.histogram !== 0) {
    throw internal.wrongType(what, kind, 'no kind, because the key is a histogram')
  }
  internal.requireOneOf(what, kind, ['counter', 'gauge'])
  const why =
    key.fold !== 'sum'
      ? `a counter needs fold sum and the key has fold ${key.fold}`
      : !key.retire && 'the key has retire: false, so its sum falls when a thread ends'
  if (kind === 'counter' && why) throw internal.wrongType(what, kind, `gauge, because ${why}`)
  return kind
}

const defaultKindOf = ({ histogram, fold, retire }: Key): Kind =>
  histogram !== 0 ? 'histogram' : fold === 'sum' && retire ? 'counter' : 'gauge'

/**
 * False if no buckets with rising bounds follow from the code of a histogram's scale. `histogram()` makes no such code, but other
 * code may have written one.
 */
function hasBuckets(key: Key): boolean {
  const empty = internal.wrap(key, new Float64Array(key.length ?? 1)) as Partial<Histogram>
  const bounds = empty.cumulative?.() ?? []
  const isRising = bounds.every(({ upTo, count }, i) => count === 0 && upTo > (bounds[i - 1]?.upTo ?? 0))
  return bounds.length > 1 && isRising
}
