// `npm test`: runs the test files whose path contains at least one of the arguments, or all of them, on this runtime. With the
// variable RECORD_COVERAGE, it records what they reach, for `npm run coverage -- --recorded`.
import { recordingVariables, removeFigures } from './support/runner/coverage.js'
import { describe, failedIn, passedIn } from './support/runner/outcome.js'
import { reportTableOf } from './support/runner/report-table.js'
import { runFiles } from './support/runner/run-files.js'
import { testFiles } from './support/runner/test-files.js'

const parts = process.argv.slice(2)
const files = testFiles(parts)
const isRecording = process.env.RECORD_COVERAGE !== undefined
if (isRecording) removeFigures()
const outcomes = await runFiles(
  [process.execPath],
  files,
  outcome => console.log(describe(outcome)),
  isRecording ? { variablesOf: recordingVariables } : {},
)
const [passed, failed] = [passedIn(outcomes), failedIn(outcomes)]
if (files.length === 0) console.log(`no test file matches ${parts.join(', ')}`)
for (const { file, skips } of outcomes) {
  for (const { test, reason } of skips) console.log(`skipped in ${file}: ${test}: ${reason}`)
}
const report = reportTableOf(outcomes.map(({ output }) => output))
if (report !== undefined) console.log(`\n${report}\n`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
