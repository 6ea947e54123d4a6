/*
 * Results as tables for a terminal: of one runtime, contenders × columns; of several, contenders × runtimes.
 */
import { bar } from '../../tools/format.js'
import type { Unit } from '../harness/meter.js'
import { titleOf } from '../harness/runtimes.js'
import { type Figure, only, type Results, ratioOf } from './results.js'

const BAR_COLUMNS = 24

/** A table's cells: undefined where nothing was measured. */
interface Grid {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly { readonly name: string; readonly figures: readonly (Figure | undefined)[] }[]
}

/** All tables of a group. With a baseline, each figure shows what it adds to that contender's in its column. */
export function tablesOf(group: string, results: readonly Results[], baseline?: string): string[] {
  const measured = results.flatMap(one => only(one, place => place.group === group) ?? [])
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

function gridsOf(
  table: string,
  figures: readonly (readonly Figure[])[],
  results: readonly Results[],
): Grid[] {
  const columns = unique(figures.flat().map(({ column }) => column))
  if (results.length === 1) {
    return [
      grid(
        table,
        columns,
        columns.map(column => (figures[0] ?? []).filter(figure => figure.column === column)),
      ),
    ]
  }
  const runtimes = results.map(({ runtime }) => titleOf(runtime))
  return columns.map(column =>
    grid(
      `${table}: ${column}`,
      runtimes,
      figures.map(list => list.filter(figure => figure.column === column)),
    ),
  )
}

/** Rows in the order of the first column that has figures of them: cheap ones first. */
function grid(title: string, columns: readonly string[], figures: readonly (readonly Figure[])[]): Grid {
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
  const bases = rows.find(({ name }) => name === baseline)?.figures ?? []
  const cells = rows.map(({ figures }) =>
    figures.map((figure, i) => (figure ? cellOf(figure) + addedTo(bases[i], figure) : '')),
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

const cellOf = ({ unit, median, low, high }: Figure): string => {
  const spread = Math.round(((high - low) / 2 / Math.abs(median)) * 100)
  return spread >= 1
    ? `${quantity(unit, median)} ±${String(spread).padStart(2)}%`
    : `${quantity(unit, median)}     `
}

/** In percent of another figure. */
function addedTo(base: Figure | undefined, figure: Figure): string {
  if (!base) return ''
  const percent = Math.round(100 * (ratioOf(figure, base) - 1))
  return `${percent < 0 ? '' : '+'}${percent} %`.padStart(9)
}

/** Of the first column, on a logarithmic scale, where it stretches over a decade. */
function barsOf(figures: readonly (Figure | undefined)[]): string[] {
  const values = figures.map(figure => Math.log10(figure?.median ?? Number.NaN))
  const known = values.filter(Number.isFinite)
  const [least, greatest] = [Math.floor(Math.min(...known)), Math.max(...known)]
  if (known.length < 2 || greatest - Math.min(...known) < 1) return figures.map(() => '')
  return values.map(value =>
    Number.isFinite(value) ? bar((value - least) / (greatest - least), BAR_COLUMNS) : '',
  )
}

const TIMES = [
  { unit: 's', ns: 1e9 },
  { unit: 'ms', ns: 1e6 },
  { unit: 'µs', ns: 1e3 },
  { unit: 'ns', ns: 1 },
]

/** A number with its unit, in three digits. */
export function quantity(unit: Unit, value: number): string {
  if (unit === 'per s') return `${digits(value / 1e6)} M/s`
  if (unit === 'bytes') return Math.abs(value) >= 1024 ? `${digits(value / 1024)} KiB` : `${digits(value)} B `
  if (unit === 'count') return digits(value)
  const { unit: name, ns } = TIMES.find(({ ns }) => value >= ns) ?? { unit: 'ns', ns: 1 }
  return `${digits(value / ns)} ${name}`
}

const digits = (value: number): string => {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US')
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)]
