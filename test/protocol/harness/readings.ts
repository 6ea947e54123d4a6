/*
 * What readers may get while others go on: something between what was acknowledged before they began and what was
 * when they ended. (What is read while nobody goes on is in checks.ts.)
 */
import type { Key } from '../../../src/protocol/keys.js'
import { same } from './checks.js'
import { foldOf, type History, type Value } from './history.js'
import { world } from './world.js'

/** Fails unless each element of a fold is between its values in two states. */
function between(read: unknown, first: string, last: string, what: string): void {
  const [found, from, to] = [`${read}`, first, last].map(words => words.split(',').map(Number))
  same(found?.length, from?.length, `elements of ${what}`)
  found?.forEach((element, i) => {
    const limits = [from?.[i] as number, to?.[i] as number]
    if (element < Math.min(...limits) || element > Math.max(...limits) || Number.isNaN(element))
      throw new Error(`${what}: read ${read}, between ${first} and ${last}`)
  })
}

/** The values that a thread had of a key at some instant since then. */
function valuesSince(
  { facts, state }: History,
  threadId: number,
  name: string,
): readonly (Value | undefined)[] {
  const since = world.history.facts.slice(facts.length)
  const later = since.flatMap(fact =>
    fact.does === 'set' && fact.threadId === threadId && fact.name === name ? [fact.value] : [],
  )
  return [state.values.get(threadId)?.get(name), ...later]
}

/** What was acknowledged when something began: to be asked about what was read since. */
export class Since {
  readonly #start: History = world.history

  /** Folds over all threads, or over dead ones, that were read before `end`. */
  folds(
    read: { readonly [name: string]: unknown },
    keys: readonly Key[],
    scope: 'all' | 'retired' = 'all',
    end: History = world.history,
  ): void {
    for (const key of keys) {
      if (!(key.name in read)) continue
      const [first = '', last = ''] = [this.#start, end].map(({ state: { values, alive } }) =>
        foldOf(values, key.name, key, threadId => scope === 'all' || !alive.has(threadId)),
      )
      between(read[key.name], first, last, `${scope} ${key.name}`)
    }
  }

  /** Running threads and their values of some keys. */
  threads(read: Iterable<readonly [threadId: number, values: object]>, names: readonly string[]): void {
    const [before, after] = [this.#start.state, world.history.state]
    const listed = new Map(read)
    for (const [threadId, values] of listed) {
      const wasDead = before.values.has(threadId) && !before.alive.has(threadId)
      if (wasDead || !after.values.has(threadId)) throw new Error(`thread ${threadId} is listed`)
      for (const [name, value] of Object.entries(values)) {
        const possible = valuesSince(this.#start, threadId, name)
        if (!possible.some(one => one !== undefined && `${one}` === `${value}`))
          throw new Error(`${name} of thread ${threadId}: ${value}, never more than ${possible}`)
      }
    }
    for (const [threadId, values] of before.values) {
      if (!before.alive.has(threadId) || !after.alive.has(threadId)) continue
      for (const name of names) {
        if (values.has(name) && !(name in (listed.get(threadId) ?? {})))
          throw new Error(`${name} of thread ${threadId} is not listed`)
      }
    }
  }
}
