/*
 * What a reader may see while other threads go on: values between what was acknowledged before its call began and what
 * was acknowledged when it returned. (invariants.ts covers reading while nobody else runs.)
 */
import type { Key } from '../../../src/protocol/keys.js'
import { foldOf, type History, type Value } from './history.js'
import { assertSame } from './invariants.js'
import { current } from './state.js'

/** Fails unless each element of a fold lies between its values in two states. */
function assertBetween(read: unknown, first: string, last: string, what: string): void {
  const [found, from, to] = [`${read}`, first, last].map(text => text.split(',').map(Number))
  assertSame(found?.length, from?.length, `number of elements of ${what}`)
  found?.forEach((element, i) => {
    const limits = [from?.[i] as number, to?.[i] as number]
    if (element < Math.min(...limits) || element > Math.max(...limits) || Number.isNaN(element))
      throw new Error(`${what}: got ${read}, expected a value between ${first} and ${last}`)
  })
}

/** The values that a thread's slot has had since the end of a history. */
function valuesSince(
  { facts, expected }: History,
  threadId: number,
  name: string,
): readonly (Value | undefined)[] {
  const since = current.history.facts.slice(facts.length)
  const later = since.flatMap(fact =>
    fact.kind === 'set' && fact.threadId === threadId && fact.name === name ? [fact.value] : [],
  )
  return [expected.values.get(threadId)?.get(name), ...later]
}

/** Opens when it is created. Its methods check what has been read since. */
export class ReadWindow {
  readonly #start: History = current.history

  /** Checks folds over all threads, or over dead ones, that were read before `end`. */
  checkFolds(
    read: { readonly [name: string]: unknown },
    keys: readonly Key[],
    scope: 'all' | 'retired' = 'all',
    end: History = current.history,
  ): void {
    for (const key of keys) {
      if (!(key.name in read)) continue
      const what = `${scope} ${key.name}`
      if (!key.retire) {
        this.#checkDropped(Number(read[key.name]), key, scope, end, what)
        continue
      }
      const [first = '', last = ''] = [this.#start, end].map(({ expected: { values, running } }) =>
        foldOf(values, key.name, key, threadId => scope === 'all' || !running.has(threadId)),
      )
      assertBetween(read[key.name], first, last, what)
    }
  }

  /** Checks a sum of positive values that are dropped when their threads end. It may rise and fall in any order. */
  #checkDropped(read: number, { name }: Key, scope: 'all' | 'retired', end: History, what: string): void {
    let [least, greatest] = [0, 0]
    const [before, after] = [this.#start.expected, end.expected]
    for (const [threadId, values] of after.values) {
      if (scope === 'retired') continue
      const own = [before, after].map(({ values, running }) =>
        running.has(threadId) ? Number(values.get(threadId)?.get(name) ?? 0) : 0,
      )
      least += Math.min(...own)
      // A thread may have come and gone.
      const wasRunning = before.running.has(threadId) || !before.values.has(threadId)
      greatest += wasRunning ? Math.max(...own, Number(values.get(name) ?? 0)) : 0
    }
    if (!(read >= least && read <= greatest))
      throw new Error(`${what}: got ${read}, expected a value from ${least} to ${greatest}`)
  }

  /** Checks a value that was read in place: undefined if the thread was dead at any time during the call. */
  checkInPlace(threadId: number, name: string, read: unknown): void {
    const [before, after] = [this.#start.expected, current.history.expected]
    const possible = valuesSince(this.#start, threadId, name)
    const what = `${name} of thread ${threadId}, read in place`
    if (read === undefined) {
      const wasThere = before.running.has(threadId) && before.values.get(threadId)?.has(name)
      if (wasThere && after.running.has(threadId)) throw new Error(`${what}, is missing`)
    } else if (!before.running.has(threadId) || !possible.some(one => `${one}` === `${read}`))
      throw new Error(`${what}: got ${read}, expected one of ${possible}`)
  }

  /** Checks the list of running threads and their values of some keys. */
  checkThreads(read: Iterable<readonly [threadId: number, values: object]>, names: readonly string[]): void {
    const [before, after] = [this.#start.expected, current.history.expected]
    const listed = new Map(read)
    for (const [threadId, values] of listed) {
      const wasDead = before.values.has(threadId) && !before.running.has(threadId)
      if (wasDead || !after.values.has(threadId))
        throw new Error(`thread ${threadId} is listed, but it wasn't running at any time during the call`)
      for (const [name, value] of Object.entries(values)) {
        const possible = valuesSince(this.#start, threadId, name)
        if (!possible.some(one => one !== undefined && `${one}` === `${value}`))
          throw new Error(`${name} of thread ${threadId}: got ${value}, expected one of ${possible}`)
      }
    }
    for (const [threadId, values] of before.values) {
      if (!before.running.has(threadId) || !after.running.has(threadId)) continue
      for (const name of names) {
        if (values.has(name) && !(name in (listed.get(threadId) ?? {})))
          throw new Error(`${name} of thread ${threadId} isn't listed, but it was in use all the time`)
      }
    }
  }
}
