/*
 * Vectors as strips of bars.
 */
import { create, write } from './dom.js'
import { amount, plural } from './format.js'
import { barsOf, placeBars } from './series.js'

const MAX_BARS = 64

interface Strip {
  readonly label: HTMLElement
  readonly plot: HTMLElement
}

/** Strips of bars, one above the other, each with a label. */
export class Bars {
  readonly element: HTMLElement = create('div', 'strips')
  readonly #strips: Strip[] = []

  show(
    vectors: readonly { readonly label: string; readonly values: ArrayLike<number | bigint> }[],
    unit?: string,
  ): void {
    while (this.#strips.length < vectors.length) this.#add()
    vectors.forEach(({ label, values }, i) => {
      showStrip(this.#strips[i] as Strip, label, values, unit)
    })
  }

  #add(): void {
    const strip = { label: create('p', 'note'), plot: create('div', 'bars') }
    strip.plot.setAttribute('role', 'img')
    this.#strips.push(strip)
    this.element.append(strip.label, strip.plot)
  }
}

function showStrip(
  { label, plot }: Strip,
  name: string,
  values: ArrayLike<number | bigint>,
  unit?: string,
): void {
  const [furthest = 0] = barsOf(values, 1)
  const at = Array.from(values, Number).indexOf(furthest)
  const largest = at < 0 ? '' : `, the largest is [${at}]: ${amount(furthest, unit)}`
  const about = `${name && `${name}: `}${plural(values.length, 'element')}${largest}`
  write(label, about)
  plot.setAttribute('aria-label', about)
  const bars = placeBars(barsOf(values, MAX_BARS))
  while (plot.children.length < bars.length) plot.append(create('span'))
  bars.forEach(({ height, bottom, isNegative }, i) => {
    const { style, classList } = plot.children[i] as HTMLElement
    style.height = `${100 * height}%`
    style.bottom = `${100 * bottom}%`
    classList.toggle('negative', isNegative)
  })
}
