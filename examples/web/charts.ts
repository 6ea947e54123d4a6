/*
 * Two charts of the last minute: the workers' rates, stacked; and all tiles painted, with those of dead
 * workers.
 */
import uPlot from 'uplot'
import { significant } from '../../tools/format.js'
import { type History, SPAN_SECONDS } from './history.js'
import { colourName, custom, mix, onThemeChange } from './theme.js'

const HEIGHT = 200
const TICK_SECONDS = 15

interface Area {
  readonly label: string
  /** The name of a custom property of the style sheet. */
  readonly colour: string
  readonly values: readonly (number | null)[]
}

/** Areas over the last minute. They are drawn in order, so each covers the areas before it. */
class Chart {
  readonly #target: HTMLElement
  #plot: uPlot | undefined
  #areas: readonly Area[] = []
  #times: readonly number[] = []

  constructor(target: HTMLElement) {
    this.#target = target
    new ResizeObserver(() => this.#plot?.setSize(this.#size)).observe(target)
    onThemeChange(() => this.#rebuild())
  }

  show(times: readonly number[], areas: readonly Area[]): void {
    const isSame = areas.map(({ label }) => label).join() === this.#areas.map(({ label }) => label).join()
    this.#areas = areas
    this.#times = times
    if (isSame && this.#plot) this.#plot.setData(this.#data)
    else this.#rebuild()
  }

  get #data(): uPlot.AlignedData {
    return [[...this.#times], ...this.#areas.map(({ values }) => [...values])]
  }

  get #size(): { width: number; height: number } {
    return { width: this.#target.clientWidth, height: HEIGHT }
  }

  #rebuild(): void {
    this.#plot?.destroy()
    const text = custom('--quiet')
    const grid = { stroke: custom('--line'), width: 1 }
    const axis = { stroke: text, grid, ticks: { show: false }, font: '12px system-ui, sans-serif' }
    this.#plot = new uPlot(
      {
        ...this.#size,
        legend: { show: false },
        cursor: { show: false },
        padding: [8, 20, 0, 0],
        scales: {
          x: { time: false, range: (_, __, last) => [last - SPAN_SECONDS, last] },
          y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] },
        },
        axes: [
          {
            ...axis,
            size: 30,
            splits: (_, __, ___, now) => ticksTo(now),
            values: (_, ticks) => ticks.map(ago),
          },
          { ...axis, values: (_, ticks) => ticks.map(significant), size: 56 },
        ],
        series: [
          {},
          ...this.#areas.map(({ label, colour }): uPlot.Series => {
            const stroke = custom(colour)
            return {
              label,
              stroke,
              fill: mix(stroke, custom('--surface')),
              width: 1.5,
            }
          }),
        ],
      },
      this.#data,
      this.#target,
    )
  }
}

/** The ticks have fixed positions; the areas move past them. */
const ticksTo = (now: number): number[] =>
  Array.from({ length: SPAN_SECONDS / TICK_SECONDS + 1 }, (_, i) => now - SPAN_SECONDS + i * TICK_SECONDS)

const ago = (_: number, i: number): string => {
  const seconds = SPAN_SECONDS - i * TICK_SECONDS
  return seconds === 0 ? 'now' : `−${seconds} s`
}

export class Charts {
  readonly #rates: Chart
  readonly #tiles: Chart

  constructor(rates: HTMLElement, tiles: HTMLElement) {
    this.#rates = new Chart(rates)
    this.#tiles = new Chart(tiles)
  }

  show(history: History): void {
    const { moments, workers } = history
    const times = moments.map(({ time }) => time)
    this.#rates.show(times, stack(workers, history))
    this.#tiles.show(times, [
      { label: 'total', colour: '--total', values: moments.map(({ total }) => total) },
      { label: 'retired', colour: '--retired', values: moments.map(({ retired }) => retired) },
    ])
  }
}

/**
 * Stacks the workers' rates, in millions: each area lies on top of those of the workers before it. The
 * topmost is first.
 */
function stack(workers: readonly number[], history: History): Area[] {
  let below: readonly number[] = history.moments.map(() => 0)
  return workers
    .map((worker): Area => {
      const rates = history.ratesOf(worker)
      const base = below
      below = base.map((sum, i) => sum + (rates[i] ?? 0) / 1e6)
      const values = below.map((sum, i) => (rates[i] === null ? null : sum))
      return { label: `worker ${worker}`, colour: colourName(worker), values }
    })
    .reverse()
}
