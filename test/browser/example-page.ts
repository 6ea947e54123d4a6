// What a test sees of bench/web's page, and does there. The functions run in the page, and use nothing from here.
import type { Engine } from '../../tools/browsers/engines.js'

declare global {
  /** Every text that a total on the page had, in order, by the total's name. */
  var shown: { readonly [name: string]: number[] }
}

export interface Row {
  readonly state: string
  readonly tiles: number
}

export interface State {
  readonly total: number
  readonly retired: number
  /** Of the table; it has the same total below. */
  readonly totalOfTable: number
  /** By the worker's number. */
  readonly rows: { readonly [worker: string]: Row }
  /** Tiles that each worker has painted, by what shared memory says of tiles. */
  readonly painted: { readonly [worker: string]: number }
  readonly news: string
}

const LIMIT_MS = 120_000

/** What the page shows, once it shows what is true of it. @throws {Error} if it never does. */
export async function until(engine: Engine, what: string, isSo: (state: State) => boolean): Promise<State> {
  const deadline = performance.now() + LIMIT_MS
  for (;;) {
    const state = await engine.evaluate(look)
    if (isSo(state)) return state
    if (performance.now() > deadline)
      throw new Error(`not in ${LIMIT_MS} ms: ${what}; ${JSON.stringify(state)}`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

export function look(): State {
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

/** From now on, notes whatever is shown as a total, and of the dead. */
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

/** How many colours there are, in a grid of points of the picture. */
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

/** What is said at once. */
export const killAndHear = (worker: string): string => {
  document.querySelector<HTMLElement>(`tr[data-worker="${worker}"] button`)?.click()
  return document.querySelector('#news')?.textContent ?? ''
}

/** As a reader's settings may have it. */
export const setTextSize = (size: string): void => {
  document.documentElement.style.fontSize = size
}

export const focusKill = (worker: string): void => {
  document.querySelector<HTMLElement>(`tr[data-worker="${worker}"] button`)?.focus()
}

export const focused = (): string =>
  document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.id ?? ''

/** Widths of what is scrolled, and of what is seen of it. */
export const widths = (): { readonly scrolled: number; readonly seen: number } => ({
  scrolled: document.documentElement.scrollWidth,
  seen: document.documentElement.clientWidth,
})
