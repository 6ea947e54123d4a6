// What docs/testing.md says about Mocha.
import { test } from 'uvu'
import { skipOnWindows } from '../../tools/testing/skip.js'
import { found, replaced, testFor, withoutTotals } from './page.js'
import { assertPassed, assertShared, Runner, TEST_LIMIT_MS, testFiles } from './runner.js'

const mocha = new Runner({
  program: 'mocha/bin/mocha.js',
  passed: /^ +(\d+) passing/,
  failed: /^ +(\d+) failing/,
})
const code = testFor('Mocha')

for (const options of [[], ['--parallel', '--jobs', '2']]) {
  const how = options[0] ?? 'one after the other'
  const run = (code: string) =>
    mocha.run([...options, `--timeout=${TEST_LIMIT_MS}`, '*.test.js'], testFiles(code))

  test(`${how}: test files see each other's counts`, async () => {
    assertShared(await run(code), code)
  })

  test(`${how}: differences hold`, async () => {
    assertPassed(await run(withoutTotals(code)))
  })
}

skipOnWindows('it has no shell for it')('with a process for each test file, totals hold', async () => {
  const line = replaced(
    found(/^(ls .* mocha)$/),
    /npx mocha/,
    mocha.command.map(part => `"${part}"`).join(' '),
  )
  assertPassed(await mocha.runInShell(line, testFiles(code)))
})

test.run()
