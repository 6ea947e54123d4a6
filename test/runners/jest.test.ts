// What docs/testing.md says about Jest with Node's flag.
import { test } from 'uvu'
import { jestRequiresModules } from './install.js'
import { DEATHS_TEST, MODULE_ERROR, runJest } from './jest.js'
import { found, IMPORT_FIRST, SETUP_FILES, testFor, withoutTotals } from './page.js'
import { assertError, assertPassed, assertShared, type Files, testFiles } from './runner.js'

const NODE_OPTIONS = found(/^NODE_OPTIONS=(\S+) npx jest$/)
const CONFIG = { 'jest.config.js': `export default { ${SETUP_FILES} }` }
const code = testFor('Jest')

const run = (args: readonly string[], files: Files) => runJest(args, files, NODE_OPTIONS)

test('test files see each other’s counts', async () => {
  assertShared(await run(['--runInBand'], testFiles(code)), code)
})

for (const args of [['--runInBand'], ['--maxWorkers=2']]) {
  test(`${args}: with the setup file they don't`, async () => {
    assertPassed(await run(args, { ...testFiles(code), ...CONFIG }))
  })
}

test('without a setup file, test files that import it first don’t, and differences hold', async () => {
  const importing = `${IMPORT_FIRST}\n${code}`
  const files = { 'a.test.js': importing, 'b.test.js': importing, 'c.test.js': withoutTotals(code) }
  assertPassed(await run(['--runInBand'], files))
})

test('deaths are noticed', async () => {
  assertPassed(await run(['--runInBand'], { 'a.test.js': DEATHS_TEST }), 1)
})

const REQUIRING: Files = {
  'package.json': '{}',
  'a.test.js': `
    const { threadLocal, totals } = require('threadslots')
    const jobs = threadLocal('jobs', { done: 'count' })
    test('it counts', () => {
      jobs.done++
      expect(totals(jobs).done).toBe(1)
    })`,
}

test('without the flag, tests fail', async () => {
  assertError(await runJest([], testFiles(code)), MODULE_ERROR)
  assertError(await runJest([], REQUIRING), MODULE_ERROR)
})

test('with the flag, CommonJS tests can require this package from Node 24.9', async () => {
  const outcome = await run([], REQUIRING)
  if (jestRequiresModules) assertPassed(outcome, 1)
  else assertError(outcome, MODULE_ERROR)
})

test.run()
