/*
 * Draws plots of results as SVG, with Vega-Lite.
 */
import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import type { Figure, Results } from '../harness/results.js'
import { cancellingPlot } from './cancelling-plot.js'
import { BAR, BAR_STEP, colours, DOT, NAMES_AXIS, style } from './plot-style.js'
import { poolsPlot } from './pools-plot.js'
import { runtimeTitle } from './runtime-title.js'

type Row = { readonly [field: string]: string | number }

/** The name and the SVG of each plot. */
export async function drawPlots(results: readonly Results[]): Promise<[name: string, svg: string][]> {
  const plots = {
    access: accessPlot(results),
    contention: contentionPlot(results),
    reading: readingPlot(results),
    cancelling: cancellingPlot(results),
    pools: poolsPlot(results),
  }
  return Promise.all(
    Object.entries(plots).map(async ([name, spec]): Promise<[string, string]> => [name, await draw(spec)]),
  )
}

async function draw(spec: TopLevelSpec): Promise<string> {
  const svg = await new View(parse(compile(spec).spec), { renderer: 'none' }).toSVG()
  return `${svg}\n`
}

/** The ticks of logarithmic axes. */
const DECADES = Array.from({ length: 15 }, (_, i) => 10 ** (i - 3))

/** Contenders of one family have one colour. */
function familyOf(contender: string): string {
  if (/^(local|slot|view)\b/.test(contender)) return 'threadslots'
  if (/^(Atomics|buffer-backed|structurae|sharedmap|shared struct)/.test(contender))
    return 'other shared memory'
  if (/^(prom-client|@prometheus-io)/.test(contender)) return 'metrics client'
  return 'private to the thread'
}
const FAMILIES = ['threadslots', 'private to the thread', 'other shared memory', 'metrics client']
const COLOURS = ['#0b7a75', '#9aa5b1', '#d17a22', '#8d5a97']

const rowsOf = (results: readonly Results[], isWanted: (figure: Figure) => boolean): Row[] =>
  results.flatMap(({ runtime, figures }) =>
    figures.filter(isWanted).map(({ table, column, contender, median, low, high }) => ({
      runtime: runtimeTitle(runtime),
      family: familyOf(contender),
      table,
      column,
      contender,
      median,
      low,
      high,
    })),
  )

/** For each contender, a dot for each runtime, and a bar to their median. */
function accessPlot(results: readonly Results[]): TopLevelSpec {
  const values = rowsOf(
    results,
    ({ group, table, column, contender }) =>
      group === 'access' && table === 'increment' && column === 'u32' && !contender.startsWith('('),
  )
  const y = {
    field: 'contender',
    type: 'nominal' as const,
    title: null,
    sort: { field: 'median', op: 'median' as const },
    axis: NAMES_AXIS,
  }
  const x = (title: string) => ({
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domainMin: 0.1 },
    axis: { title, format: '~g', values: DECADES, labelFlush: false },
  })
  const names = results.map(({ runtime }) => runtimeTitle(runtime))
  return {
    ...style(
      'What one increment of a u32 costs',
      `one dot each for ${names.join(', ')}; the bar ends at their median`,
    ),
    width: 460,
    height: BAR_STEP,
    data: { values },
    encoding: { y },
    layer: [
      {
        mark: BAR,
        encoding: {
          x: { ...x('ns, logarithmic scale'), field: 'median', aggregate: 'median' },
          x2: { datum: 0.1 },
          color: colours('family', FAMILIES, COLOURS),
        },
      },
      {
        mark: DOT,
        encoding: { x: { ...x('ns, logarithmic scale'), field: 'median' } },
      },
      {
        mark: { type: 'text', align: 'left', dx: 10, fontSize: 11, color: '#333' },
        encoding: {
          x: { ...x('ns, logarithmic scale'), field: 'median', aggregate: 'max' },
          text: { field: 'median', aggregate: 'median', format: '.2~r' },
        },
      },
    ],
  }
}

/** A logarithmic axis with a tick for each number of threads, all powers of two. */
const threadsAxis = (values: readonly { readonly threads: number }[], title: string) => ({
  field: 'threads',
  type: 'quantitative' as const,
  scale: { type: 'log' as const, base: 2 },
  axis: {
    values: [...new Set(values.map(({ threads }) => threads))],
    format: 'd',
    labelFlush: false,
    title,
  },
})

function contentionPlot(results: readonly Results[]): TopLevelSpec {
  const values = rowsOf(results, ({ group }) => group === 'contention').map(row => ({
    ...row,
    threads: Number(row.column),
    perSecond: Number(row.median),
  }))
  const processors = results[0]?.machine.processors ?? 1
  return {
    ...style(
      'Increments per second of all threads together',
      `on ${processors} processors; more threads than that take turns`,
    ),
    data: { values },
    facet: { column: { field: 'runtime', type: 'nominal', title: null, header: { labelFontSize: 13 } } },
    spec: {
      width: 170,
      height: 260,
      mark: { type: 'line', point: true },
      encoding: {
        x: threadsAxis(values, 'threads'),
        y: {
          field: 'perSecond',
          type: 'quantitative',
          scale: { type: 'log' },
          axis: { format: '~s', values: DECADES, title: 'increments per second, logarithmic scale' },
        },
        color: {
          field: 'contender',
          type: 'nominal',
          title: null,
          sort: { field: 'median', op: 'median', order: 'descending' },
          legend: { orient: 'bottom', columns: 3 },
        },
      },
    },
  }
}

function readingPlot(results: readonly Results[]): TopLevelSpec {
  const values = rowsOf(
    results,
    ({ group, table }) => group === 'reading' && table.endsWith('by number of threads'),
  )
    .filter(({ contender }) => contender !== 'table.perThread(key)')
    .map(row => ({
      ...row,
      threads: Number(row.column),
      microseconds: Number(row.median) / 1000,
      keys: String(row.table).replace(/one reading of (.*), by.*/, '$1'),
    }))
  return {
    ...style(
      'What one reading of all threads costs',
      'in the thread that reads; the other threads are not slowed',
    ),
    data: { values },
    facet: {
      row: { field: 'keys', type: 'nominal', title: null, header: { labelFontSize: 13 } },
      column: { field: 'runtime', type: 'nominal', title: null, header: { labelFontSize: 13 } },
    },
    spec: {
      width: 170,
      height: 190,
      mark: { type: 'line', point: true },
      encoding: {
        x: threadsAxis(values, 'threads (rows)'),
        y: {
          field: 'microseconds',
          type: 'quantitative',
          scale: { type: 'log' },
          axis: { format: '~g', values: DECADES, title: 'µs, logarithmic scale' },
        },
        color: { field: 'contender', type: 'nominal', title: null, legend: { orient: 'bottom', columns: 5 } },
      },
    },
  }
}
