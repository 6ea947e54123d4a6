/*
 * The plot `cancelling`: how many of the tasks that were cancelled had made room for the next one, by time.
 */
import type { TopLevelSpec } from 'vega-lite'
import { METHODS, TABLES, UNTIL } from '../contenders/requests/names.js'
import type { Results } from '../harness/results.js'
import { style } from './plot-style.js'
import { runtimeTitle } from './runtime-title.js'

/** In the order of the methods: two by ticket, and two by terminating the thread. */
const COLOURS = ['#0b7a75', '#63c5bd', '#d17a22', '#8d5a97']

export function cancellingPlot(results: readonly Results[]): TopLevelSpec {
  const values = results.flatMap(({ runtime, figures }) =>
    figures
      .filter(
        ({ group, table, column }) =>
          group === 'requests' && table === TABLES.cancel && column === UNTIL.next,
      )
      .flatMap(({ contender, percentiles = [] }) =>
        percentiles.map((ns, percent) => ({
          runtime: runtimeTitle(runtime),
          method: contender,
          milliseconds: ns / 1e6,
          percent,
        })),
      ),
  )
  return {
    ...style(
      'From abort() until the next task starts',
      'how many of the tasks, which never return to the event loop, had made room for the next one by then',
    ),
    data: { values },
    facet: { column: { field: 'runtime', type: 'nominal', title: null, header: { labelFontSize: 13 } } },
    spec: {
      width: 170,
      height: 220,
      mark: { type: 'line', strokeWidth: 2 },
      encoding: {
        x: {
          field: 'milliseconds',
          type: 'quantitative',
          scale: { type: 'log', nice: false },
          axis: { format: '~g', values: [0.1, 1, 10, 100, 1000], title: 'ms, logarithmic scale' },
        },
        y: { field: 'percent', type: 'quantitative', axis: { title: '% of all tasks' } },
        // The points' order along the line.
        order: { field: 'percent' },
        color: {
          field: 'method',
          type: 'nominal',
          title: null,
          scale: { domain: [...METHODS], range: COLOURS },
          legend: { orient: 'bottom', columns: 2, labelLimit: 0 },
        },
      },
    },
  }
}
