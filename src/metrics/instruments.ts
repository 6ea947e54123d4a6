/*
 * What a key is to a system of metrics: its kind, its name in words, its unit, its help. The adapters put the
 * words together as their system wants names.
 */
import { definitionOf, type Key, type Schema, type ThreadLocal } from '../index.js'

/**
 * Units that values may be kept in. Where two measure the same, both are exported in one: seconds, ratios.
 */
export type Unit =
  | 'seconds'
  | 'milliseconds'
  | 'microseconds'
  | 'nanoseconds'
  | 'bytes'
  | 'ratio'
  | 'percent'
  | 'celsius'
  | 'meters'
  | 'volts'
  | 'amperes'
  | 'joules'
  | 'grams'
  /** What is counted, in OpenTelemetry's way: '{request}'. Prometheus has no suffix for it. */
  | `{${string}}`

/** How one key is exported. */
export interface KeyOptions {
  /** Instead of the key's own name; without prefix and suffix. */
  readonly name?: string
  /**
   * Default: `counter` for sums, `gauge` for the rest. A sum that also falls, such as a queue's depth, is a
   * gauge. A counter never falls: while its sum falls it stays where it is, and grows on from there.
   */
  readonly kind?: 'counter' | 'gauge'
  /** What it is, in a sentence. */
  readonly help?: string
  /**
   * What the values are kept in. They are exported in the base unit: milliseconds as seconds. A name that ends in
   * another unit than that (`slowestMs`) needs it.
   */
  readonly unit?: Unit
}

/** What the adapters have in common. */
export interface ExportOptions<S extends Schema> {
  /**
   * What all names start with, as it is. Default: the name of the thread-local, and what separates it from
   * the rest.
   */
  readonly prefix?: string
  /** What stands for keys that have no help of their own. Default: the key's name and fold. */
  readonly help?: string
  /**
   * Exports counters and gauges thread by thread. A series is a place that one running thread has at a time
   * (`0`, `1` …: the lowest that was free), not a thread id: ids are never used again, so each new worker
   * would be one more series for ever. What a place has counted stays in it. `retired` has what ended threads
   * left that no reading had seen in a place. So no series of a counter falls or ends, and each increment
   * counts in one of them: sums and rates are exact over deaths. Each reading then reads the whole table, not
   * this thread-local alone.
   */
  readonly perThread?: boolean
  /** By the schema's names; `false`: not exported. */
  readonly keys?: { readonly [N in keyof S]?: KeyOptions | false }
}

/** A unit that is exported. */
interface BaseUnit {
  /** Prometheus' suffix; empty for things that are counted. */
  readonly suffix: string
  readonly ucum: string
  /** How many of the unit that values are kept in are one of this. */
  readonly scale: number
  /** What the kept unit is called at the end of names: there it would stand twice. */
  readonly words: readonly string[]
}

const unit = (suffix: string, ucum: string, scale = 1, ...words: string[]): BaseUnit => ({
  suffix,
  ucum,
  scale,
  words: words.length > 0 ? words : [suffix],
})

const UNITS: { readonly [unit: string]: BaseUnit } = {
  seconds: unit('seconds', 's', 1, 'seconds', 's'),
  milliseconds: unit('seconds', 's', 1e3, 'milliseconds', 'ms'),
  microseconds: unit('seconds', 's', 1e6, 'microseconds', 'us'),
  nanoseconds: unit('seconds', 's', 1e9, 'nanoseconds', 'ns'),
  bytes: unit('bytes', 'By'),
  ratio: unit('ratio', '1'),
  percent: unit('ratio', '1', 100, 'percent'),
  celsius: unit('celsius', 'Cel'),
  meters: unit('meters', 'm'),
  volts: unit('volts', 'V'),
  amperes: unit('amperes', 'A'),
  joules: unit('joules', 'J'),
  grams: unit('grams', 'g'),
}

const NO_UNIT: BaseUnit = unit('', '')

/** A key that is exported. */
export interface Instrument {
  /** The schema's name. */
  readonly property: string
  readonly key: Key
  readonly kind: 'counter' | 'gauge' | 'histogram'
  /** In snake case; without unit, and without `total`. May be empty, if there was nothing else. */
  readonly words: string
  readonly unit: BaseUnit
  readonly help: string
}

/** A name's words, in snake case. */
export const snakeCase = (name: string): string =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split(/[\s_-]+/)
    .filter(Boolean)
    .join('_')

/**
 * What of a thread-local is exported. Keys of fold `none` have a meaning thread by thread alone, and are left
 * out otherwise.
 * @param own the adapter's own options, beside those that all adapters have.
 * @throws {TypeError} if the object was not made by `threadLocal`; for a key or an option that there is not, an
 * option of the wrong type, a kind or a unit that there is not, a counter that is no sum, a name without a word, or
 * one that says a unit where none is given.
 */
export function instrumentsOf<S extends Schema>(
  local: ThreadLocal<S>,
  options: ExportOptions<S>,
  own: OptionTypes = {},
): Instrument[] {
  const { fields } = definitionOf(local)
  checkOptions('', options, { ...OPTIONS, ...own })
  const { keys = {}, perThread = false, help } = options
  const names = fields.map(([property]) => property)
  // A schema may have a key that is called as what every object has.
  const chosen = new Map<string, KeyOptions | false | undefined>(Object.entries(keys))
  for (const property of chosen.keys()) check('name of a key', property, names)
  return fields.flatMap(([property, key]) => {
    const options = chosen.get(property) ?? {}
    if (options === false || (key.fold === 'none' && !perThread)) return []
    checkOptions(` of key '${property}'`, options, KEY_OPTIONS)
    const kind = kindOf(property, key, options.kind)
    const words = snakeCase(options.name ?? property).split('_')
    const unit = unitOf(property, options.unit, words.at(-1) as string)
    if (kind === 'counter' && words.at(-1) === 'total') words.pop()
    if (unit.words.includes(words.at(-1) ?? '')) words.pop()
    return {
      property,
      key,
      kind,
      words: words.join('_'),
      unit,
      help: options.help ?? help ?? `${key.name}: ${WHAT[kind === 'histogram' ? kind : key.fold]}`,
    }
  })
}

/** Options, and of which type they are. */
export type OptionTypes = { readonly [option: string]: 'string' | 'boolean' | 'object' }

const OPTIONS: OptionTypes = { prefix: 'string', help: 'string', perThread: 'boolean', keys: 'object' }
const KEY_OPTIONS: OptionTypes = { name: 'string', kind: 'string', help: 'string', unit: 'string' }

const wayFor = (property: string, option: string) => `keys: { '${property}': { ${option} } }`

const WHAT = {
  sum: 'sum over all threads',
  min: 'least of all threads',
  max: 'greatest of all threads',
  none: "each thread's own",
  histogram: 'histogram over all threads',
}

function kindOf(property: string, key: Key, kind: KeyOptions['kind']): Instrument['kind'] {
  if (key.histogram !== 0) {
    if (kind === undefined) return 'histogram'
    throw new TypeError(`kind of key '${property}' is ${kind}; leave it out: it is a histogram`)
  }
  if (kind === undefined) return key.fold === 'sum' ? 'counter' : 'gauge'
  check(`kind of key '${property}'`, kind, ['counter', 'gauge'])
  if (kind === 'counter' && key.fold !== 'sum') {
    throw new TypeError(`key '${property}' has fold ${key.fold}; a counter needs fold sum: use kind gauge`)
  }
  return kind
}

/** A name that ends in a unit which is not exported, such as milliseconds, would have values in it. */
function unitOf(property: string, unit: string | undefined, lastWord: string): BaseUnit {
  if (!lastWord)
    throw new TypeError(`key '${property}' has no word in its name; use ${wayFor(property, 'name: …')}`)
  if (unit === undefined) {
    const said = Object.keys(UNITS).find(unit => UNITS[unit]?.words.includes(lastWord))
    if (!said || UNITS[said]?.suffix === lastWord) return NO_UNIT
    throw new TypeError(
      `key '${property}' is in ${said}, by its name; use ${wayFor(property, `unit: '${said}'`)}`,
    )
  }
  if (/^\{[^{}]+\}$/.test(unit)) return { ...NO_UNIT, ucum: unit }
  check(`unit of key '${property}'`, unit, Object.keys(UNITS))
  return UNITS[unit] as BaseUnit
}

function check(what: string, value: unknown, choices: readonly unknown[]): void {
  if (!choices.includes(value)) throw new TypeError(`${what} is ${String(value)}; use ${choices.join(', ')}`)
}

function checkOptions(ofWhat: string, options: object, types: OptionTypes): void {
  checkType(`options${ofWhat}`, options, 'object')
  for (const [option, value] of Object.entries(options)) {
    check(`option${ofWhat}`, option, Object.keys(types))
    if (value !== undefined) checkType(option + ofWhat, value, types[option])
  }
}

function checkType(what: string, value: unknown, type: string | undefined): void {
  if (typeof value === type && value !== null) return
  throw new TypeError(`${what} is ${String(value)}; use a value of type ${type}`)
}

/**
 * The names under which instruments are exported, all of them, in the same order: right, and different.
 * @throws {TypeError} otherwise.
 */
export function checkNames(
  instruments: readonly Instrument[],
  names: readonly string[],
  isName: (name: string, kind: Instrument['kind']) => boolean,
  rule: string,
): void {
  names.forEach((name, i) => {
    const { kind, property } = instruments[i] as Instrument
    const way = `use another prefix, or ${wayFor(property, 'name: …')}`
    if (!isName(name, kind)) throw new TypeError(`'${name}' is no name for a ${kind}: ${rule}; ${way}`)
    const other = instruments[names.indexOf(name)]?.property
    if (other !== property) {
      throw new TypeError(`keys '${other}' and '${property}' would both be '${name}'; ${way}`)
    }
  })
}
