/*
 * The style sheet's colours, for what is drawn on canvases.
 */

/** The number of worker colours; no more workers than this run at once. */
const COLOURS = 16

/** The value of a custom property of the style sheet. */
export const custom = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** The mean of two colours, which are given as `#` and six hexadecimal digits. */
export function mix(colour: string, other: string): string {
  const parts = [1, 3, 5].map(start =>
    [colour, other].map(text => Number.parseInt(text.slice(start, start + 2), 16)),
  )
  return `rgb(${parts.map(([a = 0, b = 0]) => (a + b) / 2)})`
}

/** The name of a worker's colour. After 16 workers the colours repeat. */
export const colourName = (worker: number): string => `--worker-${((worker - 1) % COLOURS) + 1}`

export const colourOf = (worker: number): string => custom(colourName(worker))

/** Calls back when the user changes between light and dark. */
export function onThemeChange(callback: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', callback)
}
