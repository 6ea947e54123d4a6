/*
 * Measures what an increment costs in this browser, when a button is pressed, and draws the result as bars.
 */
import { significant } from '../../tools/format.js'

interface Elements {
  readonly button: HTMLButtonElement
  readonly progress: HTMLProgressElement
  readonly status: HTMLElement
  readonly chart: HTMLElement
  readonly bars: HTMLElement
  readonly axis: HTMLElement
}

/** Pauses the workers, or lets them go on. */
type Pause = (isPaused: boolean) => Promise<void>

interface IncrementFigure {
  readonly name: string
  /** The median for one increment. NaN if it can't be measured here. */
  readonly nanoseconds: number
  /** Half the distance between the quartiles, as a share of the median. */
  readonly spread: number
  /** Why it can't be measured here. */
  readonly reason?: string
}

/** The part of the benchmark of increments that is used here. The build puts its bundle beside this page. */
interface Increments {
  measureIncrements(onProgress: (done: number, of: number) => void): Promise<readonly IncrementFigure[]>
}

const loadIncrements = (): Promise<Increments> =>
  import(new URL('increments/increments.js', document.baseURI).href)

export function offerMeasurement(elements: Elements, pause: Pause): void {
  const { button, progress, status, chart } = elements
  let isMeasuring = false
  button.addEventListener('click', async () => {
    if (isMeasuring) return
    isMeasuring = true
    button.setAttribute('aria-disabled', 'true')
    progress.hidden = false
    progress.value = 0
    status.textContent = 'Measuring. The workers are paused meanwhile.'
    try {
      await pause(true)
      const { measureIncrements } = await loadIncrements()
      const figures = await measureIncrements((done, of) => Object.assign(progress, { value: done, max: of }))
      draw(figures, elements)
      chart.hidden = false
      status.textContent = 'Nanoseconds for one increment, on a logarithmic scale.'
    } catch (error) {
      status.textContent = `The measurement failed: ${(error as Error).message}`
    } finally {
      await pause(false)
      progress.hidden = true
      button.setAttribute('aria-disabled', 'false')
      isMeasuring = false
    }
  })
}

function draw(figures: readonly IncrementFigure[], { bars, axis }: Elements): void {
  const measured = figures.map(({ nanoseconds }) => nanoseconds).filter(nanoseconds => nanoseconds > 0)
  const first = Math.floor(Math.log10(Math.min(...measured)))
  const last = Math.log10(Math.max(...measured))
  const share = (nanoseconds: number) => (Math.log10(nanoseconds) - first) / (last - first)
  bars.replaceChildren(...figures.map(figure => barOf(figure, share)))
  const powers = Array.from({ length: Math.floor(last) - first + 1 }, (_, i) => 10 ** (first + i))
  axis.replaceChildren(...powers.map(power => tickOf(power, share(power))))
}

function barOf(
  { name, nanoseconds, spread, reason }: IncrementFigure,
  share: (nanoseconds: number) => number,
): HTMLElement {
  const item = document.createElement('li')
  item.dataset.nanoseconds = String(nanoseconds)
  item.classList.toggle('own', /^(local|slot)\b/.test(name))
  const value = reason
    ? `not available: ${reason}`
    : `${significant(nanoseconds)} ns ± ${Math.ceil(100 * spread)} %`
  item.append(element('span', 'name', name), element('span', 'bar', ''), element('span', 'value', value))
  item.style.setProperty('--share', String(reason ? 0 : Math.max(0, share(nanoseconds))))
  return item
}

function tickOf(nanoseconds: number, share: number): HTMLElement {
  const tick = element('span', 'tick', `${nanoseconds} ns`)
  tick.style.setProperty('--share', String(share))
  // Near the right end, the label only fits to the left of its tick.
  tick.classList.toggle('late', share > 0.85)
  return tick
}

function element(tag: string, className: string, text: string): HTMLElement {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = text
  return made
}
