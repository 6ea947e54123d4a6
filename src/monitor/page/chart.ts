/*
 * Lines over time, drawn by uPlot. All charts share one cursor.
 */
import uPlot from 'uplot'
import { duration } from './format.js'
import { type Line, SPAN_SECONDS } from './history.js'
import { custom, onThemeChange } from './theme.js'

const HEIGHT = 134
const FONT = '11px system-ui, sans-serif'
/** The charts begin with a minute, and show more the longer they run. */
const MIN_SPAN_SECONDS = 60
const MAX_TICKS = 5
const TICK_SECONDS = [15, 30, 60, 120, 300]

export interface ChartLine {
  readonly label: string
  /** The name of a custom property of the style sheet. */
  readonly colour: string
  readonly dash: readonly number[]
  readonly values: Line
}

export class Chart {
  readonly #target: HTMLElement
  readonly #format: (value: number) => string
  /** Called with the index of the time under the cursor; undefined if there is none. */
  readonly #onCursor: (index: number | undefined) => void
  readonly #observer: ResizeObserver
  readonly #unwatchTheme: () => void
  #plot: uPlot | undefined
  #times: readonly number[] = []
  #lines: readonly ChartLine[] = []

  constructor(
    target: HTMLElement,
    format: (value: number) => string,
    onCursor: (index: number | undefined) => void,
  ) {
    this.#target = target
    this.#format = format
    this.#onCursor = onCursor
    this.#observer = new ResizeObserver(() => this.#plot?.setSize(this.#size))
    this.#observer.observe(target)
    this.#unwatchTheme = onThemeChange(() => this.#build())
  }

  show(times: readonly number[], lines: readonly ChartLine[]): void {
    const isSame = lines.map(styleOf).join('\n') === this.#lines.map(styleOf).join('\n')
    this.#times = times
    this.#lines = lines
    if (this.#plot && isSame) this.#plot.setData(this.#data)
    else this.#build()
  }

  destroy(): void {
    this.#observer.disconnect()
    this.#unwatchTheme()
    this.#plot?.destroy()
  }

  get #data(): uPlot.AlignedData {
    return [[...this.#times], ...this.#lines.map(({ values }) => [...values])]
  }

  get #size(): { width: number; height: number } {
    return { width: this.#target.clientWidth, height: HEIGHT }
  }

  #build(): void {
    this.#plot?.destroy()
    const grid = { stroke: custom('--line'), width: 1 }
    const axis: uPlot.Axis = { stroke: custom('--quiet'), grid, ticks: { show: false }, font: FONT }
    this.#plot = new uPlot(
      {
        ...this.#size,
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, sync: { key: 'time' } },
        hooks: { setCursor: [({ cursor }) => this.#onCursor(cursor.idx ?? undefined)] },
        padding: [8, 12, 0, 0],
        scales: { x: { time: false, range: (_, first, last) => spanOf(first, last) }, y: { range: yRange } },
        axes: [
          { ...axis, size: 28, gap: 8, splits: (_, __, first, last) => ticks(first, last), values: agoTexts },
          { ...axis, size: 64, space: 28, values: (_, values) => values.map(this.#format) },
        ],
        series: [
          {},
          ...this.#lines.map(
            ({ label, colour, dash }): uPlot.Series => ({
              label,
              stroke: custom(colour),
              width: 1.5,
              dash: [...dash],
              points: { show: false },
            }),
          ),
        ],
      },
      this.#data,
      this.#target,
    )
  }
}

const styleOf = ({ label, colour, dash }: ChartLine): string => `${label} ${colour} ${dash}`

const spanOf = (first: number, last: number): [number, number] => [
  Math.max(last - SPAN_SECONDS, Math.min(first, last - MIN_SPAN_SECONDS)),
  last,
]

/** From 0, or below it if there are negative values, with a little room above. */
const yRange = (_: uPlot, min: number | null, max: number | null): [number, number] => {
  const [low, high] = [Math.min(0, min ?? 0), Math.max(0, max ?? 0)]
  return low === high ? [0, 1] : [low * 1.1, high * 1.1]
}

/** The ticks have fixed positions; the lines move past them. */
function ticks(first: number, last: number): number[] {
  const span = last - first
  const step = TICK_SECONDS.find(seconds => span / seconds <= MAX_TICKS) ?? SPAN_SECONDS
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, i) => last - i * step).reverse()
}

const agoTexts = (_: uPlot, values: readonly number[]): string[] =>
  values.map(value => {
    const seconds = Math.round((values.at(-1) as number) - value)
    return seconds === 0 ? 'now' : `−${duration(1000 * seconds).replace(/ 0 s$/, '')}`
  })
