/*
 * The options that all adapters share, and their checks.
 */
import { internal, type Schema, type Unit } from '../index.js'

/** How one key is exported. */
export interface KeyOptions {
  /** Replaces the key's own name. Prefix and suffix are still added. */
  readonly name?: string
  /**
   * Default: `counter` for sums, `gauge` for the others and for sums with `retire: false`, such as requests in flight. Choose
   * `gauge` for any other sum that also falls. A counter never falls: while its sum falls it keeps its value, and it grows
   * again when the sum does. A 32-bit sum that wraps has grown.
   */
  readonly kind?: 'counter' | 'gauge'
  /** A sentence that describes the values. Default: the `help` of the key's definition. */
  readonly help?: string
  /**
   * The unit that the values are kept in. They are exported in the base unit: milliseconds as seconds. Default: the `unit` of
   * the key's definition. One of the two is required if the name ends in a unit that is converted, as `slowestMs` does.
   */
  readonly unit?: Unit
}

/** The options that all adapters share. */
export interface ExportOptions<S extends Schema> {
  /** The start of every name, unchanged. Default: the name of the thread-local, and a separator. */
  readonly prefix?: string
  /** The description of keys that have no `help`, here or in their definition. Default: the key's name and fold. */
  readonly help?: string
  /**
   * Exports counters and gauges separately for each thread. A series is not a thread id but a place: `0`, `1` and so on. A
   * place belongs to one running thread at a time, and a new thread takes the lowest free one. Thread ids are never reused,
   * so each new worker would add a series.
   *
   * A counter's place keeps what was counted in it. The series `retired` has what ended threads counted that no reading had
   * seen in a place. So no counter's series falls or ends, and each increment counts in exactly one series: sums and rates
   * stay exact when threads die.
   *
   * Cost: each reading reads the whole table, not only this thread-local.
   */
  readonly perThread?: boolean
  /**
   * With `perThread`, adds the threads' names to their series. A place then belongs to threads of one name, and keeps it. Use
   * it if names recur, as `decoder 1` does when that worker is replaced: each new name adds series that never end.
   */
  readonly threadName?: boolean
  /** Options by the schema's names. `false` leaves a key out. */
  readonly keys?: { readonly [N in keyof S]?: KeyOptions | false }
}

type OptionTypes = { readonly [option: string]: 'string' | 'boolean' | 'object' }

const EXPORT_OPTIONS: OptionTypes = {
  prefix: 'string',
  help: 'string',
  perThread: 'boolean',
  threadName: 'boolean',
  keys: 'object',
}
const KEY_OPTIONS: OptionTypes = { name: 'string', kind: 'string', help: 'string', unit: 'string' }

/** How messages tell users to set an option of a key. */
export const keyOption = (property: string, option: string): string =>
  `keys: { '${property}': { ${option} } }`

/**
 * Checks the options of an adapter, but not those of its keys.
 * @param ownOptions the names of options that this adapter adds. It checks their values itself.
 * @throws {TypeError} if an option is unknown, or has a value of the wrong type.
 */
export function checkOptions(options: object, ownOptions: readonly string[]): void {
  requireOptions(options, EXPORT_OPTIONS, '', ownOptions)
  const { perThread, threadName } = options as ExportOptions<Schema>
  if (threadName && !perThread)
    throw internal.wrongType('the option threadName', threadName, 'perThread: true with it')
}

/**
 * The options of each key that has some.
 * @throws {TypeError} if there is no such key. The options themselves aren't checked yet.
 */
export function optionsByKey(
  keys: object,
  properties: readonly string[],
): Map<string, KeyOptions | false | undefined> {
  // A Map, because a key may have the name of a property that every object has.
  const options = new Map<string, KeyOptions | false | undefined>(Object.entries(keys))
  for (const property of options.keys()) internal.requireOneOf('a name in keys', property, properties)
  return options
}

/** @throws {TypeError} if an option is unknown, or has a value of the wrong type. */
export function checkKeyOptions(property: string, options: KeyOptions): void {
  requireOptions(options, KEY_OPTIONS, ` of '${property}'`)
}

function requireOptions(
  options: object,
  types: OptionTypes,
  ofWhat: string,
  ownOptions: readonly string[] = [],
): void {
  const names = [...Object.keys(types), ...ownOptions]
  internal.requireObject(`the options object${ofWhat}`, options, `an object with ${names.join(', ')}`)
  for (const [option, value] of Object.entries(options)) {
    internal.requireOneOf(`an option${ofWhat}`, option, names)
    const type = types[option]
    if (value === undefined || type === undefined) continue
    const what = `the option ${option}${ofWhat}`
    if (type === 'object') internal.requireObject(what, value, 'an object')
    else if (typeof value !== type) throw internal.wrongType(what, value, `a ${type}`)
  }
}
