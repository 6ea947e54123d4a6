/*
 * `threadLocal`: one name, one shared definition, separate values for each thread.
 */
import { wrongType } from '../memory/errors.js'
import { requireName } from '../memory/expand-spec.js'
import type { Schema } from '../memory/schema.js'
import type { Field } from '../protocol/keys.js'
import type { LocalsOf } from '../table/row.js'
import type { SlotTable } from '../table/slot-table.js'
import { defaultTableFor } from './default-table.js'

declare const SCHEMA: unique symbol

/** An object with this thread's own values. Its type follows from its schema `S`. */
export type ThreadLocal<S extends Schema> = LocalsOf<S> & {
  /** Exists only for the compiler: `totals` and the other readings know their results from it. */
  readonly [SCHEMA]: S
}

/** What is behind an object made by `threadLocal`: for code that embeds, exports or displays it. */
export interface Definition {
  /** The name given to `threadLocal`. */
  readonly name: string
  readonly table: SlotTable
  /** The schema's names in their order, with the keys they stand for. */
  readonly fields: readonly Field[]
}

const definitions = new WeakMap<object, Definition>()

/**
 * A class whose objects hold this thread's own values under the names of a schema, in the default table. Extend it, and
 * the constructor runs in every thread that makes an object. Other properties are private to the thread and can hold
 * anything. All objects of one name in one thread share the same slots.
 *
 * @param name the same in all threads that share the values. A key is called `name.property`, up to 88 bytes of UTF-8.
 * @param schema gives each slot a type, or `{ type, fold, init, length }`.
 * @throws {TypeError} if a definition is wrong, or differs from an earlier one of the same name.
 * @throws {RangeError} if the table has no room for the keys, or for another thread.
 */
export function threadLocalClass<const S extends Schema>(name: string, schema: S): new () => ThreadLocal<S> {
  requireName('the name of a thread-local', name)
  for (const property in schema) {
    // If both parts could have dots, 'a.b' + 'c' and 'a' + 'b.c' would be one key. And perThread adds two properties.
    if (property === 'threadId' || property === 'threadName' || property.includes('.')) {
      throw new TypeError(
        `'${property}' can't be a slot's name; use one without dots, other than threadId and threadName`,
      )
    }
  }
  const table = defaultTableFor(`threadLocal('${name}')`)
  const fields = table.registry.internAll(schema, name)
  // One class, so that all its objects have the same accessors and the same shape.
  const Local = class extends table.attach().classOf(fields) {
    constructor() {
      super()
      definitions.set(this, { name, table, fields })
    }
  }
  return Local as new () => ThreadLocal<S>
}

/**
 * An object with this thread's own values, in the default table: `new (threadLocalClass(name, schema))()`.
 *
 * ```js
 * export const local = threadLocal('thumbnailer', { images: 'u32', slowestMs: { type: 'f64', fold: 'max' } })
 * local.images++
 * ```
 *
 * Reading and writing a slot costs as much as a plain object's property. An unset slot reads as the key's `init`.
 * @throws {TypeError} if a definition is wrong, or differs from an earlier one of the same name.
 * @throws {RangeError} if the table has no room for the keys, or for another thread.
 */
export function threadLocal<const S extends Schema>(name: string, schema: S): ThreadLocal<S> {
  return new (threadLocalClass(name, schema))()
}

/**
 * The table and the keys behind an object.
 * @throws {TypeError} if the object was not made by `threadLocal`.
 */
export function definitionOf(local: object): Definition {
  const definition = definitions.get(local)
  if (definition) return definition
  throw wrongType('the thread-local', local, 'an object made by threadLocal')
}
