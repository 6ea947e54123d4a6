/*
 * What an increment costs in this browser: measured at the push of a button, and drawn as bars.
 */
import { type AccessFigure, measureAccess } from '../../bench/contenders/browser/access.js'
import { short } from './numbers.js'

interface Elements {
  readonly button: HTMLButtonElement
  readonly progress: HTMLProgressElement
  readonly status: HTMLElement
  readonly chart: HTMLElement
  readonly bars: HTMLElement
  readonly axis: HTMLElement
}

/** Whether the workers rest. */
type Rest = (isResting: boolean) => Promise<void>

export function offerMeasurement(elements: Elements, rest: Rest): void {
  const { button, progress, status, chart } = elements
  let isMeasuring = false
  button.addEventListener('click', async () => {
    if (isMeasuring) return
    isMeasuring = true
    button.setAttribute('aria-disabled', 'true')
    progress.hidden = false
    progress.value = 0
    status.textContent = 'Measuring; the workers wait meanwhile.'
    try {
      await rest(true)
      const figures = await measureAccess((done, of) => Object.assign(progress, { value: done, max: of }))
      draw(figures, elements)
      chart.hidden = false
      status.textContent = 'Nanoseconds for one increment; the scale is logarithmic.'
    } catch (error) {
      status.textContent = `It could not be measured: ${(error as Error).message}`
    } finally {
      await rest(false)
      progress.hidden = true
      button.setAttribute('aria-disabled', 'false')
      isMeasuring = false
    }
  })
}

function draw(figures: readonly AccessFigure[], { bars, axis }: Elements): void {
  const measured = figures.map(({ nanoseconds }) => nanoseconds).filter(nanoseconds => nanoseconds > 0)
  const first = Math.floor(Math.log10(Math.min(...measured)))
  const last = Math.log10(Math.max(...measured))
  const share = (nanoseconds: number) => (Math.log10(nanoseconds) - first) / (last - first)
  bars.replaceChildren(...figures.map(figure => barOf(figure, share)))
  const powers = Array.from({ length: Math.floor(last) - first + 1 }, (_, i) => 10 ** (first + i))
  axis.replaceChildren(...powers.map(power => tickOf(power, share(power))))
}

function barOf({ name, nanoseconds, spread, reason }: AccessFigure, share: (nanoseconds: number) => number) {
  const item = document.createElement('li')
  item.dataset.nanoseconds = String(nanoseconds)
  item.classList.toggle('own', /^(local|slot)\b/.test(name))
  const value = reason ? `not here: ${reason}` : `${short(nanoseconds)} ns ± ${Math.ceil(100 * spread)} %`
  item.append(element('span', 'name', name), element('span', 'bar', ''), element('span', 'value', value))
  item.style.setProperty('--share', String(reason ? 0 : Math.max(0, share(nanoseconds))))
  return item
}

function tickOf(nanoseconds: number, share: number): HTMLElement {
  const tick = element('span', 'tick', `${nanoseconds} ns`)
  tick.style.setProperty('--share', String(share))
  // At the right end there is room on the left alone.
  tick.classList.toggle('late', share > 0.85)
  return tick
}

function element(tag: string, className: string, text: string): HTMLElement {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = text
  return made
}
