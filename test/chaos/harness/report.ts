// The results of a chaos run, as numbers, as a line and as a table.
import { cutEnd, seconds, whole } from '../../../tools/format.js'
import { DEATHS, type Death } from './deaths.js'

export interface Report {
  readonly seconds: number
  readonly seed: number
  readonly deaths: ReadonlyMap<Death, number>
  /** All threads that have begun, including workers of workers. */
  readonly threads: number
  /** How many rows of the default table were ever used, and how many it has. */
  readonly rowsUsed: number
  readonly rows: number
  /** How many keys were made, and in how many tables. */
  readonly keys: number
  readonly tables: number
  /** Acknowledged increments: steps, and additions to keys that were made. */
  readonly increments: number
  readonly readings: number
  readonly falls: number
  readonly lost: number
  readonly extra: number
  readonly misreported: number
  readonly leakedRows: number
  readonly leakedRecords: number
  readonly problems: readonly string[]
}

const MAX_PROBLEMS = 20
/** Longer problems are cut off. */
const PROBLEM_COLUMNS = 240

export const deathsOf = ({ deaths }: Report): number => [...deaths.values()].reduce((sum, n) => sum + n, 0)

/** The numbers that must be 0. */
const faultsOf = ({ falls, lost, extra, misreported, leakedRows, leakedRecords }: Report) => ({
  'sums that fell': falls,
  'increments lost': lost,
  'increments too many': extra,
  'exits not reported once': misreported,
  'rows leaked': leakedRows,
  'key records leaked': leakedRecords,
})

export const isClean = (report: Report): boolean =>
  report.problems.length === 0 && Object.values(faultsOf(report)).every(count => count === 0)

/** The line that is shown while it runs. */
export function summary(report: Report): string {
  const faults = Object.values(faultsOf(report)).reduce((sum, count) => sum + count, 0)
  return [
    seconds(report.seconds),
    `${whole(deathsOf(report))} deaths`,
    `${whole(report.keys)} keys`,
    `${whole(report.increments)} increments`,
    `${whole(report.readings)} readings`,
    isClean(report) ? 'nothing lost' : `${whole(faults)} FAULTS, ${report.problems.length} problems`,
  ].join(', ')
}

/** The table that is shown at the end. */
export function tableOf(report: Report): string {
  const figures: [label: string, value: string][] = [
    ['deaths', whole(deathsOf(report))],
    ...DEATHS.map((death): [string, string] => [`  ${death}`, whole(report.deaths.get(death) ?? 0)]),
    ['threads', whole(report.threads)],
    ['rows used', `${report.rowsUsed} of ${report.rows}`],
    ['keys made', whole(report.keys)],
    ['  in tables', whole(report.tables)],
    ['increments', whole(report.increments)],
    ['readings', whole(report.readings)],
    ...Object.entries(faultsOf(report)).map(([label, count]): [string, string] => [label, whole(count)]),
  ]
  const left = Math.max(...figures.map(([label]) => label.length))
  const right = Math.max(...figures.map(([, value]) => value.length))
  const rows = figures.map(([label, value]) => `${label.padEnd(left)}  ${value.padStart(right)}`)
  const problems = report.problems
    .slice(0, MAX_PROBLEMS)
    .map(problem => cutEnd(`- ${problem}`, PROBLEM_COLUMNS))
  const verdict = isClean(report) ? 'nothing was lost' : 'FAULTS FOUND'
  const end = `${verdict} in ${seconds(report.seconds)}; seed ${report.seed}`
  return [...rows, ...problems, end].join('\n')
}
