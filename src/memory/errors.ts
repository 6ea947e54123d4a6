/*
 * Errors at the edge: the value, the limit, the way out.
 */

/**
 * A value of the limits' own type, within them; whole, if they are finite.
 * @throws {TypeError} if it is of another type.
 * @throws {RangeError} if it is out of range.
 */
export function checkRange<T extends number | bigint>(
  what: string,
  value: unknown,
  least: T,
  greatest: T,
): T {
  const isTyped = typeof value === typeof least
  const isWhole = least === -Infinity || Number(value) % 1 === 0
  if (isTyped && isWhole && (value as T) >= least && (value as T) <= greatest) return value as T
  throw new (isTyped ? RangeError : TypeError)(
    `${what} is ${value}; use a whole ${typeof least} from ${least} to ${greatest}`,
  )
}

/**
 * One of several words.
 * @throws {TypeError} if it is none of them.
 */
export function oneOf<T extends string>(what: string, value: unknown, choices: readonly T[]): T {
  if (choices.includes(value as T)) return value as T
  throw new TypeError(`${what} is ${value}; use ${choices.join(', ')}`)
}
