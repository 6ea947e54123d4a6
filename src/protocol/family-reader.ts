/*
 * Reading keys of which more may be created at any time: the children of labelled keys.
 */
import { Reader } from './fold.js'
import type { Key, KeyRegistry } from './keys.js'

/** Reads some keys, and all children of those that are labelled. Each is a field with the name of its key. */
export class FamilyReader {
  readonly #registry: KeyRegistry
  readonly #keys: readonly Key[]
  #keyCount = 0
  #reader: Reader | undefined
  /** For each of the keys, those that were last read for it. */
  families: readonly (readonly Key[])[] = []

  constructor(registry: KeyRegistry, keys: readonly Key[]) {
    this.#registry = registry
    this.#keys = keys
  }

  /** A reader of all keys that exist by now. */
  current(): Reader {
    const families = this.#keys.map(key => (key.labels ? this.#registry.familyOf(key) : [key]))
    const keyCount = families.reduce((count, family) => count + family.length, 0)
    if (!this.#reader || keyCount !== this.#keyCount) {
      this.#keyCount = keyCount
      // Copies, because the registry adds to its own lists.
      this.families = families.map(family => [...family])
      this.#reader = new Reader(
        this.#registry.memory,
        families.flat().map(key => [key.name, key]),
      )
    }
    return this.#reader
  }
}
