/*
 * The table of running threads. Rows are changed in place, so that buttons keep the focus.
 */
import type { WireKey } from '../wire.js'
import { arrange, create, write } from './dom.js'
import { amount, duration, fullAmount, NO_VALUE, plural } from './format.js'
import type { History } from './history.js'
import { familyOf, isOverflow, labelText, splitName } from './key-groups.js'
import { comparableKeys, numberIn, selectThreads, type Thread, threadRate } from './thread-rows.js'
import { textsOf } from './verdict.js'

/** Rows at first, and by how many more there are when the user asks for more. */
const FIRST_ROWS = 12
const MORE_ROWS = 50

/** A thread whose slots changed since is busy enough: there's no need to say when. */
const QUIET_MS = 2000
/** Elements of a vector that are written out. */
const MAX_ELEMENTS = 16

export interface ThreadsTableParts {
  readonly body: HTMLTableSectionElement
  readonly filter: HTMLInputElement
  readonly key: HTMLSelectElement
  readonly keyHeading: HTMLElement
  readonly more: HTMLButtonElement
  readonly shown: HTMLElement
}

interface Row {
  readonly element: HTMLTableRowElement
  readonly button: HTMLButtonElement
  readonly texts: HTMLElement
  readonly state: HTMLElement
  readonly since: HTMLElement
  readonly value: HTMLElement
  readonly rate: HTMLElement
  /** The row below, which lists all values. */
  readonly details: HTMLTableRowElement
  readonly list: HTMLElement
}

export class ThreadsTable {
  readonly #parts: ThreadsTableParts
  readonly #rows = new Map<number, Row>()
  #limit = FIRST_ROWS
  #keys: readonly WireKey[] = []
  #threads: readonly Thread[] = []
  #earlier: ReadonlyMap<number, Thread> = new Map()
  #seconds = 0
  #history: History | undefined

  constructor(parts: ThreadsTableParts) {
    this.#parts = parts
    parts.filter.addEventListener('input', () => this.#draw())
    parts.key.addEventListener('change', () => this.#draw())
    parts.more.addEventListener('click', () => {
      this.#limit += MORE_ROWS
      this.#draw()
    })
  }

  /** @param history that of the process. Rates are those between its latest two readings. */
  show(history: History, keys: readonly WireKey[]): void {
    const { reading, times } = history
    if (!reading) return
    const isOther = history !== this.#history
    this.#history = history
    this.#earlier = isOther ? new Map() : new Map(this.#threads.map(thread => [thread.threadId, thread]))
    this.#seconds = (times.at(-1) as number) - (times.at(-2) ?? Number.NaN)
    this.#threads = reading.threads
    if (isOther || keys.length !== this.#keys.length) this.#offer(keys)
    this.#draw()
  }

  /** Offers the keys by which threads can be compared, and keeps the user's choice. */
  #offer(keys: readonly WireKey[]): void {
    this.#keys = keys
    const { key: select } = this.#parts
    const chosen = select.value
    const groups = new Map<string, HTMLOptGroupElement>()
    for (const { name } of comparableKeys(keys)) {
      const { group, title } = splitName(name)
      const options = groups.get(group) ?? create('optgroup')
      options.label = group || 'Other keys'
      options.append(new Option(title, name))
      groups.set(group, options)
    }
    select.replaceChildren(...groups.values())
    if (chosen && comparableKeys(keys).some(({ name }) => name === chosen)) select.value = chosen
  }

  #draw(): void {
    const { body, filter, key: select, keyHeading, more, shown } = this.#parts
    const found = selectThreads(this.#threads, filter.value)
    const visible = found.slice(0, this.#limit)
    const key = this.#keys.find(({ name }) => name === select.value)
    write(keyHeading, key ? splitName(key.name).title : '')
    const ids = new Set(visible.map(({ threadId }) => threadId))
    for (const threadId of this.#rows.keys()) if (!ids.has(threadId)) this.#rows.delete(threadId)
    const elements = visible.flatMap(thread => {
      const row = this.#rows.get(thread.threadId) ?? this.#add(thread.threadId)
      this.#fill(row, thread, key)
      return [row.element, row.details]
    })
    arrange(body, elements)
    const left = found.length - visible.length
    more.hidden = left === 0
    write(more, `Show ${Math.min(left, MORE_ROWS)} more`)
    write(
      shown,
      found.length === 0
        ? 'No thread matches.'
        : left > 0
          ? `${visible.length} of ${plural(found.length, 'thread')}`
          : '',
    )
  }

  #add(threadId: number): Row {
    const [button, texts] = [create('button', 'thread'), create('p', 'texts')]
    const [state, since] = [create('span', 'state'), create('span', 'since')]
    const [value, rate] = [create('span', 'value'), create('span', 'since')]
    const heading = create('th', '', button, texts)
    heading.scope = 'row'
    const element = create(
      'tr',
      '',
      heading,
      create('td', '', state, ' ', since),
      create('td', 'number', value, ' ', rate),
    )
    element.dataset.thread = `${threadId}`
    const list = create('dl')
    const cell = create('td', '', list)
    cell.colSpan = 3
    const details = create('tr', 'details', cell)
    details.hidden = true
    details.id = `thread-${threadId}`
    button.type = 'button'
    button.setAttribute('aria-expanded', 'false')
    button.setAttribute('aria-controls', details.id)
    button.addEventListener('click', () => {
      details.hidden = !details.hidden
      button.setAttribute('aria-expanded', `${!details.hidden}`)
      this.#draw()
    })
    const row = { element, button, texts, state, since, value, rate, details, list }
    this.#rows.set(threadId, row)
    return row
  }

  #fill(row: Row, thread: Thread, key: WireKey | undefined): void {
    const { threadId, threadName, state, unchangedMs, blockedMs = 0 } = thread
    write(
      row.button,
      `${threadId}${threadId === 0 ? ' main' : ''}${threadName === undefined ? '' : ` ${threadName}`}`,
    )
    write(row.texts, textsOf(thread).join(' · '))
    write(row.state, state)
    row.state.className = `state ${state}`
    const since =
      state === 'blocked'
        ? `for ${duration(blockedMs)}`
        : unchangedMs < QUIET_MS
          ? ''
          : `unchanged ${duration(unchangedMs)}`
    write(row.since, since)
    const value = key && numberIn(thread, key)
    write(
      row.value,
      value === undefined ? NO_VALUE : amount(Number(value), key?.histogram ? undefined : key?.unit),
    )
    const rate = key && threadRate(thread, key, this.#earlier.get(threadId), this.#seconds)
    write(row.rate, rate === undefined ? '' : `${amount(rate, key?.histogram ? undefined : key?.unit)}/s`)
    if (!row.details.hidden) this.#list(row.list, thread)
  }

  /** All values of a thread. */
  #list(list: HTMLElement, { values }: Thread): void {
    const entries = this.#keys
      .filter(key => values[key.name] !== undefined && !(isOverflow(key) && Number(values[key.name]) === 0))
      .map(key => ({
        name: key.labels ? `${familyOf(key)} (${labelText(key)})` : key.name,
        text: valueText(values[key.name], key),
      }))
    while (list.children.length > entries.length) list.lastElementChild?.remove()
    while (list.children.length < entries.length) list.append(create('div', '', create('dt'), create('dd')))
    entries.forEach(({ name, text }, i) => {
      const [term, definition] = (list.children[i] as Element).children as unknown as [Element, Element]
      write(term, name)
      write(definition, text)
    })
  }
}

/** A value with all its digits; a vector's first elements; the figures of a histogram. */
function valueText(value: unknown, { unit, histogram }: WireKey): string {
  if (typeof value === 'string') return value || NO_VALUE
  if (typeof value === 'number' || typeof value === 'bigint') return fullAmount(value, unit)
  if (histogram !== 0) {
    const {
      count,
      p50 = Number.NaN,
      p99 = Number.NaN,
    } = (value as { toJSON(): { [figure: string]: number } }).toJSON()
    return count
      ? `${fullAmount(count, 'recorded')}, p50 ${amount(p50, unit)}, p99 ${amount(p99, unit)}`
      : 'none recorded'
  }
  const elements = Array.from(value as ArrayLike<number | bigint>, element => fullAmount(element, undefined))
  return `${elements.slice(0, MAX_ELEMENTS).join(' ')}${elements.length > MAX_ELEMENTS ? ` … (${elements.length})` : ''}`
}
