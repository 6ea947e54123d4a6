/*
 * The names of exported metrics: the words of a key's name, and checks of the finished names; and what makes a name of any text.
 */
import { internal } from '../index.js'
import { keyOption } from './options.js'

/** A name in snake case: `HTTPGets` becomes `http_gets`. */
export const snakeCase = (name: string): string =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split(/[\s_-]+/)
    .filter(Boolean)
    .join('_')

/** A text with letters, digits and `_` alone, and no digit at the start. */
export const underscored = (text: string): string => text.replace(/\W+/g, '_').replace(/^(?=\d|$)/, '_')

/**
 * The first of several names that isn't taken.
 * @param nameOf the name with a number, from 1, which is best left out.
 */
export function firstFree(nameOf: (n: number) => string, isTaken: (name: string) => boolean): string {
  let n = 1
  while (isTaken(nameOf(n))) n++
  return nameOf(n)
}

/** A metric's name, and the key that it stands for. */
export interface MetricName {
  readonly name: string
  readonly property: string
  /** Whether the metrics system accepts the name. */
  readonly isValid: boolean
}

/**
 * Checks the names of all metrics of a thread-local.
 * @param rule the names to use instead of an invalid one, for the message.
 * @throws {TypeError} if a name is invalid, or two are the same.
 */
export function checkNames(metrics: readonly MetricName[], rule: string): void {
  const properties = new Map<string, string>()
  for (const { name, property, isValid } of metrics) {
    const what = `the metric name of '${property}'`
    const option = keyOption(property, 'name: …')
    if (!isValid) throw internal.wrongType(what, name, `${rule}: set prefix, or ${option}`)
    const other = properties.get(name)
    if (other !== undefined) {
      throw internal.wrongType(what, name, `another name than that of '${other}': set ${option}`)
    }
    properties.set(name, property)
  }
}
