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
