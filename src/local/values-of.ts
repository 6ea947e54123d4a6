/*
 * One other thread's values, read in place.
 */
import { requireWhole } from '../memory/errors.js'
import { wrap } from '../memory/histogram.js'
import type { Memory } from '../memory/layout.js'
import type { LabelledSpec, ReadingOf, Schema, SlotSpec } from '../memory/schema.js'
import { bytesPerElement, type Elements, TYPES } from '../memory/slot-types.js'
import { readText } from '../memory/text.js'
import { loadScalar } from '../memory/values.js'
import { MAX_THREAD_ID } from '../protocol/claims.js'
import type { Key } from '../protocol/keys.js'
import { labelling } from '../protocol/labelling.js'
import { RemoteRow } from '../protocol/remote-row.js'
import { classWith } from '../table/class-with.js'
import { definitionOf, type ThreadLocal } from './thread-local.js'

/** Another thread's vector, read in place. Everything is undefined once that thread's row is released. */
export interface RemoteVector<V extends Elements> {
  readonly length: number
  /** One element, without a copy. A negative index counts from the end. */
  at(index: number): V[number] | undefined
  /** A copy of all elements. */
  slice(): V | undefined
}

/** How a slot of another thread reads: a scalar or text as it is, a histogram or labelled key as a copy, a vector in place. */
export type RemoteOf<D extends SlotSpec | LabelledSpec> =
  ReadingOf<D> extends Elements ? RemoteVector<ReadingOf<D>> : ReadingOf<D>

/** One thread's values of the keys that it has used. */
export type RemoteValues<S extends Schema> = { readonly [N in keyof S]: RemoteOf<S[N]> | undefined }

/**
 * Another thread's values, read in place: an object with a getter per key. Each read takes some 20 ns and copies nothing, so a
 * loop can poll what another thread has set, or asks for.
 *
 * A value is undefined until the thread has attached and used the key, and again once the thread is dead and its row is
 * released, even if another thread has that row by then. Vectors have `length`, `at(i)` and `slice()`; histograms and labelled keys are copies.
 * Until the thread has a row, each read looks through all rows.
 * @param threadId any thread's id, such as 0 for Node's main thread.
 * @throws {TypeError} if the object was not made by `threadLocal`, or the id is not a number.
 * @throws {RangeError} if it is not a thread id.
 */
export function valuesOf<S extends Schema>(local: ThreadLocal<S>, threadId: number): RemoteValues<S> {
  const { table, fields } = definitionOf(local)
  const { memory, registry } = table
  memory.beforeReading?.()
  const row = new RemoteRow(memory, requireWhole('threadId', threadId, 0, MAX_THREAD_ID))
  const getters = fields.map(([name, key, labelled]) => {
    const get = labelled
      ? labelling.remote(registry, key, labelled, child => getterOf(memory, row, child))
      : getterOf(memory, row, key)
    return [name, { get, enumerable: true }]
  })
  return new (classWith(Object.fromEntries(getters)))() as RemoteValues<S>
}

function getterOf(memory: Memory, row: RemoteRow, key: Key): () => unknown {
  const { type, length } = key
  let address = -1
  const find = () => {
    if (address < 0) address = row.addressOf(key)
    return address >= 0
  }
  if (type === 'text')
    return () => (find() ? row.checked(readText(memory, address, length as number)) : undefined)
  if (!length) return () => (find() ? row.checked(loadScalar(memory, type, address)) : undefined)
  const elementAt = (i: number) => loadScalar(memory, type, address + bytesPerElement(type) * i)
  const copy = () => TYPES[type].array.from(Array.from({ length }, (_, i) => elementAt(i)) as never)
  const slice = () => (find() ? row.checked(copy()) : undefined)
  if (key.histogram) {
    return () => {
      const counts = slice()
      return counts && wrap(key, counts)
    }
  }
  const vector: RemoteVector<Elements> = {
    length,
    at(index) {
      const whole = Math.trunc(index) || 0
      const i = whole < 0 ? whole + length : whole
      return i >= 0 && i < length && find() ? row.checked(elementAt(i)) : undefined
    },
    slice,
  }
  return () => (find() ? row.checked(vector) : undefined)
}
