// What a test runner says about each test.
import { relative, sep } from 'node:path'

export type Outcome = 'passed' | 'failed' | 'skipped'

export interface TestResult {
  /** Relative to the pool's folder, with slashes. Empty for `OUTSIDE`. */
  readonly file: string
  /** The names of the suites around the test, and its own. */
  readonly name: string
  readonly outcome: Outcome
}

/** By a title that no other test of the pool has: file and name. */
export type Results = ReadonlyMap<string, TestResult>

/** Stands for what a runner's exit code says besides its tests: whether there was an error outside of them. */
export const OUTSIDE = 'everything outside of the tests'

/** A line that `node-test-reporter.ts` prints, as JSON. */
export interface NodeTestLine {
  /** Absolute. */
  readonly file: string
  readonly names: readonly string[]
  readonly outcome: Outcome
}

/** Vitest's report in JSON, as far as it is read here. */
interface VitestReport {
  readonly testResults: readonly {
    /** Absolute path of the file. */
    readonly name: string
    readonly status: 'passed' | 'failed'
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly status: string
    }[]
  }[]
}

export const parseNodeTest = (report: string, folder: string): Results =>
  index(
    report
      .split('\n')
      .filter(line => line !== '')
      .map(line => {
        const { file, names, outcome }: NodeTestLine = JSON.parse(line)
        return { file: pathIn(folder, file), name: names.join(' > '), outcome }
      }),
  )

export function parseVitest(report: string, folder: string): Results {
  const { testResults }: VitestReport = JSON.parse(report)
  return index(
    testResults.flatMap(({ name: path, status, assertionResults }) => {
      const file = pathIn(folder, path)
      const tests = assertionResults.map(
        ({ ancestorTitles, title, status }): TestResult => ({
          file,
          name: [...ancestorTitles, title].join(' > '),
          outcome: status === 'passed' || status === 'failed' ? status : 'skipped',
        }),
      )
      // A file that can't be loaded has failed, and has no tests.
      const hasFailedAsAWhole = status === 'failed' && !tests.some(({ outcome }) => outcome === 'failed')
      return hasFailedAsAWhole ? [...tests, { file, name: 'the file as a whole', outcome: status }] : tests
    }),
  )
}

/** Adds what the runner's exit code says. A runner that fails, although no test has, met an error outside of them. */
export function withExitCode(results: Results, exitCode: number | null): Results {
  const hasFailure = [...results.values()].some(({ outcome }) => outcome === 'failed')
  const outcome = (exitCode !== 0) === hasFailure ? 'passed' : 'failed'
  return new Map(results).set(OUTSIDE, { file: '', name: OUTSIDE, outcome })
}

/** Tests of one file may share a name. Their runner reports them in the order in which they are defined. */
function index(list: readonly TestResult[]): Results {
  const results = new Map<string, TestResult>()
  for (const result of list) {
    const title = `${result.file}: ${result.name}`
    let unique = title
    for (let n = 2; results.has(unique); n++) unique = `${title} (${n})`
    results.set(unique, result)
  }
  return results
}

const pathIn = (folder: string, file: string): string => relative(folder, file).replaceAll(sep, '/')
