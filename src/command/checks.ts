/*
 * Checks of what another process has sent. Everything behind them trusts it.
 */
import type { Fold, Key } from '../index.js'
import type { WireKey, WireReading, WireThread, WireValue, WireValues } from '../monitor/wire.js'

/** What JSON may have in the place of a `T`. */
type Unchecked<T> = { readonly [N in keyof T]?: unknown }

const TYPES: { readonly [T in Key['type']]: true } = {
  i32: true,
  u32: true,
  f32: true,
  f64: true,
  i64: true,
  u64: true,
  u8: true,
  count: true,
  text: true,
}
const FOLDS: { readonly [F in Fold]: true } = { sum: true, min: true, max: true, none: true }

/** Many more elements than a row of the default table has room for, and few enough to hold. */
const MAX_LENGTH = 2 ** 24

const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number'
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const isMissing = (value: unknown): value is undefined => value === undefined
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isIn = (words: object, value: unknown): boolean => isText(value) && Object.hasOwn(words, value)

export const areKeys = (value: unknown): value is readonly WireKey[] =>
  Array.isArray(value) && value.every(isKey)

function isKey(value: unknown): value is WireKey {
  const { keyId, name, type, fold, retire, length, histogram, unit, labels, family } = Object(
    value,
  ) as Unchecked<WireKey>
  return (
    isCount(keyId) &&
    isText(name) &&
    isIn(TYPES, type) &&
    isIn(FOLDS, fold) &&
    typeof retire === 'boolean' &&
    Number.isInteger(histogram) &&
    (isMissing(length) || (isCount(length) && length >= 1 && length <= MAX_LENGTH)) &&
    (isMissing(unit) || isText(unit)) &&
    (isMissing(labels) || (isText(family) && isObject(labels) && Object.values(labels).every(isText)))
  )
}

/** Whether two keys may be children of one labelled key. */
export const areSiblings = (a: WireKey, b: WireKey): boolean =>
  a.type === b.type &&
  a.fold === b.fold &&
  a.length === b.length &&
  a.histogram === b.histogram &&
  Object.keys({ ...a.labels }).join() === Object.keys({ ...b.labels }).join()

/** @param keys the keys that were sent before, by their ids. */
export function isReading(value: unknown, keys: ReadonlyMap<string, WireKey>): value is WireReading {
  const { uptimeMs, pid, threads, retired, totals } = Object(value) as Unchecked<WireReading>
  return (
    isCount(pid) &&
    isNumber(uptimeMs) &&
    Array.isArray(threads) &&
    threads.every(thread => isThread(thread, keys)) &&
    areValues(retired, keys) &&
    areValues(totals, keys)
  )
}

function isThread(value: unknown, keys: ReadonlyMap<string, WireKey>): value is WireThread {
  const { threadId, threadName, state, unchangedMs, blockedMs, values } = Object(
    value,
  ) as Unchecked<WireThread>
  return (
    isCount(threadId) &&
    (isMissing(threadName) || isText(threadName)) &&
    isText(state) &&
    isNumber(unchangedMs) &&
    (isMissing(blockedMs) || isNumber(blockedMs)) &&
    areValues(values, keys)
  )
}

const areValues = (values: unknown, keys: ReadonlyMap<string, WireKey>): values is WireValues =>
  isObject(values) && Object.entries(values).every(([keyId, value]) => isValue(keys.get(keyId), value))

/** Values of unknown keys don't matter: nobody reads them. */
function isValue(key: WireKey | undefined, value: unknown): value is WireValue {
  if (!key) return true
  const { type, length, histogram } = key
  if (type === 'text') return isText(value)
  const isElement = type === 'i64' || type === 'u64' ? isInteger : isNumeric
  if (isMissing(length)) return isElement(value)
  return Array.isArray(value) && value.every(isElement) && (histogram !== 0 || value.length === length)
}

/** A number, or one that JSON can't hold, as a string. */
const isNumeric = (value: unknown): boolean =>
  isNumber(value) || (isText(value) && /^(-?(\d+|Infinity)|NaN)$/.test(value))

const isInteger = (value: unknown): boolean =>
  Number.isSafeInteger(value) || (isText(value) && /^-?\d{1,20}$/.test(value))
