/*
 * What all plots have in common.
 */
import type { TopLevelSpec } from 'vega-lite'

const FONT = 'system-ui, sans-serif'
export const style = (
  title: string,
  subtitle: string,
): Pick<TopLevelSpec, 'background' | 'padding' | 'config' | 'title'> => ({
  background: 'white',
  padding: 16,
  title: { text: title, subtitle, anchor: 'start', offset: 12 },
  config: {
    font: FONT,
    title: { fontSize: 16, subtitleFontSize: 12, subtitleColor: '#555', subtitlePadding: 6 },
    axis: {
      labelFontSize: 12,
      titleFontSize: 12,
      titleFontWeight: 'normal',
      titleColor: '#555',
      labelLimit: 320,
    },
    legend: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal', labelLimit: 320 },
    view: { stroke: null },
  },
})

/** The axis of the names beside bars. */
export const NAMES_AXIS = { domain: false, ticks: false, labelPadding: 8 } as const
/** A bar that ends at a median, in a row of `BAR_STEP`. */
export const BAR = { type: 'bar', height: 14, cornerRadiusEnd: 2 } as const
export const BAR_STEP = { step: 22 } as const
/** A dot for each of the figures behind a median. */
export const DOT = {
  type: 'point',
  filled: true,
  size: 30,
  color: '#1b1f24',
  stroke: 'white',
  strokeWidth: 0.8,
  opacity: 1,
} as const

interface Colours {
  readonly field: string
  readonly type: 'nominal'
  readonly title: null
  readonly scale: { readonly domain: string[]; readonly range: string[] }
  readonly legend: { readonly orient: 'bottom' }
}

/** Colours by the words in a field, with a legend below the plot. */
export const colours = (field: string, domain: string[], range: string[]): Colours => ({
  field,
  type: 'nominal',
  title: null,
  scale: { domain, range },
  legend: { orient: 'bottom' },
})
