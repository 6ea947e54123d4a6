/*
 * Errors at the edge, for every entry of the package. A message says what was given, and what to use instead.
 */

/** A value as a message shows it: text in quotes, objects by their class. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return String(value)
  const name = value.constructor?.name
  return name && name !== 'Object' ? `an instance of ${name}` : 'an object'
}

/** `what` is what the caller calls the value: `'rowBytes'`, `"fold of 'cache.hits'"`. */
const sentence = (what: string, value: unknown, use: string): string =>
  `${what} is ${show(value)}; use ${use}`

/** A value of the wrong type. */
export const wrongType = (what: string, value: unknown, use: string): TypeError =>
  new TypeError(sentence(what, value, use))

/** A value of the right type that is too small, too large or not allowed. */
export const outOfRange = (what: string, value: unknown, use: string): RangeError =>
  new RangeError(sentence(what, value, use))

/**
 * A number from `min` to `max`.
 * @throws {TypeError} if the value is not a number.
 * @throws {RangeError} if it is NaN or out of range.
 */
export function requireNumber(what: string, value: unknown, min: number, max: number): number {
  const use = `a number from ${min} to ${max}`
  if (typeof value !== 'number') throw wrongType(what, value, use)
  if (!(value >= min && value <= max)) throw outOfRange(what, value, use)
  return value
}

/**
 * A whole number from `min` to `max`.
 * @throws {TypeError} if the value is not a number.
 * @throws {RangeError} if it is out of range or not whole.
 */
export function requireWhole(what: string, value: unknown, min: number, max: number): number {
  const use = `a whole number from ${min} to ${max}`
  if (typeof value !== 'number') throw wrongType(what, value, use)
  if (!(Number.isInteger(value) && value >= min && value <= max)) throw outOfRange(what, value, use)
  return value
}

/**
 * A bigint from `min` to `max`.
 * @throws {TypeError} if the value is not a bigint.
 * @throws {RangeError} if it is out of range.
 */
export function requireBigint(what: string, value: unknown, min: bigint, max: bigint): bigint {
  const use = `a bigint from ${min}n to ${max}n`
  if (typeof value !== 'bigint') throw wrongType(what, value, use)
  if (value < min || value > max) throw outOfRange(what, value, use)
  return value
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
 * An object that isn't an array, a Map, a Set or a Date, whose entries can be listed.
 * @throws {TypeError} if the value is anything else.
 */
export function requireObject(what: string, value: unknown, use: string): object {
  // Not by the prototype, which differs between realms.
  if (Object.prototype.toString.call(value) === '[object Object]') return value as object
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
