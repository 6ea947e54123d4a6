/*
 * Labels as users give them.
 */
import { internal, type LabelledSpec } from '../index.js'

/**
 * Labels as strings, in the definition's order.
 * @param name the key's.
 * @throws {TypeError} if a label is missing or unknown, or its value is not a string, a number or a boolean.
 */
export function labelStrings(
  name: string,
  labels: unknown,
  { labels: overflow }: LabelledSpec,
): LabelledSpec['labels'] {
  const names = Object.keys(overflow)
  const use = `{ ${names.join(', ')} }`
  const given = internal.requireObject(`the label set of '${name}'`, labels, use) as {
    [label: string]: unknown
  }
  for (const label of Object.keys(given)) internal.requireOneOf(`a label of '${name}'`, label, names)
  return Object.fromEntries(
    names.map(label => {
      const value = given[label]
      if (!['string', 'number', 'boolean'].includes(typeof value))
        throw internal.wrongType(
          `the label '${label}' of '${name}'`,
          value,
          'a string, a number or a boolean',
        )
      return [label, String(value)]
    }),
  )
}
