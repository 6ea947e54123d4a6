/*
 * The reference model: a list of what threads have acknowledged, and the values, threads and keys that follow from it.
 * It shares no code with the library.
 */

export type Value = number | bigint | string | readonly bigint[]

/** Something that a thread has acknowledged. */
export type Fact =
  /** From here on, the thread may own a row. Its name is its id. */
  | { readonly kind: 'attach'; readonly threadId: number }
  /** These threads are dead and have been released. */
  | { readonly kind: 'release'; readonly threadIds: readonly number[] }
  /** The thread has used a key, and its slot holds this value. */
  | { readonly kind: 'set'; readonly threadId: number; readonly name: string; readonly value: Value }
  /** The thread has got another name. */
  | { readonly kind: 'name'; readonly threadId: number; readonly name: string }
  /** A key has this id, place and definition (as text), permanently. */
  | { readonly kind: 'key'; readonly name: string; readonly key: string }

/** What must be readable after a history. */
export interface Expected {
  /** The values by name of each thread that ever used a key, including dead threads. */
  readonly values: ReadonlyMap<number, ReadonlyMap<string, Value>>
  readonly running: ReadonlySet<number>
  readonly names: ReadonlyMap<number, string>
  readonly keys: ReadonlyMap<string, string>
}

const textOf = (fact: Fact): string =>
  Object.values(fact)
    .map(part => `${part}`)
    .join(' ')

/** An immutable list of facts. Equal lists are the same object, so a history can be compared by its `id`. */
export class History {
  static #count = 0
  /** Identifies the whole list. */
  readonly id: number = History.#count++
  readonly facts: readonly Fact[]
  readonly #successors = new Map<string, History>()
  #expected: Expected | undefined

  constructor(facts: readonly Fact[] = []) {
    this.facts = facts
  }

  /** This history followed by one more fact. */
  with(fact: Fact): History {
    const text = textOf(fact)
    let successor = this.#successors.get(text)
    if (!successor) {
      successor = new History([...this.facts, fact])
      this.#successors.set(text, successor)
    }
    return successor
  }

  get expected(): Expected {
    this.#expected ??= expectedAfter(this.facts)
    return this.#expected
  }
}

function expectedAfter(facts: readonly Fact[]): Expected {
  const values = new Map<number, Map<string, Value>>()
  const running = new Set<number>()
  const names = new Map<number, string>()
  const keys = new Map<string, string>()
  for (const fact of facts) {
    if (fact.kind === 'attach') {
      running.add(fact.threadId)
      names.set(fact.threadId, `${fact.threadId}`)
    } else if (fact.kind === 'name') names.set(fact.threadId, fact.name)
    else if (fact.kind === 'release') for (const threadId of fact.threadIds) running.delete(threadId)
    else if (fact.kind === 'set') {
      const own = values.get(fact.threadId) ?? new Map<string, Value>()
      values.set(fact.threadId, own.set(fact.name, fact.value))
    } else {
      const known = keys.get(fact.name) ?? fact.key
      if (known !== fact.key) throw new Error(`key ${fact.name} has changed from ${known} to ${fact.key}`)
      keys.set(fact.name, fact.key)
    }
  }
  return { values, running, names, keys }
}

/** The fold of a key over the chosen threads, as text. Without any such thread, it is the fold's identity. */
export function foldOf(
  values: Expected['values'],
  name: string,
  { fold, length }: { readonly fold: string; readonly length: number | undefined },
  includes: (threadId: number) => boolean = () => true,
): string {
  const identity = fold === 'min' ? Infinity : fold === 'max' ? -Infinity : 0
  const elements: number[] = Array.from({ length: length ?? 1 }, () => identity)
  for (const [threadId, own] of values) {
    const value = own.get(name)
    if (value === undefined || !includes(threadId)) continue
    // Every value is a small whole number, whatever its type, so a number holds it exactly.
    const others = typeof value === 'object' ? value.map(Number) : [Number(value)]
    others.forEach((other, i) => {
      const element = elements[i] as number
      if (fold === 'sum') elements[i] = element + other
      else elements[i] = fold === 'min' ? Math.min(element, other) : Math.max(element, other)
    })
  }
  return `${elements}`
}
