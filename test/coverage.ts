// `npm run coverage`: fails unless the tests reach all lines, branches and functions of src/. It prints a table, and
// coverage/index.html shows the sources.
import { parseCommandLine, readCommandLine } from '../tools/command-line.js'
import {
  areFiguresRecorded,
  isMeasured,
  recordingVariables,
  removeFigures,
  reportCoverage,
} from './support/runner/coverage.js'
import { describe, failedIn, passedIn } from './support/runner/outcome.js'
import { runFiles } from './support/runner/run-files.js'
import { testFiles } from './support/runner/test-files.js'

const USAGE = `usage: npm run coverage -- [--recorded] [part of a test file's name] [--help]

Runs the test files whose path contains at least one of the parts, or all that are measured, and shows what they reach.

  --recorded   runs nothing, and shows what RECORD_COVERAGE=1 npm test has recorded`

interface Request {
  /** The test files to run; undefined if there is something recorded to be shown. */
  readonly files: readonly string[] | undefined
}

const request = readCommandLine(parseRequest, USAGE, USAGE)
if (request) {
  const isPassed = request.files === undefined || (await record(request.files))
  const isEverythingReached = reportCoverage()
  removeFigures()
  process.exitCode = isPassed && isEverythingReached ? 0 : 1
}

function parseRequest(args: readonly string[]): Request | undefined {
  const flag = { type: 'boolean' } as const
  const { values, positionals } = parseCommandLine(args, { recorded: flag, help: flag }, 100, 'files')
  if (values.help) return undefined
  if (values.recorded) {
    if (positionals.length > 0) throw new Error(`--recorded runs no files, got ${positionals.join(', ')}`)
    if (!areFiguresRecorded()) throw new Error('nothing is recorded; run RECORD_COVERAGE=1 npm test first')
    return { files: undefined }
  }
  const files = testFiles(positionals).filter(isMeasured)
  if (files.length === 0) throw new Error(`no measured test file matches ${positionals.join(', ')}`)
  return { files }
}

/** Runs test files and records what they reach. Tells whether all tests passed. */
async function record(files: readonly string[]): Promise<boolean> {
  removeFigures()
  const outcomes = await runFiles([process.execPath], files, outcome => console.log(describe(outcome)), {
    variablesOf: recordingVariables,
  })
  console.log(`${passedIn(outcomes)} passed, ${failedIn(outcomes)} failed`)
  return failedIn(outcomes) === 0
}
