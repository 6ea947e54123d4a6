// Compares what tests do without the package and with it.
import { OUTSIDE, type Results } from './test-results.js'

/** How often tests that differ are repeated, without the package and with it. */
export const REPEATS = 5

/** The same tests, run without the package and with it. */
export interface Pair {
  readonly without: Results
  readonly with: Results
}

/** Numbers of tests in one run. */
export interface Counts {
  readonly tests: number
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export function countsOf(results: Results): Counts {
  const outcomes = [...results].filter(([title]) => title !== OUTSIDE).map(([, { outcome }]) => outcome)
  const count = (wanted: string) => outcomes.filter(outcome => outcome === wanted).length
  return {
    tests: outcomes.length,
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
  }
}

const titlesIn = (pair: Pair): string[] => [...new Set([...pair.without.keys(), ...pair.with.keys()])]

const hasPassed = (results: Results, title: string): boolean => results.get(title)?.outcome === 'passed'

/** Tests that passed in one of the two runs only. */
export const differingIn = (pair: Pair): string[] =>
  titlesIn(pair).filter(title => hasPassed(pair.without, title) !== hasPassed(pair.with, title))

/** Tests that failed in both runs. */
export const failingIn = (pair: Pair): string[] =>
  titlesIn(pair).filter(title =>
    [pair.without, pair.with].every(results => results.get(title)?.outcome === 'failed'),
  )

/** The files of tests; none if one of these stands for the whole run, which is then to be repeated. */
export function filesOf(pair: Pair, titles: readonly string[]): string[] {
  if (titles.includes(OUTSIDE)) return []
  const files = titles.map(title => (pair.without.get(title) ?? pair.with.get(title))?.file ?? '')
  return [...new Set(files)]
}

/** How often a test passed when it was repeated. The runs that picked it because they differ say nothing about chance. */
export interface Tally {
  readonly title: string
  readonly runs: number
  readonly without: number
  readonly with: number
}

export const tallyOf = (title: string, pairs: readonly Pair[]): Tally => ({
  title,
  runs: pairs.length,
  without: pairs.filter(({ without }) => hasPassed(without, title)).length,
  with: pairs.filter(pair => hasPassed(pair.with, title)).length,
})

/** Whether chance is a poor explanation of the two numbers: they differ by more than half of the runs. */
export const isDifference = ({ runs, without, with: withPackage }: Tally): boolean =>
  Math.abs(without - withPackage) > runs / 2
