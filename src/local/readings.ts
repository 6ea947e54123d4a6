/*
 * Reading thread-locals from outside: all threads' values as one, thread by thread, as rates, after a death.
 */

import type { Elements } from '../memory/layout.js'
import type { FoldedOf, ReadingOf, Scalar, Schema, SlotSpec } from '../memory/schema.js'
import type { DeathWitness } from '../protocol/claims.js'
import { foldFields, readThreads, type Scope } from '../protocol/fold.js'
import { witnesses } from './default-table.js'
import { type Definition, definitionOf, type ThreadLocal } from './thread-local.js'

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

/** What a sum can be, as one type: a number (a histogram is one, of its values), a vector, a histogram. */
type Countable = number & {
  readonly [index: number]: number
  map?(change: (value: number, index: number) => number): Countable
  since?(earlier: Countable): Countable
}

type RateOf<D extends SlotSpec> = FoldedOf<D> extends Elements ? Float64Array<ArrayBuffer> : number

/** What happened between two calls; of the keys that are sums. */
export interface Sample<S extends Schema> {
  /** Time since the last call, in seconds. */
  readonly seconds: number
  /** What all threads together added. */
  readonly deltas: { [N in SumNames<S>]: FoldedOf<S[N]> }
  /** The same for each second; a vector's rates are a Float64Array, and a histogram's is of its values. */
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
  const { table, fields } = definitionOf(local)
  return foldFields(table.memory, fields, scope) as Totals<S>
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
  const { table, fields } = definitionOf(local)
  const sums = fields.filter(([, { fold }]) => fold === 'sum')
  const read = () => foldFields(table.memory, sums, 'all')
  let lastTime = performance.now()
  let last = read()
  return () => {
    const time = performance.now()
    const now = read()
    const seconds = (time - lastTime) / 1000
    // A clock that has not moved yet has seen no rate.
    const rate = (delta: Scalar): number => Number(delta) / (seconds || Infinity)
    const deltas: { [name: string]: unknown } = {}
    const rates: { [name: string]: unknown } = {}
    for (const name in now) {
      // Both are of one type; what is written for numbers here goes for bigints as well.
      const after = now[name] as Countable
      const before = last[name] as Countable
      const delta: Countable | number =
        after.since?.(before) ?? after.map?.((value, i) => value - (before[i] as number)) ?? after - before
      deltas[name] = delta
      rates[name] = (delta as Countable).map
        ? Float64Array.from(delta as unknown as Float64Array, rate)
        : rate(delta)
    }
    lastTime = time
    last = now
    return { seconds, deltas, rates } as Sample<S>
  }
}

/**
 * Calls back, once for each, when a worker that this thread started has ended, or a thread that died with it:
 * with the values of the keys that it has used, those of fold `none` too. Threads that used none are passed over.
 * The thread's row is free by then, its values are in `retired`, and the program's own `exit` listeners have run.
 * Keeps nothing alive. An error in the callback is an uncaught exception, and stops no other callback.
 * @returns a function that ends it.
 * @throws {TypeError} if the object was not made by `threadLocal`, or the callback is no function.
 */
export function onThreadExit<S extends Schema>(
  local: ThreadLocal<S>,
  callback: (exit: ThreadExit<S>) => void,
): () => void {
  const definition = definitionOf(local)
  if (typeof callback !== 'function') throw new TypeError(`${callback} is no function`)
  const witness: DeathWitness = (threadIds, defer = queueMicrotask) => {
    for (const exit of usersOf<S>(definition)) {
      // Later, so that an error in the callback keeps no row from being freed, and no other callback from its call.
      if (threadIds.has(exit.threadId)) defer(() => callback(exit))
    }
  }
  witnesses.add(witness)
  return () => void witnesses.delete(witness)
}

const usersOf = <S extends Schema>({ table, fields }: Definition): ThreadExit<S>[] =>
  readThreads(table.memory, fields) as ThreadExit<S>[]
