// Reads and uses the page of examples/web. Functions that run in the page use nothing from this file.
import type { Engine } from '../../../tools/browsers/engines.js'

declare global {
  /** Every value that a total on the page has shown, in order, by the total's name. */
  var shown: { readonly [name: string]: number[] }
  /** The page's own function for tests. See `State`. */
  var painted: () => { readonly [worker: string]: number }
}

export interface Row {
  readonly state: string
  readonly tiles: number
}

export interface State {
  readonly total: number
  readonly retired: number
  /** The total in the last line of the table. */
  readonly totalOfTable: number
  /** The lines of running workers, by the worker's number. */
  readonly rows: { readonly [worker: string]: Row }
  /** The tiles that each worker has painted, according to the tiles' shared memory rather than to slots. */
  readonly painted: { readonly [worker: string]: number }
  readonly news: string
}

/** Only a failed test waits this long. The page's workers take all processors, and other programs may, too. */
const LIMIT_MS = 300_000
const POLL_MS = 100

/** Waits for a condition, and returns the state that meets it. @throws {Error} if none ever does. */
export const until = (engine: Engine, what: string, isSo: (state: State) => boolean): Promise<State> =>
  untilIn(() => engine.evaluate(readState), what, isSo)

/** Reads something again and again until it meets a condition. @throws {Error} if it never does. */
export async function untilIn<T>(
  read: () => Promise<T>,
  what: string,
  isSo: (value: T) => boolean,
): Promise<T> {
  const deadline = performance.now() + LIMIT_MS
  for (;;) {
    const value = await read()
    if (isSo(value)) return value
    if (performance.now() > deadline)
      throw new Error(`not within ${LIMIT_MS} ms: ${what}; the last reading was ${JSON.stringify(value)}`)
    await new Promise(resolve => setTimeout(resolve, POLL_MS))
  }
}

function readState(): State {
  const number = (selector: string, within: ParentNode = document) =>
    Number(within.querySelector(selector)?.textContent?.replaceAll(',', ''))
  const rows = [...document.querySelectorAll<HTMLElement>('tr[data-worker]')].map(row => [
    row.dataset.worker,
    {
      state: row.querySelector('[data-cell=state]')?.textContent,
      tiles: number('[data-cell=tiles]', row),
    },
  ])
  return {
    total: number('#total-tiles'),
    retired: number('[data-sum=retired] [data-cell=tiles]'),
    totalOfTable: number('[data-sum=total] [data-cell=tiles]'),
    rows: Object.fromEntries(rows),
    painted: painted(),
    news: document.querySelector('#news')?.textContent ?? '',
  }
}

/** Records from now on every value that the totals show, those of dead workers included. */
export function watchTotals(): void {
  const cells = document.querySelectorAll<HTMLElement>('dd, tfoot [data-cell=tiles]')
  globalThis.shown = Object.fromEntries(
    [...cells].map((cell, i) => {
      const texts: number[] = []
      const note = () => texts.push(Number(cell.textContent?.replaceAll(',', '')))
      new MutationObserver(note).observe(cell, { childList: true, characterData: true, subtree: true })
      return [`${i}: ${cell.id}`, texts]
    }),
  )
}

/** The number of colours among every 97th pixel of the picture. */
export function coloursOfPicture(): number {
  const canvas = document.querySelector('canvas') as HTMLCanvasElement
  const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(
    0,
    0,
    canvas.width,
    canvas.height,
  )
  const colours = new Set<string>()
  for (let i = 0; i < data.length; i += 4 * 97) colours.add(data.subarray(i, i + 3).join())
  return colours.size
}

export const kill = (worker: string): void => {
  document.querySelector<HTMLElement>(`tr[data-worker="${worker}"] button`)?.click()
}

/** Returns the news that the page shows immediately. */
export const killAndHear = (worker: string): string => {
  document.querySelector<HTMLElement>(`tr[data-worker="${worker}"] button`)?.click()
  return document.querySelector('#news')?.textContent ?? ''
}

/** Sets the text size, as a reader's settings may. */
export const setTextSize = (size: string): void => {
  document.documentElement.style.fontSize = size
}

export const focusKill = (worker: string): void => {
  document.querySelector<HTMLElement>(`tr[data-worker="${worker}"] button`)?.focus()
}

export const focused = (): string =>
  document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.id ?? ''

/** Tiles in one frame of the picture. Tiles are squares of equal size, so the totals give their size. */
export function tilesPerFrame(): number {
  const number = (selector: string) =>
    Number(document.querySelector(selector)?.textContent?.replaceAll(',', ''))
  const { width, height } = document.querySelector('canvas') as HTMLCanvasElement
  return (width * height * number('#total-tiles')) / number('#total-pixels')
}

/** Widths in CSS pixels. */
export interface Layout {
  /** Of everything that the page can scroll to, and of the part that is visible. */
  readonly scrolled: number
  readonly visible: number
  readonly charts: readonly { readonly chart: number; readonly space: number }[]
}

export const readLayout = (): Layout => ({
  scrolled: document.documentElement.scrollWidth,
  visible: document.documentElement.clientWidth,
  charts: [...document.querySelectorAll('.uplot')].map(chart => ({
    chart: chart.getBoundingClientRect().width,
    space: chart.parentElement?.clientWidth ?? 0,
  })),
})
