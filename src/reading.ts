/*
 * Reading thread-locals from outside: all threads' values as one, thread by thread, as rates, after a death.
 */
import { witnessDeaths } from './default-table.js'
import { foldRows, readThreads, type Scope, shapeFold } from './fold.js'
import type { Key } from './keys.js'
import { type Definition, definitionOf, type ThreadLocal } from './local.js'
import type { FoldedOf, ReadingOf, Scalar, Schema, SlotSpec } from './schema.js'
import { type Elements, shape } from './values.js'

type NoFold = { readonly fold: 'none' } | { readonly type: 'u8' }
/** Names of a schema that have a meaning across threads. */
type FoldedNames<S extends Schema> = { [N in keyof S]: S[N] extends NoFold ? never : N }[keyof S]
/** Names of a schema whose values can be counted in time. */
type SumNames<S extends Schema> = {
  [N in FoldedNames<S>]: S[N] extends { readonly fold: 'min' | 'max' } ? never : N
}[FoldedNames<S>]

/** All threads' values as one; without the keys of fold `none`. */
export type Totals<S extends Schema> = { [N in FoldedNames<S>]: FoldedOf<S[N]> }

/** One thread's values, of the keys that it has used. */
export type Values<S extends Schema> = { [N in keyof S]?: ReadingOf<S[N]> }

/** A running thread and its values. */
export type ThreadValues<S extends Schema> = { threadId: number } & Values<S>

type RateOf<D extends SlotSpec> = FoldedOf<D> extends number | bigint ? number : Float64Array<ArrayBuffer>

/** What happened between two calls; of the keys that are sums. */
export interface Sample<S extends Schema> {
  /** Time since the last call, in seconds. */
  readonly seconds: number
  /** What all threads together added. */
  readonly deltas: { [N in SumNames<S>]: FoldedOf<S[N]> }
  /** The same for each second; a vector's rates are a Float64Array. */
  readonly rates: { [N in SumNames<S>]: RateOf<S[N]> }
}

/** What a dead thread left. */
export interface ThreadExit<S extends Schema> {
  readonly threadId: number
  readonly values: Values<S>
}

/**
 * All threads' values as one: of all threads that ever lived, of running (`live`) or of dead ones (`retired`). Any
 * thread may ask at any time; the others are not disturbed. Sums that only grow never go backwards.
 * @throws {TypeError} if the object was not made by `threadLocal`.
 */
export function totals<S extends Schema>(local: ThreadLocal<S>, scope: Scope = 'all'): Totals<S> {
  const { names, keys, fold } = folding(definitionOf(local), key => key.fold !== 'none')
  return byName(names, fold(scope), (elements, i) => shapeFold(keys[i] as Key, elements)) as Totals<S>
}

/**
 * Running threads that have used one of the keys, with their values of the keys that they have used; vectors
 * are copies.
 * @throws {TypeError} if the object was not made by `threadLocal`.
 */
export function perThread<S extends Schema>(local: ThreadLocal<S>): ThreadValues<S>[] {
  return usersOf<S>(definitionOf(local)).map(({ threadId, values }) => ({ threadId, ...values }))
}

/**
 * A function that tells what all threads together added since its last call, and how fast.
 * @throws {TypeError} if the object was not made by `threadLocal`.
 */
export function sampler<S extends Schema>(local: ThreadLocal<S>): () => Sample<S> {
  const { names, keys, fold } = folding(definitionOf(local), key => key.fold === 'sum')
  let lastTime = performance.now()
  let last = fold('all')
  return () => {
    const time = performance.now()
    const now = fold('all')
    const seconds = (time - lastTime) / 1000
    const deltas = now.map((elements, i) => elements.map((value, e) => minus(value, last[i]?.[e] as Scalar)))
    // A clock that has not moved yet has seen no rate.
    const rates = deltas.map(delta => delta.map(value => (seconds > 0 ? Number(value) / seconds : 0)))
    lastTime = time
    last = now
    return {
      seconds,
      deltas: byName(names, deltas, (delta, i) => shapeFold(keys[i] as Key, delta)),
      rates: byName(names, rates, (rate, i) => shape('f64', keys[i]?.length, rate)),
    } as Sample<S>
  }
}

/**
 * Calls back, once for each, when a worker that this thread started has ended, or a thread that died with it:
 * with the values of the keys that it has used, those of fold `none` too. Threads that used none are passed over.
 * Keeps nothing alive. An error in the callback is an uncaught exception, and stops no other callback.
 * @returns a function that ends it.
 * @throws {TypeError} if the object was not made by `threadLocal`, or the callback is no function.
 */
export function onThreadExit<S extends Schema>(
  local: ThreadLocal<S>,
  callback: (exit: ThreadExit<S>) => void,
): () => void {
  const definition = definitionOf(local)
  if (typeof callback !== 'function')
    throw new TypeError(`onThreadExit takes a function, got ${String(callback)}`)
  return witnessDeaths(threadIds => {
    const exits = usersOf<S>(definition).filter(({ threadId }) => threadIds.includes(threadId))
    return exits.map(exit => () => callback(exit))
  })
}

/** The part of a definition whose keys a test holds for, and its folds in one pass over the rows. */
function folding({ table, names, keys }: Definition, test: (key: Key) => boolean) {
  const chosen = keys.filter(test)
  return {
    names: names.filter((_, i) => test(keys[i] as Key)),
    keys: chosen,
    fold(scope: Scope): Elements[] {
      const rows = table.read(chosen)
      return chosen.map((key, i) => foldRows(rows, key, i, scope))
    },
  }
}

function byName<V, R>(names: readonly string[], values: readonly V[], show: (value: V, i: number) => R) {
  return Object.fromEntries(names.map((name, i) => [name, show(values[i] as V, i)]))
}

const minus = (a: Scalar, b: Scalar): Scalar => (a as number) - (b as number)

/** Threads that hold a row and have used a key of the definition. */
function usersOf<S extends Schema>({ table, names, keys }: Definition): ThreadExit<S>[] {
  const threads = readThreads(table.read(keys), keys, names) as ThreadExit<S>[]
  return threads.filter(({ values }) => Object.keys(values).length > 0)
}
