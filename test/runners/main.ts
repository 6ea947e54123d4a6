// `npm run test:runners`: tries what docs/testing.md says in each test runner, with the files that the page shows.
import { readdirSync } from 'node:fs'
import { describe, failedIn, passedIn } from '../support/runner/outcome.js'
import { runFiles } from '../support/runner/run-files.js'
import { createProject, PROJECT_VARIABLE, runners } from './install.js'

const FOLDER = 'test/runners'

// The project is removed in the process's 'exit' event, which these signals would skip.
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143))

const started = performance.now()
const project = createProject()
const files = readdirSync(import.meta.dirname)
  .filter(name => name.endsWith('.test.js'))
  .sort()
const outcomes = await runFiles(
  [process.execPath],
  files.map(name => `${FOLDER}/${name}`),
  outcome => console.log(describe(outcome)),
  { variablesOf: () => ({ [PROJECT_VARIABLE]: project }) },
)
for (const { file, skips } of outcomes) {
  for (const { test, reason } of skips) console.log(`skipped in ${file}: ${test}: ${reason}`)
}
const versions = [...runners, ['Node', process.versions.node]].map(
  ([title, version]) => `${title} ${version}`,
)
console.log(`${versions.join(', ')}: ${((performance.now() - started) / 1000).toFixed(0)} s`)
const [passed, failed] = [passedIn(outcomes), failedIn(outcomes)]
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
