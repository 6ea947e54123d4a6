// What docs/testing.md says about uvu.
import { test } from 'uvu'
import { skipOnWindows } from '../../tools/testing/skip.js'
import { found, replaced, testFor, withoutTotals } from './page.js'
import { assertPassed, assertShared, Runner, testFiles } from './runner.js'

const uvu = new Runner({
  program: 'uvu/bin.js',
  passed: /^ +Passed: +(\d+)/,
  failed: /^ +FAIL +"/,
})
const code = testFor('uvu')
const run = (code: string) => uvu.run(['.', '\\.test\\.js$'], testFiles(code))

test('test files see each other’s counts', async () => {
  assertShared(await run(code), code)
})

test('differences hold', async () => {
  assertPassed(await run(withoutTotals(code)))
})

skipOnWindows('it has no shell for it')('with a process for each test file, totals hold', async () => {
  const line = replaced(found(/^(ls .* node)$/), /node$/, `"${process.execPath}"`)
  assertPassed(await uvu.runInShell(line, testFiles(code)))
})

test.run()
