/*
 * The plain model: a list of what each thread has acknowledged, and what follows from that.
 */

export type Value = number | bigint | readonly bigint[]

/** A thread's word for something that is done. Kinds that name no value or key leave them out. */
export type Fact =
  /** It may own a row from here on. */
  | { readonly does: 'attach'; readonly threadId: number }
  /** These were released. */
  | { readonly does: 'die'; readonly threadIds: readonly number[] }
  /** Its slot of a key is in use, and holds this. */
  | { readonly does: 'set'; readonly threadId: number; readonly name: string; readonly value: Value }
  /** A key is this, for ever: its id, place and definition, in words. */
  | { readonly does: 'know'; readonly name: string; readonly key: string }

/** What follows from a history. */
export interface State {
  /** Of each thread that ever used a key, dead ones too: its values by name. */
  readonly values: ReadonlyMap<number, ReadonlyMap<string, Value>>
  readonly alive: ReadonlySet<number>
  readonly keys: ReadonlyMap<string, string>
}

const wordsOf = (fact: Fact): string =>
  Object.values(fact)
    .map(word => `${word}`)
    .join(' ')

/** A list of facts, never changed: the same facts in the same order are the same object. */
export class History {
  static #count = 0
  /** Stands for the whole list. */
  readonly id: number = History.#count++
  readonly facts: readonly Fact[]
  readonly #next = new Map<string, History>()
  #state: State | undefined

  constructor(facts: readonly Fact[] = []) {
    this.facts = facts
  }

  and(fact: Fact): History {
    const words = wordsOf(fact)
    let next = this.#next.get(words)
    if (!next) {
      next = new History([...this.facts, fact])
      this.#next.set(words, next)
    }
    return next
  }

  get state(): State {
    this.#state ??= stateOf(this.facts)
    return this.#state
  }
}

function stateOf(facts: readonly Fact[]): State {
  const values = new Map<number, Map<string, Value>>()
  const alive = new Set<number>()
  const keys = new Map<string, string>()
  for (const fact of facts) {
    if (fact.does === 'attach') alive.add(fact.threadId)
    else if (fact.does === 'die') for (const threadId of fact.threadIds) alive.delete(threadId)
    else if (fact.does === 'set') {
      const own = values.get(fact.threadId) ?? new Map<string, Value>()
      values.set(fact.threadId, own.set(fact.name, fact.value))
    } else {
      const known = keys.get(fact.name) ?? fact.key
      if (known !== fact.key) throw new Error(`key ${fact.name} was ${known}, and is ${fact.key}`)
      keys.set(fact.name, fact.key)
    }
  }
  return { values, alive, keys }
}

/** The fold of a key over some threads, in words; without any: its identity. */
export function foldOf(
  values: State['values'],
  name: string,
  { fold, length }: { readonly fold: string; readonly length: number | undefined },
  isIn: (threadId: number) => boolean = () => true,
): string {
  const nothing = fold === 'min' ? Infinity : fold === 'max' ? -Infinity : 0
  const elements: number[] = Array.from({ length: length ?? 1 }, () => nothing)
  for (const [threadId, own] of values) {
    const value = own.get(name)
    if (value === undefined || !isIn(threadId)) continue
    // Small whole numbers, whatever their type.
    const others = typeof value === 'object' ? value.map(Number) : [Number(value)]
    others.forEach((other, i) => {
      const element = elements[i] as number
      if (fold === 'sum') elements[i] = element + other
      else elements[i] = fold === 'min' ? Math.min(element, other) : Math.max(element, other)
    })
  }
  return `${elements}`
}
