/*
 * A chart's legend: each line's colour, name and value.
 */
import { arrange, create, write } from './dom.js'

export interface LegendEntry {
  /** Stays the same while the line means the same. */
  readonly id: string
  readonly label: string
  /** The name of a custom property of the style sheet. */
  readonly colour: string
  readonly dash: readonly number[]
  readonly value: string
}

interface Item {
  readonly element: HTMLLIElement
  readonly swatch: HTMLElement
  readonly label: HTMLElement
  readonly value: HTMLElement
}

export class Legend {
  readonly element: HTMLUListElement = create('ul', 'legend')
  readonly #items = new Map<string, Item>()

  show(entries: readonly LegendEntry[]): void {
    const ids = new Set(entries.map(({ id }) => id))
    for (const id of this.#items.keys()) if (!ids.has(id)) this.#items.delete(id)
    const items = entries.map(({ id, label, colour, dash, value }) => {
      const item = this.#items.get(id) ?? this.#add(id)
      item.swatch.style.borderColor = `var(${colour})`
      item.swatch.style.borderBlockStartStyle = dash.length > 0 ? 'dashed' : 'solid'
      write(item.label, label)
      write(item.value, value)
      return item.element
    })
    arrange(this.element, items)
  }

  #add(id: string): Item {
    const [swatch, label, value] = [
      create('span', 'swatch'),
      create('span', 'label'),
      create('span', 'value'),
    ]
    swatch.setAttribute('aria-hidden', 'true')
    const item = { element: create('li', '', swatch, label, value), swatch, label, value }
    this.#items.set(id, item)
    return item
  }
}
