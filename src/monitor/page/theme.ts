/*
 * The style sheet's colours, for what is drawn on canvases.
 */

/** The value of a custom property of the style sheet. */
export const custom = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** The name of the colour of a chart's nth line. */
export const lineColour = (n: number): string => `--line-${n + 1}`

/** The colour of what stands for many lines. */
export const REST_COLOUR = '--line-rest'

/** Calls back when the user changes between light and dark. */
export function onThemeChange(callback: () => void): () => void {
  const query = matchMedia('(prefers-color-scheme: dark)')
  query.addEventListener('change', callback)
  return () => query.removeEventListener('change', callback)
}
