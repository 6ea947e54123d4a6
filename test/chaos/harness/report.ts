// What a chaos run reports.
import { cutEnd, seconds, whole } from '../../../tools/format.js'
import { DEATHS, type Death } from './deaths.js'

export interface Report {
  readonly seconds: number
  readonly seed: number
  readonly deaths: ReadonlyMap<Death, number>
  /** All that have begun, the workers of others too. */
  readonly threads: number
  /** Rows of the default table that were ever used, of so many. */
  readonly rowsUsed: number
  readonly rows: number
  /** Keys that were made, in so many tables. */
  readonly keys: number
  readonly tables: number
  /** Steps and keys' additions that were acknowledged. */
  readonly increments: number
  readonly readings: number
  readonly falls: number
  readonly lost: number
  readonly extra: number
  readonly missed: number
  readonly leakedRows: number
  readonly leakedRecords: number
  readonly problems: readonly string[]
}

const MAX_PROBLEMS = 20
const PROBLEM_COLUMNS = 240

export const deathsOf = ({ deaths }: Report): number => [...deaths.values()].reduce((sum, n) => sum + n, 0)

/** What must be 0. */
const faultsOf = ({ falls, lost, extra, missed, leakedRows, leakedRecords }: Report) => ({
  'falls of a sum': falls,
  'increments lost': lost,
  'increments too many': extra,
  'deaths not told of once': missed,
  'rows leaked': leakedRows,
  'key records leaked': leakedRecords,
})

export const isClean = (report: Report): boolean =>
  report.problems.length === 0 && Object.values(faultsOf(report)).every(count => count === 0)

/** One line, while it runs. */
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
  const verdict = isClean(report) ? 'nothing was lost' : 'SOMETHING IS WRONG'
  const end = `${verdict} in ${seconds(report.seconds)}; seed ${report.seed}`
  return [...rows, ...problems, end].join('\n')
}
