/*
 * The options of `top`, and their validation.
 */
import type { ReadStream } from 'node:tty'
import {
  type Definition,
  type Field,
  type FoldedOf,
  type Histogram,
  internal,
  type KeyRegistry,
  type LabelledSpec,
  type ReadingOf,
  type Schema,
} from '../index.js'
import { Column, type TopColumn } from './column.js'
import { isKeyboardAvailable } from './keyboard.js'
import { LabelledColumn } from './labelled-column.js'
import { isTerminal, type TopStream } from './stream.js'

/**
 * A value that the table shows: one thread's, a fold of several threads' values, or a rate per second. A
 * histogram's rate is the number of values recorded per second. Texts and bytes have neither folds nor rates.
 */
export type TopValue<V> = V extends string | Uint8Array
  ? V
  : V | (V extends number | bigint | Histogram ? number : Float64Array<ArrayBuffer>)

/** The definition whose values a column shows: of a labelled key, that of its children. */
type ShownSpec<D> = D extends LabelledSpec<infer C> ? C : D

/** Returns one or more lines for the next picture. They are truncated to the given number of columns. */
export type TopLines = (columns: number) => string | readonly string[]

/** How a live table looks, and where it goes. */
export interface TopOptions<S extends Schema> {
  /**
   * Milliseconds between two readings, 10 to 3,600,000. Default: 500. Lines for files and pipes take ten
   * times as long.
   */
  readonly intervalMs?: number
  /** Default: `process.stdout`. A stream that is not a terminal gets plain lines. */
  readonly stream?: TopStream
  /**
   * Returns the first line, which is also the start of each plain line. Default: the name of the
   * thread-local, the number of threads, and the time since the start.
   */
  readonly title?: () => string
  /** Returns lines to show above the table. */
  readonly header?: TopLines
  /** Returns lines to show below the table. */
  readonly footer?: TopLines
  /** How each key is shown. `false` hides it. */
  readonly columns?: {
    readonly [N in keyof S]?:
      | false
      | TopColumn<TopValue<ReadingOf<ShownSpec<S[N]>> | FoldedOf<ShownSpec<S[N]>>>>
  }
  /**
   * Whether the keyboard scrolls the table, `e` expands labelled keys, and `q` stops the table. Key presses
   * are read from `process.stdin` in raw mode. Default: true if standard input is a terminal that nobody else
   * reads. It never works on Windows, in the background of the terminal, or if `stream` is not a terminal.
   */
  readonly keys?: boolean
}

/**
 * Validated options, with the defaults filled in.
 * @internal
 */
export interface ResolvedOptions {
  readonly intervalMs: number
  readonly stream: TopStream
  readonly columns: readonly Column[]
  /** The keyboard to capture, if any. */
  readonly input: ReadStream | undefined
  readonly title: (() => string) | undefined
  readonly header: TopLines | undefined
  readonly footer: TopLines | undefined
}

const DEFAULT_INTERVAL_MS = 500
const MIN_INTERVAL_MS = 10
const MAX_INTERVAL_MS = 3_600_000

/**
 * Validates the options for a table of a thread-local.
 * @throws {TypeError} if an option is of the wrong type, or `columns` has a name that is not a field's.
 * @throws {RangeError} if the interval is out of range.
 * @internal
 */
export function resolveOptions<S extends Schema>(
  { fields, table }: Definition,
  options: TopOptions<S>,
): ResolvedOptions {
  internal.requireObject('options', options, 'an object such as { intervalMs: 250 }')
  const { intervalMs = DEFAULT_INTERVAL_MS, stream = process.stdout, title, header, footer } = options
  if (typeof stream?.write !== 'function')
    throw internal.wrongType('stream', stream, 'a writable stream, such as process.stderr')
  return {
    intervalMs: internal.requireNumber('intervalMs', intervalMs, MIN_INTERVAL_MS, MAX_INTERVAL_MS),
    stream,
    columns: columnsFor(fields, table.registry, options.columns),
    input: keyboardFor(stream, options.keys),
    title: optionalTextFunction('title', title),
    header: optionalTextFunction('header', header),
    footer: optionalTextFunction('footer', footer),
  }
}

const optionalTextFunction = <F>(what: string, value: F): F =>
  value === undefined ? value : internal.requireFunction(what, value, 'a function that returns text')

/** A column for each field that is not hidden. */
function columnsFor(fields: readonly Field[], registry: KeyRegistry, options: unknown = {}): Column[] {
  const optionsByName = propertiesOf('columns', options, "an object with keys' names")
  const names = fields.map(([name]) => name)
  for (const name in optionsByName) internal.requireOneOf('a name in columns', name, names)
  return fields.flatMap(field => {
    const [name] = field
    // A key may have the name of a property that every object inherits, such as `constructor`.
    const given = Object.hasOwn(optionsByName, name) ? optionsByName[name] : undefined
    if (given === false) return []
    const options = requireColumnOptions(field, given)
    return [
      isLabelled(field)
        ? new LabelledColumn(field, options, () => registry.familyOf(field[1]))
        : new Column(field, options),
    ]
  })
}

const isLabelled = ([, { labels }]: Field): boolean => labels !== undefined

function requireColumnOptions(field: Field, options: unknown = {}): TopColumn<never> {
  const what = `column '${field[0]}'`
  const names = ['heading', 'format', 'align', ...(isLabelled(field) ? ['expanded'] : [])]
  const given = propertiesOf(what, options, `false, or an object with ${names.join(', ')}`)
  for (const option in given) internal.requireOneOf(`an option of ${what}`, option, names)
  const { heading, format, align, expanded } = given
  if (heading !== undefined && typeof heading !== 'string')
    throw internal.wrongType(`heading of ${what}`, heading, 'a string')
  if (align !== undefined) internal.requireOneOf(`align of ${what}`, align, ['left', 'right'])
  if (expanded !== undefined && typeof expanded !== 'boolean')
    throw internal.wrongType(`expanded of ${what}`, expanded, 'true or false')
  optionalTextFunction(`format of ${what}`, format)
  return given
}

const propertiesOf = (what: string, value: unknown, use: string): { readonly [name: string]: unknown } =>
  internal.requireObject(what, value, use) as { readonly [name: string]: unknown }

/**
 * The keyboard to capture; undefined if there is none, or it isn't wanted.
 * @internal
 */
export function keyboardFor(stream: TopStream, keys?: unknown): ReadStream | undefined {
  if (keys !== undefined && typeof keys !== 'boolean') throw internal.wrongType('keys', keys, 'true or false')
  if (keys === false || !isTerminal(stream) || !process.stdin.isTTY) return undefined
  return process.platform !== 'win32' && (keys || isKeyboardAvailable(process.stdin))
    ? process.stdin
    : undefined
}
