/*
 * What the style sheet says of colours, for what is drawn by hand.
 */

/** As many as there may be workers at once. */
const COLOURS = 16

export const custom = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** Halfway from one colour, in six hexadecimal digits, to another. */
export function mix(colour: string, other: string): string {
  const parts = [1, 3, 5].map(start =>
    [colour, other].map(text => Number.parseInt(text.slice(start, start + 2), 16)),
  )
  return `rgb(${parts.map(([a = 0, b = 0]) => (a + b) / 2)})`
}

/** The name of a worker's colour, which is the same wherever it is seen. Its number tells it from one that came long before. */
export const colourName = (worker: number): string => `--worker-${((worker - 1) % COLOURS) + 1}`

export const colourOf = (worker: number): string => custom(colourName(worker))

/** Calls back when light turns to dark, or dark to light. */
export function onThemeChange(callback: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', callback)
}
