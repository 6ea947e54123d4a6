/*
 * Errors at the edge, for every entry of the package. A message says what was given, and what to use instead.
 */

/** A value as a message shows it: text in quotes, objects by their class. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'bigint') return `${value}n`
  return Object(value) === value ? `an instance of ${classOf(value)}` : String(value)
}

/** Not by the prototype, which differs between realms. */
const classOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1)

const sentence = (what: string, value: unknown, use: string): string =>
  `${what} is ${show(value)}; use ${use}`

/**
 * The error for a value of the wrong type.
 * @param what names the value: `'rowBytes'`, `"fold of 'cache.hits'"`.
 * @param use tells what to use instead.
 */
export const wrongType = (what: string, value: unknown, use: string): TypeError =>
  new TypeError(sentence(what, value, use))

/** The error for a value of the right type that is too small, too large or not allowed. */
export const outOfRange = (what: string, value: unknown, use: string): RangeError =>
  new RangeError(sentence(what, value, use))

const fullErrors = new WeakSet<object>()

/** The error for a table that has no room. `isTableFull` tells it from all other range errors. */
export function tableFull(message: string): RangeError {
  const error = new RangeError(message)
  fullErrors.add(error)
  return error
}

/** True if something failed because a table has no room: no free row, key record or place for a key. */
export const isTableFull = (error: unknown): boolean => fullErrors.has(Object(error))

/**
 * A number from `min` to `max`.
 * @throws {TypeError} if the value is not a number.
 * @throws {RangeError} if it is NaN or out of range.
 */
export const requireNumber = (what: string, value: unknown, min: number, max: number): number =>
  requireRange(what, value, min, max, false)

/**
 * A whole number from `min` to `max`. It is a bigint if these are bigints.
 * @throws {TypeError} if the value is of another type.
 * @throws {RangeError} if it is out of range or not whole.
 */
export const requireWhole = <T extends number | bigint>(what: string, value: unknown, min: T, max: T): T =>
  requireRange(what, value, min, max, true)

function requireRange<T extends number | bigint>(
  what: string,
  value: unknown,
  min: T,
  max: T,
  isWhole: boolean,
): T {
  const use = `a ${isWhole ? 'whole ' : ''}${typeof min} from ${min} to ${max}`
  if (typeof value !== typeof min) throw wrongType(what, value, use)
  const isInRange = (value as T) >= min && (value as T) <= max
  if (isInRange && (!isWhole || Number(value) % 1 === 0)) return value as T
  throw outOfRange(what, value, use)
}

/**
 * One of several words.
 * @throws {TypeError} if the value is none of them.
 */
export function requireOneOf<T extends string>(what: string, value: unknown, choices: readonly T[]): T {
  if (choices.includes(value as T)) return value as T
  throw wrongType(what, value, choices.join(', '))
}

/**
 * An object whose properties can be listed: not an array, a Map, a Set or a Date.
 * @throws {TypeError} if the value is anything else.
 */
export function requireObject(what: string, value: unknown, use: string): object {
  // A module's namespace object is of class Module.
  if (['Object', 'Module'].includes(classOf(value))) return value as object
  throw wrongType(what, value, use)
}

/**
 * A function.
 * @throws {TypeError} if the value is anything else.
 */
export function requireFunction<F>(what: string, value: F, use: string = 'a function'): F {
  if (typeof value === 'function') return value
  throw wrongType(what, value, use)
}
