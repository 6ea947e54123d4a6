/*
 * What `top` can be told.
 */
import type { ReadStream } from 'node:tty'
import type { Field, FoldedOf, Histogram, ReadingOf, Schema } from '../index.js'
import { ShownColumn, type TopColumn } from './columns.js'
import { areKeysFree } from './keys.js'
import { isTerminal, type TopStream } from './screen.js'

/**
 * A key's value as it may stand in the table: a thread's, that of several threads, or what was added in a second. Of a
 * histogram that is how many values were.
 */
export type TopValue<V> = V | (V extends number | bigint | Histogram ? number : Float64Array<ArrayBuffer>)

/** Lines above or below the table, made anew for each picture; they may be as wide as so many columns. */
export type TopLines = (columns: number) => string | readonly string[]

export interface TopOptions<S extends Schema> {
  /** Milliseconds from one reading to the next, 10 to 3,600,000; default 500. Without a terminal, ten times as many. */
  readonly intervalMs?: number
  /** Default: `process.stdout`. What is no terminal gets plain lines. */
  readonly stream?: TopStream
  /** The first line, and the start of each plain one. Default: the name of the thread-local, how many threads, how long. */
  readonly title?: () => string
  readonly header?: TopLines
  readonly footer?: TopLines
  /** How keys are shown; `false`: not at all. */
  readonly columns?: {
    readonly [N in keyof S]?: false | TopColumn<TopValue<ReadingOf<S[N]> | FoldedOf<S[N]>>>
  }
  /**
   * Whether keys of the terminal scroll, and `q` stops: they come from `process.stdin`, in raw mode. Default: if it is a
   * terminal that nobody else reads, and so is the stream. Never on Windows, nor in the background of the terminal.
   */
  readonly keys?: boolean
}

const DEFAULT_MS = 500
const LEAST_MS = 10
const MOST_MS = 3_600_000

export function checkInterval(intervalMs: unknown = DEFAULT_MS): number {
  const isNumber = typeof intervalMs === 'number'
  if (isNumber && intervalMs >= LEAST_MS && intervalMs <= MOST_MS) return intervalMs
  throw new (isNumber ? RangeError : TypeError)(
    `intervalMs is ${String(intervalMs)}; use a number of milliseconds from ${LEAST_MS} to ${MOST_MS}`,
  )
}

export function checkStream(stream: TopStream = process.stdout): TopStream {
  if (typeof stream?.write === 'function') return stream
  return refuse('stream', stream, 'a writable stream, such as process.stderr')
}

/** A function that makes text, or none. */
export function checkLines<T>(option: string, lines: T): T {
  if (lines === undefined || typeof lines === 'function') return lines
  return refuse(option, lines, 'a function that returns text')
}

/** The columns that are not left out. */
export function checkColumns(columns: readonly Field[], options: unknown = {}): ShownColumn[] {
  const names = columns.map(([name]) => name)
  const optionsOf = checkObject('columns', options, 'an object with names of keys')
  for (const name in optionsOf) {
    if (names.includes(name)) continue
    throw new TypeError(`columns has '${name}', which is no key; there are ${names.join(', ')}`)
  }
  return columns.flatMap(column => {
    // A key may be called as what every object has.
    const options = Object.hasOwn(optionsOf, column[0]) ? optionsOf[column[0]] : undefined
    return options === false ? [] : [new ShownColumn(column, checkColumn(column[0], options))]
  })
}

function checkColumn(name: string, options: unknown = {}): TopColumn<never> {
  const what = `column '${name}'`
  const column = checkObject(what, options, 'false, or an object with heading, format, align')
  for (const option in column) {
    if (!['heading', 'format', 'align'].includes(option))
      throw new TypeError(`${what} has ${option}; use heading, format, align`)
  }
  const { heading, format, align = 'left' } = column
  if (heading !== undefined && typeof heading !== 'string') refuse(`heading of ${what}`, heading, 'text')
  if (align !== 'left' && align !== 'right') refuse(`align of ${what}`, align, 'left or right')
  checkLines(`format of ${what}`, format)
  return column
}

function checkObject(what: string, value: unknown, way: string): { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null
    ? (value as { readonly [name: string]: unknown })
    : refuse(what, value, way)
}

function refuse(what: string, value: unknown, way: string): never {
  throw new TypeError(`${what} is ${String(value)}; use ${way}`)
}

/** Where keys come from; undefined if they are not taken. @internal */
export function inputFor(stream: TopStream, keys: unknown): ReadStream | undefined {
  if (keys !== undefined && typeof keys !== 'boolean') refuse('keys', keys, 'true or false')
  if (keys === false || !isTerminal(stream) || !process.stdin.isTTY) return undefined
  return process.platform !== 'win32' && (keys || areKeysFree(process.stdin)) ? process.stdin : undefined
}
