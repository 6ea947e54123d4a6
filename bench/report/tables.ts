/*
 * Tables for a terminal. The rows are contenders; the columns are the scenarios' columns if there is one
 * runtime, or else the runtimes.
 */
import { bar } from '../../tools/format.js'
import type { Figure, Results } from '../harness/results.js'
import { ratioOf, selectPlaces } from './figures.js'
import { quantity } from './quantity.js'
import { runtimeTitle } from './runtime-title.js'

const BAR_COLUMNS = 24

/** A table's cells; a figure is undefined if it was not measured. */
interface Grid {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly { readonly name: string; readonly figures: readonly (Figure | undefined)[] }[]
}

/**
 * All tables of a group. With a baseline, each figure also shows how much it adds to the baseline's, in
 * percent.
 */
export function tablesOf(group: string, results: readonly Results[], baseline?: string): string[] {
  const measured = selectPlaces(results, place => place.group === group)
  const figures = measured.map(({ figures }) => figures)
  const tables = unique(figures.flat().map(({ table }) => table))
  return tables
    .flatMap(table =>
      gridsOf(
        table,
        figures.map(list => list.filter(figure => figure.table === table)),
        measured,
      ),
    )
    .map(grid => render(grid, baseline))
}

/** One grid with all columns for one runtime; a grid for each column for several. */
function gridsOf(
  table: string,
  figures: readonly (readonly Figure[])[],
  results: readonly Results[],
): Grid[] {
  const columns = unique(figures.flat().map(({ column }) => column))
  if (results.length === 1) {
    return [
      makeGrid(
        table,
        columns,
        columns.map(column => (figures[0] ?? []).filter(figure => figure.column === column)),
      ),
    ]
  }
  const runtimes = results.map(({ runtime }) => runtimeTitle(runtime))
  return columns.map(column =>
    makeGrid(
      `${table}: ${column}`,
      runtimes,
      figures.map(list => list.filter(figure => figure.column === column)),
    ),
  )
}

/** Contenders are sorted by their figure in the first column that has one, ascending. */
function makeGrid(title: string, columns: readonly string[], figures: readonly (readonly Figure[])[]): Grid {
  const names = unique(
    figures.flatMap(list => [...list].sort((a, b) => a.median - b.median).map(({ contender }) => contender)),
  )
  const rows = names.map(name => ({
    name,
    figures: figures.map(list => list.find(({ contender }) => contender === name)),
  }))
  return { title, columns, rows }
}

function render({ title, columns, rows }: Grid, baseline: string | undefined): string {
  const nameColumns = Math.max(...rows.map(({ name }) => name.length))
  const baseFigures = rows.find(({ name }) => name === baseline)?.figures ?? []
  const cells = rows.map(({ figures }) =>
    figures.map((figure, i) => (figure ? cellOf(figure) + addedTo(baseFigures[i], figure) : '')),
  )
  const widths = columns.map((column, i) => Math.max(column.length, ...cells.map(row => row[i]?.length ?? 0)))
  const line = (name: string, cells: readonly string[]) =>
    [name.padEnd(nameColumns), ...cells.map((cell, i) => cell.padStart(widths[i] as number))].join('  ')
  const bars = barsOf(rows.map(({ figures }) => figures[0]))
  return [
    title,
    line('', columns),
    ...rows.map(({ name }, i) => `${line(name, cells[i] as string[])}  ${bars[i]}`.trimEnd()),
  ].join('\n')
}

/** The median, and half the distance between the quartiles if that is at least 1 %; or what is known of the distribution. */
function cellOf({ unit, median, low, high, percentiles }: Figure): string {
  if (percentiles) {
    const [p95, p99, most] = [95, 99, 100].map(percent => quantity(unit, percentiles[percent] as number))
    return `${quantity(unit, median)}, p95 ${p95}, p99 ${p99}, max ${most}`
  }
  const spread = Math.round(((high - low) / 2 / Math.abs(median)) * 100)
  return spread >= 1
    ? `${quantity(unit, median)} ±${String(spread).padStart(2)}%`
    : `${quantity(unit, median)}     `
}

/** How much a figure adds to the baseline's, in percent. */
function addedTo(base: Figure | undefined, figure: Figure): string {
  if (!base) return ''
  const percent = Math.round(100 * (ratioOf(figure, base) - 1))
  return `${percent < 0 ? '' : '+'}${percent} %`.padStart(9)
}

/** Bars for the first column, on a logarithmic scale. Empty if its figures lie within a factor of ten. */
function barsOf(figures: readonly (Figure | undefined)[]): string[] {
  const values = figures.map(figure => Math.log10(figure?.median ?? Number.NaN))
  const known = values.filter(Number.isFinite)
  const [least, greatest] = [Math.floor(Math.min(...known)), Math.max(...known)]
  if (known.length < 2 || greatest - Math.min(...known) < 1) return figures.map(() => '')
  return values.map(value =>
    Number.isFinite(value) ? bar((value - least) / (greatest - least), BAR_COLUMNS) : '',
  )
}

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)]
