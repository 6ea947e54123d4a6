/*
 * `threadLocal`: one name, one shared definition, separate values for each thread.
 */
import { requireObject, wrongType } from '../memory/errors.js'
import { requireName } from '../memory/expand-spec.js'
import type { Schema } from '../memory/schema.js'
import type { LocalsOf } from '../table/row.js'
import { defaultTableFor } from './default-table.js'
import { findPlace, type Place } from './places.js'

declare const SCHEMA: unique symbol

/** An object with this thread's own values. Its type follows from its schema `S`. */
export type ThreadLocal<S extends Schema> = LocalsOf<S> & {
  /** Exists only for the compiler: `totals` and the other readings know their results from it. */
  readonly [SCHEMA]: S
}

/** What is behind an object made by `threadLocal`: for code that embeds, exports or displays it. */
export interface Definition extends Place {
  /** The name given to `threadLocal`. */
  readonly name: string
}

/** The property of a class's prototype that holds its definition: unlike a WeakMap, it is found through a proxy. */
const DEFINITION = Symbol('definition')
/** The definitions made here: nobody else's pass, whoever finds the symbol. */
const definitions = new WeakSet<object>()
/** Marks the objects of all copies of this package. */
const MARK = Symbol.for('threadslots')

/**
 * A class whose objects hold this thread's own values under the names of a schema, in the default table. Extend it, and
 * the constructor runs in every thread that makes an object. Other properties are private to the thread and can hold
 * anything. All objects of one name in one thread share the same slots.
 *
 * @param name the same in all threads that share the values. A key is called `name.property`, up to 200 bytes of UTF-8.
 * @param schema gives each slot a type, or `{ type, fold, init, length }`.
 * @throws {TypeError} if a definition is wrong, or differs from an earlier one of the same name.
 */
export function threadLocalClass<const S extends Schema>(name: string, schema: S): new () => ThreadLocal<S> {
  requireName('the name of a thread-local', name)
  requireObject('the schema', schema, "an object such as { done: 'u32' }")
  for (const property of Object.keys(schema)) {
    // If both parts could have dots, 'a.b' + 'c' and 'a' + 'b.c' would be one key. And perThread adds two properties.
    if (property === 'threadId' || property === 'threadName' || property.includes('.')) {
      throw new TypeError(
        `'${property}' can't be a slot's name; use one without dots, other than threadId and threadName`,
      )
    }
  }
  const place = findPlace(defaultTableFor(`threadLocal('${name}')`), name, schema)
  // Frozen, because deep proxies wrap what they get from an object unless it can't change.
  const definition: Definition = Object.freeze({ name, ...place })
  definitions.add(definition)
  // One class, so that all its objects have the same accessors and the same shape.
  const Local = place.row.classOf(place.rowFields)
  Object.defineProperties(Local.prototype, { [DEFINITION]: { value: definition }, [MARK]: { value: true } })
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
 */
export function threadLocal<const S extends Schema>(name: string, schema: S): ThreadLocal<S> {
  return new (threadLocalClass(name, schema))()
}

/**
 * The table and the keys behind an object.
 * @throws {TypeError} if the object was not made by `threadLocal`.
 */
export function definitionOf(local: object): Definition {
  const object = Object(local) as { readonly [DEFINITION]?: Definition; readonly [MARK]?: true }
  const definition = object[DEFINITION]
  if (definition && definitions.has(definition)) return definition
  throw wrongType(
    'the thread-local',
    local,
    `an object made by threadLocal${object[MARK] ? ' of the same copy of this package' : ''}`,
  )
}
