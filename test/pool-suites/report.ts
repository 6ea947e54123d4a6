// Prints reports on pools.
import { plural, whole } from '../../tools/format.js'
import { alignColumns } from '../support/align-columns.js'
import type { PoolReport } from './compare-pool.js'
import { isDifference, type Tally } from './comparison.js'
import type { Sums } from './readings.js'

const differencesIn = ({ repeated }: PoolReport): Tally[] => repeated.filter(isDifference)
const chancesIn = ({ repeated }: PoolReport): Tally[] => repeated.filter(tally => !isDifference(tally))

export const isClean = (report: PoolReport): boolean =>
  differencesIn(report).length === 0 && report.problems.length === 0

/** What threads counted, and tests by name. */
export function detailsOf(report: PoolReport): string {
  return [
    describeSums(report.sums),
    ...listOf('fail with and without the package', report.failing),
    ...listOf('passed in one of the first two runs only, by chance', chancesIn(report).map(describeTally)),
    ...listOf('DIFFER', differencesIn(report).map(describeTally)),
    ...listOf("READINGS THAT CAN'T BE TRUE", report.problems),
  ].join('\n')
}

function describeSums({ processes, unread, startedWorkers, workers, retired }: Sums): string {
  const lines = [
    `with the package: workers that counted themselves: ${whole(workers)}; threads that had retired before the end: ${whole(retired)}; ` +
      `processes: ${whole(processes)}`,
    `other workers: ${whole(startedWorkers - workers)}, for Node's module hooks, terminated while they started, or without NODE_OPTIONS`,
  ]
  if (unread > 0) lines.push(`processes that were killed before they could read: ${whole(unread)}`)
  return lines.join('\n')
}

const listOf = (heading: string, items: readonly string[]): string[] =>
  items.length === 0 ? [] : [`${heading} (${items.length}):`, ...items.map(item => `  ${item}`)]

const describeTally = ({ title, runs, without, with: withPackage }: Tally): string =>
  `${title}: when repeated, passed ${without} of ${runs} times without the package, ${withPackage} of ${runs} with it`

const HEADER = ['', 'tests', 'skipped', 'fail in both', 'pass without', 'pass with', 'by chance', 'differ']

/** The figures of each pool. */
export function tableOf(reports: readonly PoolReport[]): string {
  const rows = reports.map(report => [
    report.title,
    ...[
      report.without.tests,
      report.without.skipped,
      report.failing.length,
      report.without.passed,
      report.with.passed,
      chancesIn(report).length,
      differencesIn(report).length,
    ].map(whole),
  ])
  return alignColumns([HEADER, ...rows])
}

/** The conclusion, in a sentence. */
export function verdictOn(reports: readonly PoolReport[]): string {
  const sum = (of: (report: PoolReport) => readonly unknown[]) =>
    reports.reduce((sum, report) => sum + of(report).length, 0)
  const [differences, problems, chances] = [
    sum(differencesIn),
    sum(({ problems }) => problems),
    sum(chancesIn),
  ]
  if (differences > 0 || problems > 0) {
    return `Tests that differ: ${differences}. Readings that can't be true: ${problems}.`
  }
  const except = chances === 0 ? '' : `, except by chance in ${plural(chances, 'test')}`
  return `The same tests pass with and without the package${except}.`
}
