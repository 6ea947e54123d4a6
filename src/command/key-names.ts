/*
 * Names of keys: a definition's name, a point, and a property's name.
 */

/** The name of a key's definition; empty if it has none. */
export const definitionName = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.')))

/** A key's name in its definition. */
export const propertyName = (name: string): string => name.slice(1 + name.lastIndexOf('.'))

/** Which keys are shown. */
export class KeySelection {
  /** Undefined if all keys are shown. */
  readonly patterns: readonly string[] | undefined
  readonly #expressions: readonly RegExp[]

  /** @param patterns names of keys or of definitions, in which `*` stands for anything. */
  constructor(patterns: readonly string[] | undefined) {
    this.patterns = patterns
    this.#expressions = (patterns ?? ['*']).map(expressionOf)
  }

  has(name: string): boolean {
    return this.#expressions.some(expression => expression.test(name))
  }
}

const expressionOf = (pattern: string): RegExp => {
  const parts = pattern.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}(\\..*)?$`, 's')
}
