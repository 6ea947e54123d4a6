/*
 * What a thread-local is called, for those that show it.
 */
import { definitionOf } from '../index.js'

/** The name that was given to `threadLocal`: a key's name has it before the property's. Empty where there is no key. */
export function localName(local: object): string {
  const [first] = definitionOf(local).fields
  if (!first) return ''
  const [property, { name }] = first
  return name.slice(0, -property.length - 1)
}
