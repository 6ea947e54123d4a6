// What docs/testing.md says about node:test.
import { test } from 'uvu'
import { skipIf } from '../../tools/testing/skip.js'
import { nodeMajor } from './install.js'
import { testFor, withoutTotals } from './page.js'
import { assertPassed, assertShared, Runner, testFiles } from './runner.js'

const runner = new Runner({ passed: /^# pass (\d+)/, failed: /^# fail (\d+)/ })
const code = testFor('node:test')
const run = (options: readonly string[], code: string) =>
  runner.run(['--test', '--test-reporter=tap', ...options], testFiles(code))

test('test files don’t see each other’s counts', async () => {
  assertPassed(await run([], code))
})

const testIsolation = skipIf(nodeMajor < 22 ? 'this Node always starts a process for each file' : undefined)
const WITHOUT_ISOLATION = [nodeMajor < 24 ? '--experimental-test-isolation=none' : '--test-isolation=none']

testIsolation('without isolation they do', async () => {
  assertShared(await run(WITHOUT_ISOLATION, code), code)
})

testIsolation('without isolation, differences hold', async () => {
  assertPassed(await run(WITHOUT_ISOLATION, withoutTotals(code)))
})

test.run()
