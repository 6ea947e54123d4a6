/*
 * The plot of pools: how many tasks they run per second, and what is left of some tasks while threads die.
 */
import type { TopLevelSpec } from 'vega-lite'
import { DEATHS, TASKS } from '../contenders/pools/deaths.js'
import { BY_SIZE, LOSS, LOSSES, NO_POOL, POOLS, SIZES } from '../contenders/pools/names.js'
import type { Results } from '../harness/results.js'
import { BAR, BAR_STEP, colours, DOT, NAMES_AXIS, style } from './plot-style.js'
import { runtimeTitle } from './runtime-title.js'

type Part = Extract<TopLevelSpec, { vconcat: unknown }>['vconcat'][number]

const KINDS = ['SlotPool', 'other pools', NO_POOL]
const KIND_COLOURS = ['#0b7a75', '#9aa5b1', '#e0e4e8']

/** What the lower part shows of each pool, from top to bottom. */
const SERIES = [
  { column: LOSS.done, title: 'done, as the tasks have noted', colour: '#1b1f24' },
  { column: LOSS.slots, title: 'counted in slots', colour: '#0b7a75' },
  { column: LOSS.own, title: 'counted by the pool', colour: '#9aa5b1' },
  { column: LOSS.unsettled, title: 'never settled', colour: '#c8553d' },
]

const CAUSES: Readonly<Record<string, string>> = {
  [LOSSES.exiting]: 'while threads exit or are terminated',
  [LOSSES.throwing]: 'while threads throw outside of a task',
}

export function poolsPlot(results: readonly Results[]): TopLevelSpec {
  const names = results.map(({ runtime }) => runtimeTitle(runtime)).join(', ')
  return {
    ...style(
      `Tasks per second in pools, and what is left of ${TASKS} tasks while ${DEATHS} threads die`,
      `one dot each for ${names}; a bar ends at their median`,
    ),
    vconcat: [
      { concat: Object.keys(SIZES).map(size => ratesPart(results, size)), columns: 2 },
      { concat: [lossesPart(results, LOSSES.exiting), lossesPart(results, LOSSES.throwing)], columns: 2 },
    ],
    spacing: 32,
    resolve: { scale: { color: 'independent' } },
  }
}

interface Value {
  readonly runtime: string
  readonly pool: string
  readonly column: string
  readonly median: number
}

const valuesOf = (results: readonly Results[], wantedTable: string): Value[] =>
  results.flatMap(({ runtime, figures }) =>
    figures
      .filter(({ group, table }) => group === 'pools' && table === wantedTable)
      .map(({ contender: pool, column, median }) => ({
        runtime: runtimeTitle(runtime),
        pool,
        column,
        median,
      })),
  )

const WIDTH = 300
const titled = (text: string) => ({
  text,
  fontSize: 13,
  fontWeight: 'normal' as const,
  anchor: 'start' as const,
  frame: 'group' as const,
  offset: 6,
})
const poolAxis = {
  field: 'pool',
  type: 'nominal' as const,
  title: null,
  sort: [...POOLS, NO_POOL],
  axis: NAMES_AXIS,
}

/** For each pool, a dot for each runtime, and a bar to their median. */
function ratesPart(results: readonly Results[], size: string): Part {
  const values = valuesOf(results, BY_SIZE.rate)
    // Without a pool, an empty task is a call of a function, beside which no pool would be visible.
    .filter(({ pool, column }) => column === size && !(size === 'empty' && pool === NO_POOL))
    .map(value => ({ ...value, kind: KINDS.find(kind => kind === value.pool) ?? 'other pools' }))
  const x = {
    type: 'quantitative' as const,
    axis: { title: 'tasks per second', format: '~s', tickCount: 5, labelFlush: false },
  }
  return {
    title: titled(size === 'empty' ? 'empty tasks' : `tasks of ${size}`),
    width: WIDTH,
    height: BAR_STEP,
    data: { values },
    encoding: { y: poolAxis },
    layer: [
      {
        mark: BAR,
        encoding: {
          x: { ...x, field: 'median', aggregate: 'median', stack: null },
          color: colours('kind', KINDS, KIND_COLOURS),
        },
      },
      {
        mark: DOT,
        encoding: { x: { ...x, field: 'median' } },
      },
    ],
  }
}

/** For each pool, a bar for each of the series. */
function lossesPart(results: readonly Results[], table: string): Part {
  const values = valuesOf(results, table).flatMap(value =>
    SERIES.filter(({ column }) => column === value.column).map(({ title: series }) => ({ ...value, series })),
  )
  const titles = SERIES.map(({ title }) => title)
  return {
    title: titled(CAUSES[table] ?? table),
    width: WIDTH,
    height: { step: 9 },
    data: { values },
    mark: { type: 'bar' },
    encoding: {
      y: poolAxis,
      yOffset: { field: 'series', sort: titles },
      x: {
        field: 'median',
        aggregate: 'median',
        stack: null,
        type: 'quantitative',
        scale: { domain: [0, TASKS] },
        axis: { title: `tasks, of ${TASKS}`, tickCount: 5 },
      },
      color: colours(
        'series',
        titles,
        SERIES.map(({ colour }) => colour),
      ),
    },
  }
}
