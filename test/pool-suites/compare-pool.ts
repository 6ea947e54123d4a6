// Runs the tests of one pool without the package and with it, repeats those that differ, and says what came of it.
import { plural, seconds } from '../../tools/format.js'
import type { TestRun } from './checkout.js'
import {
  type Counts,
  countsOf,
  differingIn,
  failingIn,
  filesOf,
  type Pair,
  REPEATS,
  type Tally,
  tallyOf,
} from './comparison.js'
import { missingIn, problemsOf, type Sums, sumsOf } from './readings.js'
import { OUTSIDE } from './test-results.js'

/** How much is shown of what a runner printed. */
const SHOWN_LINES = 40

export interface PoolReport {
  readonly title: string
  readonly without: Counts
  readonly with: Counts
  /** What threads counted in the run with the package. */
  readonly sums: Sums
  /** Tests that failed in both runs. */
  readonly failing: readonly string[]
  /** Tests that passed in one of the first two runs only, and how often they passed when they were repeated. */
  readonly repeated: readonly Tally[]
  /** What the readings of all runs say that can't be true, or what they lack. */
  readonly problems: readonly string[]
}

/**
 * Runs a pool's tests of some files, or of all files if the list is empty, with the package or without it.
 */
export type RunTests = (isLoaded: boolean, files: readonly string[]) => Promise<TestRun>

export async function comparePool(
  title: string,
  runTests: RunTests,
  log: (text: string) => void,
): Promise<PoolReport> {
  const problems: string[] = []
  const runPair = async (files: readonly string[]) => {
    const without = await logged(runTests, false, files, log)
    const loaded = await logged(runTests, true, files, log)
    problems.push(...problemsOf(loaded.readings))
    const pair: Pair = { without: without.results, with: loaded.results }
    return { pair, readings: loaded.readings }
  }
  const { pair, readings } = await runPair([])
  const missing = missingIn(readings)
  if (missing !== undefined) problems.push(missing)
  const differing = differingIn(pair)
  const repeats: Pair[] = []
  if (differing.length > 0) {
    const files = filesOf(pair, differing)
    log(`${plural(differing.length, 'test')} differed; repeating ${files.join(', ') || 'all of them'}`)
    while (repeats.length < REPEATS) repeats.push((await runPair(files)).pair)
  }
  return {
    title,
    without: countsOf(pair.without),
    with: countsOf(pair.with),
    sums: sumsOf(readings),
    failing: failingIn(pair),
    repeated: differing.map(title => tallyOf(title, repeats)),
    problems,
  }
}

async function logged(
  runTests: RunTests,
  isLoaded: boolean,
  files: readonly string[],
  log: (text: string) => void,
): Promise<TestRun> {
  const started = performance.now()
  const run = await runTests(isLoaded, files)
  const { tests, passed } = countsOf(run.results)
  const elapsed = seconds((performance.now() - started) / 1000)
  log(`${isLoaded ? '   with' : 'without'} the package: ${passed} of ${tests} passed in ${elapsed}`)
  if (run.results.get(OUTSIDE)?.outcome === 'failed')
    log(`an error outside of the tests:\n${lastLines(run.output)}`)
  return run
}

const lastLines = (text: string): string => text.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n')
