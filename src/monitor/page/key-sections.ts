/*
 * The charts of all keys, in one section per definition that can be closed. Only charts in view are drawn.
 */

import type { WireKey } from '../wire.js'
import { Card } from './card.js'
import { create, write } from './dom.js'
import { plural } from './format.js'
import type { History } from './history.js'
import { groupKeys, type KeyGroup } from './key-groups.js'

/** Cards are drawn when they come this near. */
const MARGIN = '200px'

interface Section {
  readonly element: HTMLDetailsElement
  readonly count: HTMLElement
  readonly grid: HTMLElement
  readonly cards: Map<string, Card>
}

export class KeySections {
  readonly #target: HTMLElement
  readonly #empty: HTMLElement
  readonly #filter: HTMLInputElement
  readonly #noMatch: HTMLElement
  readonly #sections = new Map<string, Section>()
  readonly #cards = new Map<Element, Card>()
  readonly #inView = new Set<Card>()
  readonly #observer: IntersectionObserver
  #history: History
  #keyCount = 0

  constructor(
    {
      target,
      empty,
      filter,
      noMatch,
    }: {
      readonly target: HTMLElement
      readonly empty: HTMLElement
      readonly filter: HTMLInputElement
      readonly noMatch: HTMLElement
    },
    history: History,
  ) {
    this.#target = target
    this.#empty = empty
    this.#filter = filter
    this.#noMatch = noMatch
    this.#history = history
    this.#observer = new IntersectionObserver(entries => this.#notice(entries), { rootMargin: MARGIN })
    filter.addEventListener('input', () => this.#applyFilter())
  }

  /** Begins from nothing, for another process. */
  reset(history: History): void {
    for (const card of this.#cards.values()) card.hide()
    this.#observer.disconnect()
    this.#sections.clear()
    this.#cards.clear()
    this.#inView.clear()
    this.#target.replaceChildren()
    this.#keyCount = 0
    this.#history = history
  }

  show(keys: readonly WireKey[]): void {
    if (keys.length !== this.#keyCount) {
      this.#keyCount = keys.length
      for (const group of groupKeys(keys)) this.#update(group)
      this.#applyFilter()
    }
    this.#empty.hidden = this.#sections.size > 0
    for (const card of this.#inView) card.show(this.#history)
  }

  #update({ name, charts }: KeyGroup): void {
    const section = this.#sections.get(name) ?? this.#add(name)
    for (const keys of charts) {
      const card = section.cards.get(keys.name)
      if (card) card.setKeys(keys)
      else this.#addCard(section, keys.name, new Card(keys))
    }
    write(section.count, plural(charts.length, 'key'))
  }

  #add(name: string): Section {
    const count = create('span', 'count')
    const grid = create('div', 'cards')
    const summary = create('summary', '', create('h3', '', name || 'Other keys'), ' ', count)
    const element = create('details', 'group', summary, grid)
    element.open = true
    element.dataset.group = name
    const section = { element, count, grid, cards: new Map<string, Card>() }
    this.#sections.set(name, section)
    this.#target.append(element)
    return section
  }

  #addCard({ cards, grid }: Section, name: string, card: Card): void {
    cards.set(name, card)
    this.#cards.set(card.element, card)
    grid.append(card.element)
    this.#observer.observe(card.element)
  }

  #notice(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const card = this.#cards.get(target)
      if (!card) continue
      if (isIntersecting) {
        this.#inView.add(card)
        card.show(this.#history)
      } else {
        this.#inView.delete(card)
        card.hide()
      }
    }
  }

  #applyFilter(): void {
    const wanted = this.#filter.value.trim().toLowerCase()
    let isAny = this.#sections.size === 0
    for (const { element, cards } of this.#sections.values()) {
      let isShown = false
      for (const card of cards.values()) {
        const matches = card.matches(wanted)
        card.element.hidden = !matches
        isShown ||= matches
      }
      element.hidden = !isShown
      isAny ||= isShown
    }
    this.#noMatch.hidden = isAny
  }
}
