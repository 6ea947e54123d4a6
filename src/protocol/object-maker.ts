/*
 * Objects whose properties have the names of fields.
 *
 * V8 turns an object that gets more than a dozen properties by computed names into a dictionary, which takes five times as
 * long as a copy of an object that has them already. So the last object's names are kept, with an object that has them.
 */

/** Makes one object after the other, often with the same names. */
export class ObjectMaker {
  readonly #names: string[] = []
  readonly #values: unknown[] = []
  #template: object = {}
  #isNew = false
  /** Number of properties so far. */
  count = 0

  /** Begins an object. */
  clear(): void {
    this.count = 0
  }

  add(name: string, value: unknown): void {
    if (this.#names[this.count] !== name) {
      this.#names[this.count] = name
      this.#isNew = true
    }
    this.#values[this.count++] = value
  }

  /** The object with the properties that were added. */
  make(): { [name: string]: unknown } {
    const names = this.#names
    if (this.#isNew || this.count !== names.length) {
      names.length = this.count
      // Not by assignment: assigning a property called `__proto__` would set the prototype, unless there is one already.
      this.#template = Object.fromEntries(names.map(name => [name, undefined]))
      this.#isNew = false
    }
    const object: { [name: string]: unknown } = { ...this.#template }
    for (let i = 0; i < names.length; i++) object[names[i] as string] = this.#values[i]
    return object
  }
}
