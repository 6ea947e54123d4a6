/*
 * Reading labelled keys: all their children, together with the other keys of a thread-local.
 */
import {
  type Field,
  type FieldReader,
  internal,
  type Key,
  type KeyRegistry,
  type LabelledChild,
  type Reading,
} from '../index.js'
import { childReading } from './labelled-reading.js'

/** Reads all children of labelled keys, together with the other keys of a thread-local. */
export class LabelledReader implements FieldReader {
  readonly #fields: readonly Field[]
  readonly #reader: InstanceType<typeof internal.FamilyReader>

  constructor(keys: KeyRegistry, fields: readonly Field[]) {
    this.#fields = fields
    this.#reader = new internal.FamilyReader(
      keys,
      fields.map(([, key]) => key),
    )
  }

  folds(scope: Parameters<FieldReader['folds']>[0]): never {
    return this.#join(this.#reader.current().folds(scope), true) as never
  }

  threads(): never[] {
    return this.#reader
      .current()
      .threads()
      .map(({ threadId, threadName, ...values }) => ({
        threadId,
        ...(threadName !== undefined && { threadName }),
        ...this.#join(values, false),
      })) as never[]
  }

  lastValues(threadIds: ReadonlySet<number | undefined>): never[] {
    return this.#reader
      .current()
      .lastValues(threadIds)
      .map(exit => ({ ...exit, values: this.#join(exit.values, false) })) as never[]
  }

  /** Values by the names of keys become values by the names of fields. */
  #join(values: { readonly [name: string]: unknown }, isFold: boolean): { [name: string]: unknown } {
    const joined = this.#fields.flatMap(([name, key, spec], i) => {
      const children = (this.#reader.families[i] as readonly Key[])
        .filter(child => Object.hasOwn(values, child.name))
        .map((child): LabelledChild => [child, values[child.name] as Reading])
      const [first] = children
      if (!first) return []
      return [[name, spec ? childReading(key, spec, children, isFold) : first[1]]]
    })
    return Object.fromEntries(joined)
  }
}
