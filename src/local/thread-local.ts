/*
 * `threadLocal`: one name, one shared definition, each thread its own values.
 */

import type { Schema } from '../memory/schema.js'
import type { Field } from '../protocol/keys.js'
import type { LocalsOf } from '../table/row.js'
import type { SlotTable } from '../table/slot-table.js'
import { defaultTable } from './default-table.js'

declare const SCHEMA: unique symbol

/** An object with this thread's own values; its type follows from its schema `S`. */
export type ThreadLocal<S extends Schema> = LocalsOf<S> & {
  /** Only for the compiler: from it, `totals` and the like know their results. */
  readonly [SCHEMA]: S
}

/** What stands behind an object made by `threadLocal`: for code that embeds, exports or draws it. */
export interface Definition {
  readonly table: SlotTable
  /** The schema's names in their order, and the keys of the table that they stand for. */
  readonly fields: readonly Field[]
}

const definitions = new WeakMap<object, Definition>()

/**
 * A class whose objects hold this thread's own values under the names of a schema, in the default table. Extend it:
 * the constructor runs in each thread that makes an object, and other properties are private to the thread and
 * can hold anything. All objects of one name, in one thread, share the same slots.
 *
 * @param name says which values are the same in all threads; a key is called `name.property`, in 88 bytes of UTF-8.
 * @param schema gives each name a type, or `{ type, fold, init, length }`.
 * @throws {TypeError} for a bad definition, or one that contradicts an earlier one of the same name.
 * @throws {RangeError} if the table has no room for the keys, or for another thread.
 */
export function threadLocalClass<const S extends Schema>(name: string, schema: S): new () => ThreadLocal<S> {
  const table = defaultTable()
  for (const property in schema) {
    // With dots in both parts, two names could be one: 'a.b' + 'c' and 'a' + 'b.c'. And perThread adds a threadId.
    if (property === 'threadId' || property.includes('.')) {
      throw new TypeError(`${property} is no key name; use no dots nor threadId`)
    }
  }
  const fields = table.registry.internAll(schema, name.concat('.'))
  // One class, so that all its objects have the same accessors and the same shape.
  const Local = class extends table.attach().classOf(fields) {
    constructor() {
      super()
      definitions.set(this, { table, fields })
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
 * Reading and writing a slot costs what a property of a plain object does. A value that was not set is the
 * key's `init`.
 * @throws {TypeError} for a bad definition, or one that contradicts an earlier one of the same name.
 * @throws {RangeError} if the table has no room for the keys, or for another thread.
 */
export function threadLocal<const S extends Schema>(name: string, schema: S): ThreadLocal<S> {
  return new (threadLocalClass(name, schema))()
}

/** The table and the keys behind an object. @throws {TypeError} if it was not made by `threadLocal`. */
export function definitionOf(local: object): Definition {
  const definition = definitions.get(local)
  if (!definition) {
    throw new TypeError('use an object made by threadLocal')
  }
  return definition
}
