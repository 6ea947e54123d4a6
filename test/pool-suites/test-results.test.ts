import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { OUTSIDE, type Outcome, parseNodeTest, parseVitest, withExitCode } from './test-results.js'

const outcomesOf = (results: ReturnType<typeof parseVitest>) =>
  Object.fromEntries([...results].map(([title, { outcome }]) => [title, outcome]))

const line = (file: string, names: string[], outcome: Outcome) =>
  `${JSON.stringify({ file, names, outcome })}\n`

test('node:test: a test has a title of its own, even if two share a name', () => {
  const report =
    line('/pool/test/a.test.ts', ['opens'], 'passed') +
    line('/pool/test/a.test.ts', ['close()', 'waits'], 'failed') +
    line('/pool/test/a.test.ts', ['opens'], 'skipped') +
    line('/pool/test/b.test.ts', ['opens'], 'passed')
  const results = parseNodeTest(report, '/pool')
  assert.equal(outcomesOf(results), {
    'test/a.test.ts: opens': 'passed',
    'test/a.test.ts: close() > waits': 'failed',
    'test/a.test.ts: opens (2)': 'skipped',
    'test/b.test.ts: opens': 'passed',
  })
  assert.is(results.get('test/a.test.ts: opens (2)')?.file, 'test/a.test.ts')
})

test('Vitest: every status but "passed" and "failed" means skipped', () => {
  const assertion = (title: string, status: string, ...ancestorTitles: string[]) => ({
    ancestorTitles,
    title,
    status,
  })
  const tests = [
    assertion('runs', 'passed'),
    assertion('ends', 'failed', 'pool', 'close'),
    ...['skipped', 'pending', 'todo'].map(status => assertion(status, status)),
  ]
  const report = {
    testResults: [{ name: '/pool/test/a.test.ts', status: 'failed', assertionResults: tests }],
  }
  assert.equal(outcomesOf(parseVitest(JSON.stringify(report), '/pool')), {
    'test/a.test.ts: runs': 'passed',
    'test/a.test.ts: pool > close > ends': 'failed',
    'test/a.test.ts: skipped': 'skipped',
    'test/a.test.ts: pending': 'skipped',
    'test/a.test.ts: todo': 'skipped',
  })
})

test('Vitest: a file that cannot be loaded has failed, although none of its tests has', () => {
  const report = { testResults: [{ name: '/pool/test/a.test.ts', status: 'failed', assertionResults: [] }] }
  assert.equal(outcomesOf(parseVitest(JSON.stringify(report), '/pool')), {
    'test/a.test.ts: the file as a whole': 'failed',
  })
})

for (const [outcome, exitCode, outside] of [
  ['passed', 0, 'passed'],
  ['failed', 1, 'passed'],
  // Vitest ends so after an unhandled rejection.
  ['passed', 1, 'failed'],
  ['failed', 0, 'failed'],
] as const) {
  test(`exit code ${exitCode} where a test has ${outcome}: outside of the tests, the runner has ${outside}`, () => {
    const results = withExitCode(parseNodeTest(line('/pool/a.ts', ['one'], outcome), '/pool'), exitCode)
    assert.is(results.get(OUTSIDE)?.outcome, outside)
    assert.is(results.size, 2)
  })
}

test.run()
