// How each pool's tests are run, and where their results come from.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseNodeTest, parseVitest, type Results } from './test-results.js'

export interface Suite {
  /** The package's name. */
  readonly name: string
  readonly repository: string
  /** A file that a checkout has if its tests can be run here. */
  readonly runnerFile: string
  readonly runner: string
  /** Arguments of `npm test`: the tests of some files, or of all of them if the list is empty. */
  readonly args: (reportFile: string, files: readonly string[]) => readonly string[]
  /** What NODE_OPTIONS has, besides what loads the package. */
  readonly nodeOptions: (reportFile: string) => readonly string[]
  readonly parse: (report: string, folder: string) => Results
}

const NODE_TEST_REPORTER = pathToFileURL(join(import.meta.dirname, 'node-test-reporter.js')).href

/** Vitest's own limit is 5 seconds, which tests that start a process for each processor exceed on a busy machine. */
const TEST_LIMIT_MS = 60_000

export const SUITES: readonly Suite[] = [
  {
    name: 'piscina',
    repository: 'https://github.com/piscinajs/piscina',
    runnerFile: 'scripts/run-tests.js',
    runner: 'node:test, as versions from 5.0 do',
    args: (_, files) =>
      files.length === 0 ? [] : [`--pattern=${files.length === 1 ? files[0] : `{${files.join(',')}}`}`],
    // The script passes no options on to node:test.
    nodeOptions: reportFile => [
      `--test-reporter=${NODE_TEST_REPORTER}`,
      `--test-reporter-destination=${reportFile}`,
    ],
    parse: parseNodeTest,
  },
  {
    name: 'tinypool',
    repository: 'https://github.com/tinylibs/tinypool',
    runnerFile: 'vitest.config.ts',
    runner: 'Vitest',
    args: (reportFile, files) => [
      '--run',
      `--testTimeout=${TEST_LIMIT_MS}`,
      '--reporter=json',
      `--outputFile=${reportFile}`,
      ...files,
    ],
    nodeOptions: () => [],
    parse: parseVitest,
  },
]
