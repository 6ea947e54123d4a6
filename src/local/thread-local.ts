/*
 * `threadLocal`: one name, one shared definition, separate values for each thread.
 */
import { requireObject, wrongType } from '../memory/errors.js'
import { requireName } from '../memory/expand-spec.js'
import type { Schema } from '../memory/schema.js'
import type { FieldReader } from '../protocol/fold.js'
import type { LocalsOf } from '../table/row.js'
import { defaultTableFor } from './default-table.js'
import { type Definition, define } from './definitions.js'
import { fieldReader } from './field-reader.js'

declare const SCHEMA: unique symbol

/** An object with this thread's own values. Its type follows from its schema `S`. */
export type ThreadLocal<S extends Schema> = LocalsOf<S> & {
  /** Exists only for the compiler: `totals` and the other readings know their results from it. */
  readonly [SCHEMA]: S
}

/** The property of a class's prototype that holds its definition: unlike a WeakMap, it is found through a proxy. */
const DEFINITION = Symbol('definition')
/** The definitions made here, each with what reads it: nobody else's pass, whoever finds the symbol. */
const readers = new WeakMap<Definition, FieldReader>()
/** Marks the objects of all copies of this package. */
const MARK = Symbol.for('threadslots')

/**
 * A class whose objects hold this thread's own values under the names of a schema, in the default table. Extend it, and
 * the constructor runs in every thread that makes an object. Other properties are private to the thread and can hold
 * anything. All objects of one name in one thread share the same slots.
 *
 * If the default table has no room for the keys, or for this thread, the values are private to the thread and missing from
 * everyone's totals. One warning per thread (`THREADSLOTS_FULL`) says which line makes room, and `defaultTable().lost` counts
 * what is missing.
 *
 * @param name the same in all threads that share the values. A key is called `name.property`, up to 200 bytes of UTF-8.
 * @param schema gives each slot a type, or `{ type, fold, init, length, retire, unit, help }`.
 * @throws {TypeError} if a definition is wrong, or differs from an earlier one of the same name.
 * @throws {RangeError} if a name, a length or an init is out of range.
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
  const definition = define(defaultTableFor(`threadLocal('${name}')`), name, schema)
  // Frozen, because state libraries wrap what they get from a proxied object unless it can't change.
  readers.set(Object.freeze(definition), fieldReader(definition.table, definition.fields))
  // One class, so that all its objects have the same accessors and the same shape.
  const Local = definition.row.classOf(definition.rowFields)
  Object.defineProperties(Local.prototype, { [DEFINITION]: { value: definition }, [MARK]: { value: true } })
  return Local as new () => ThreadLocal<S>
}

/**
 * An object with this thread's own values, in the default table: `new (threadLocalClass(name, schema))()`.
 *
 * ```js
 * export const local = threadLocal('thumbnailer', { images: 'count', slowestMs: { type: 'f64', fold: 'max' } })
 * local.images++
 * ```
 *
 * Reading and writing a slot costs as much as a plain object's property. An unset slot reads as the key's `init`. If the
 * default table is full, the values are private to this thread, and a warning says so.
 * @throws {TypeError} if a definition is wrong, or differs from an earlier one of the same name.
 * @throws {RangeError} if a name, a length or an init is out of range.
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
  if (definition && readers.has(definition)) return definition
  throw wrongType(
    'the thread-local',
    local,
    `an object made by threadLocal${object[MARK] ? ' of the same copy of this package' : ''}`,
  )
}

/**
 * What reads an object's slots in all threads.
 * @throws {TypeError} if the object was not made by `threadLocal`.
 */
export const readerOf = (local: object): FieldReader => readers.get(definitionOf(local)) as FieldReader
