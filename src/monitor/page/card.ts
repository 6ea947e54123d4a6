/*
 * A card: a key's name, numbers and chart, or those of a labelled key and its children.
 */
import type { WireKey } from '../wire.js'
import { Bars } from './bars.js'
import { Chart } from './chart.js'
import { create, write } from './dom.js'
import { amount, duration, fullAmount, NO_VALUE } from './format.js'
import { type History, PERCENTILE_SECONDS, PERCENTILES } from './history.js'
import { type ChartKeys, labelText } from './key-groups.js'
import { Legend } from './legend.js'
import { type Series, seriesOf, totalOf, usedKeys } from './series.js'
import { lineColour, REST_COLOUR } from './theme.js'

/** Dashes of p50, p90 and p99: colours mustn't be all that tells them apart. */
const PERCENTILE_DASHES = [[], [6, 3], [2, 3]] as const
/** What a key of each fold shows. */
const FOLDS = { none: '', min: 'smallest', max: 'largest' } as const
/** Children of a labelled vector that are shown. */
const MAX_STRIPS = 4

export class Card {
  readonly element: HTMLElement
  readonly #total: HTMLElement = create('strong')
  readonly #now: HTMLElement = create('span', 'now')
  readonly #plot: HTMLElement = create('div', 'plot')
  readonly #note: HTMLElement = create('p', 'note')
  readonly #legend = new Legend()
  readonly #bars = new Bars()
  /** Numbers of the colours of a labelled key's children. A child keeps its colour while it is drawn. */
  readonly #colours = new Map<string, number>()
  readonly #unit: string | undefined
  #keys: ChartKeys
  #chart: Chart | undefined
  #history: History | undefined
  #series: readonly Series[] = []
  /** The index of the time under the cursor. */
  #cursor: number | undefined

  constructor(keys: ChartKeys) {
    const { name, title, kind, labels } = keys
    const [{ unit, help = '', fold, retire }] = keys.keys as [WireKey]
    this.#keys = keys
    this.#unit = unit
    const heading = create('h4', '', title)
    const about = [
      fold === 'sum' ? (retire ? '' : 'of running threads') : FOLDS[fold],
      labels && `by ${labels.join(', ')}`,
    ]
    heading.append(create('small', '', ` ${about.filter(Boolean).join(', ')}`))
    const figures = create('p', 'figures', this.#total, ' ', this.#now)
    const body = kind === 'bars' ? [this.#bars.element] : [this.#plot, this.#legend.element]
    this.element = create('article', 'card', heading, figures, ...body, this.#note, create('p', 'help', help))
    this.element.dataset.key = name
    this.#plot.setAttribute('role', 'img')
    this.#plot.setAttribute('aria-label', `${name} over time`)
  }

  /** Takes notice of new children. */
  setKeys(keys: ChartKeys): void {
    this.#keys = keys
  }

  /** True if a text in lower case is part of the key's name, help or labels. */
  matches(text: string): boolean {
    const { name, keys } = this.#keys
    return [name, keys[0]?.help ?? '', ...keys.map(labelText)].some(part => part.toLowerCase().includes(text))
  }

  /** Draws the card as it is now. */
  show(history: History): void {
    this.#history = history
    if (this.#keys.kind === 'bars') this.#showBars(history)
    else this.#showLines(history)
  }

  #showLines(history: History): void {
    const { series, hidden } = seriesOf(this.#keys, history)
    this.#series = series
    this.#assignColours()
    const lines = series.map((line, i) => ({ ...line, ...this.#styleOf(line, i) }))
    this.#chart ??= new Chart(this.#plot, this.#format, index => {
      this.#cursor = index
      this.#showFigures()
    })
    this.#chart.show(history.times, lines)
    this.#showFigures()
    write(this.#note, this.#notes(hidden))
  }

  /** Removes the chart of a card that nobody sees: each canvas takes hundreds of kilobytes. */
  hide(): void {
    this.#chart?.destroy()
    this.#chart = undefined
    this.#cursor = undefined
  }

  #showBars(history: History): void {
    const { keys } = this.#keys
    const vectors = usedKeys(keys, history).flatMap(key => {
      const values = history.totalOf(key) as ArrayLike<number | bigint> | undefined
      return values ? [{ label: labelText(key), values }] : []
    })
    this.#bars.show(vectors.slice(0, MAX_STRIPS), this.#unit)
    write(this.#note, vectors.length > MAX_STRIPS ? `${vectors.length - MAX_STRIPS} more aren’t shown.` : '')
  }

  /** Total, rate and legend: the latest ones, or those under the cursor. */
  #showFigures(): void {
    const history = this.#history as History
    const { kind, labels } = this.#keys
    const total = totalOf(this.#keys, history)
    const at = ({ values }: Series) => values.at(this.#cursor ?? -1) ?? undefined
    const [line] = this.#series
    write(this.#total, total === undefined ? '' : this.#totalText(total))
    const rate = kind === 'rate' && !labels ? line && at(line) : undefined
    const ago = this.#cursor === undefined ? '' : this.#timeText(history, this.#cursor)
    write(this.#now, [rate === undefined ? '' : this.#format(rate), ago].filter(Boolean).join(' '))
    this.#legend.show(
      this.#series
        .map((line, i) => ({ line, i }))
        .filter(({ line }) => line.label)
        .map(({ line, i }) => {
          const value = at(line)
          return {
            id: line.id,
            label: line.label,
            ...this.#styleOf(line, i),
            value: value === undefined ? NO_VALUE : this.#format(value),
          }
        }),
    )
  }

  #totalText(total: number | bigint): string {
    const { kind } = this.#keys
    if (kind === 'percentiles') return fullAmount(total, 'recorded')
    // Three digits of a gauge are enough, if its unit can be abbreviated.
    return kind === 'value' && this.#unit ? amount(Number(total), this.#unit) : fullAmount(total, this.#unit)
  }

  #timeText({ times }: History, index: number): string {
    return `${duration(1000 * Math.round((times.at(-1) as number) - (times[index] as number)))} ago`
  }

  #notes(hidden: number): string {
    const { kind, labels } = this.#keys
    return [
      kind === 'percentiles' ? `${labels ? 'p99' : 'Percentiles'} of the last ${PERCENTILE_SECONDS} s.` : '',
      hidden > 0 ? `${hidden} more aren’t drawn.` : '',
    ].join(' ')
  }

  #assignColours(): void {
    if (!this.#keys.labels) return
    const ids = this.#series.filter(({ isRest }) => !isRest).map(({ id }) => id)
    for (const id of this.#colours.keys()) if (!ids.includes(id)) this.#colours.delete(id)
    const taken = new Set(this.#colours.values())
    for (const id of ids) {
      if (this.#colours.has(id)) continue
      let colour = 0
      while (taken.has(colour)) colour++
      taken.add(colour)
      this.#colours.set(id, colour)
    }
  }

  #styleOf({ id, isRest }: Series, i: number): { colour: string; dash: readonly number[] } {
    const isPercentile = this.#keys.kind === 'percentiles' && !this.#keys.labels
    return {
      colour: isRest ? REST_COLOUR : lineColour(this.#colours.get(id) ?? i),
      dash: isRest ? [2, 3] : isPercentile && i < PERCENTILES.length ? (PERCENTILE_DASHES[i] ?? []) : [],
    }
  }

  readonly #format = (value: number): string => {
    const text = amount(value, this.#unit)
    return this.#keys.kind === 'rate' ? `${text}/s` : text
  }
}
