/*
 * A labelled key in its own thread: from labels to this thread's handles.
 */
import {
  internal,
  type Key,
  type LabelledChild,
  type LabelledReading,
  type LabelledSlots,
  type LabelledSpec,
  type OwnFamily,
  type Reading,
  type SlotSpec,
} from '../index.js'
import { labelStrings } from './label-strings.js'
import { childValues } from './labelled-reading.js'

/** Handles by a label's value; or by the first label's value, Maps of handles by the second one's, and so on. */
interface Handles extends Map<unknown, Handles> {}

/** Labels as they were given to `with`. */
type GivenLabels = { readonly [label: string]: unknown }

/** This thread's children of a labelled key. */
abstract class ChildHandles implements LabelledSlots<object, SlotSpec> {
  // What `with` reads is public, because private names cost twice as much on Node 20.
  /** The names of the labels. A subclass reads no more than there are. */
  declare readonly names: readonly [string, string, string, ...string[]]
  /** By label values as they were given: numbers and booleans are not strings here. */
  declare readonly handles: Handles
  readonly #family: OwnFamily
  #hasOverflowed = false

  constructor(family: OwnFamily) {
    this.#family = family
    // Not enumerable, because structuredClone(local) would try to copy them.
    Object.defineProperties(this, {
      names: { value: Object.keys(family.spec.labels) },
      handles: { value: new Map() },
    })
  }

  abstract with(labels: GivenLabels): never

  /** Finds or creates the child for labels that were not used here before. */
  bind(labels: GivenLabels): never {
    const family = this.#family
    const { keys, key, spec } = family
    const strings = labelStrings(key.name, labels, spec)
    const unlisted = Object.entries(spec.values).find(
      ([name, list]) => list && !list.includes(strings[name] as string),
    )
    const isOverflow = internal.childName(key.family, strings) === key.name
    const child =
      unlisted && !isOverflow
        ? `the definition doesn't list that value of '${unlisted[0]}'`
        : internal.internChild(keys, key, strings, spec.maxChildren)
    if (typeof child === 'string') {
      this.#warn(strings, child)
      return this.#handleOf(key)
    }
    const handle = this.#handleOf(child)
    let node = this.handles
    this.names.forEach((name, i) => {
      const isLast = i === this.names.length - 1
      const next = isLast ? handle : (node.get(labels[name]) ?? new Map())
      node.set(labels[name], next)
      node = next
    })
    return handle
  }

  #handleOf(child: Key): never {
    const handle = this.#family.handleOf(child)
    return (child.histogram ? handle.value : handle) as never
  }

  /** Warns, unless a thread has done so before. */
  #warn(labels: LabelledSpec['labels'], reason: string): void {
    if (this.#hasOverflowed) return
    this.#hasOverflowed = true
    const { key, keys } = this.#family
    if (!internal.noteOverflow(keys, key)) return
    const text = JSON.stringify(labels)
    const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text
    internal.warn(
      `'${key.name}' counts ${shown} as '${internal.OTHER}', because ${reason}`,
      'THREADSLOTS_LABELS',
    )
  }

  #values(): LabelledReading<object, Reading> {
    const children = this.#family.used()
    const values = children.map(
      (child): LabelledChild => [child, this.#family.handleOf(child).value as Reading],
    )
    return childValues(this.#family.key, this.#family.spec, values, true)
  }

  [Symbol.iterator](): Iterator<{ labels: object; value: Reading }> {
    return this.#values()[Symbol.iterator]()
  }

  toJSON(): { labels: object; value: Reading }[] {
    return [...this.#values()]
  }

  [Symbol.for('nodejs.util.inspect.custom')](): unknown {
    return this.#values()
  }
}

// `with` is written out for each number of labels, in a class each: one loop for all would take 1.1 to 1.5 times as long. About a
// third of what remains is loading the labels, by names that differ between definitions, so that V8 looks them up in a global cache.

class OneLabel extends ChildHandles {
  with(labels: GivenLabels): never {
    return (this.handles.get(labels?.[this.names[0]]) as never) ?? this.bind(labels)
  }
}

class TwoLabels extends ChildHandles {
  with(labels: GivenLabels): never {
    const node = this.handles.get(labels?.[this.names[0]])
    return (node?.get(labels[this.names[1]]) as never) ?? this.bind(labels)
  }
}

class ThreeLabels extends ChildHandles {
  with(labels: GivenLabels): never {
    const node = this.handles.get(labels?.[this.names[0]])?.get(labels[this.names[1]])
    return (node?.get(labels[this.names[2]]) as never) ?? this.bind(labels)
  }
}

class MoreLabels extends ChildHandles {
  with(labels: GivenLabels): never {
    let node: Handles | undefined = this.handles
    for (let i = 0; i < this.names.length && node; i++) node = node.get(labels?.[this.names[i] as string])
    return (node as never) ?? this.bind(labels)
  }
}

const CLASSES = [OneLabel, TwoLabels, ThreeLabels]

/** A labelled key as its own thread sees it. */
export function childHandles(family: OwnFamily): LabelledSlots<object, SlotSpec> {
  const ChildHandlesClass = CLASSES[Object.keys(family.spec.labels).length - 1] ?? MoreLabels
  return new ChildHandlesClass(family)
}
