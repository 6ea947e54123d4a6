// Runs the tests in this runtime: those of the files that have one of the arguments in their name, or all.
import { reportOf } from './support/report.js'
import { describe, failedIn, passedIn, runFiles, testFiles } from './support/runner.js'

const parts = process.argv.slice(2)
const files = testFiles(parts)
const outcomes = await runFiles([process.execPath], files, outcome => console.log(describe(outcome)))
const [passed, failed] = [passedIn(outcomes), failedIn(outcomes)]
if (files.length === 0) console.log(`no test file matches ${parts.join(', ')}`)
for (const { file, skips } of outcomes) {
  for (const { test, reason } of skips) console.log(`skipped in ${file}: ${test}: ${reason}`)
}
const report = reportOf(outcomes.map(({ output }) => output))
if (report !== undefined) console.log(`\n${report}\n`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
