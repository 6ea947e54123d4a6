// What docs/testing.md says about Vitest.
import { test } from 'uvu'
import { vitestMajor } from './install.js'
import { IMPORT_FIRST, pageFile, SECOND_TABLE, SETUP_FILES, testFor, withoutTotals } from './page.js'
import {
  assertError,
  assertPassed,
  assertShared,
  type Files,
  type Outcome,
  Runner,
  TEST_LIMIT_MS,
  testFiles,
} from './runner.js'

const vitest = new Runner({
  program: 'vitest/vitest.mjs',
  passed: /^ +Tests .*?(\d+) passed/,
  failed: /^ +Tests .*?(\d+) failed/,
})
const code = testFor('Vitest')
const CONFIG = { 'vitest.config.js': pageFile('vitest.config.js') }

/** Options on the command line come before those of the configuration. */
const run = (pool: string, maxWorkers: number, options: readonly string[], files: Files) =>
  vitest.run(
    ['run', `--testTimeout=${TEST_LIMIT_MS}`, `--pool=${pool}`, `--maxWorkers=${maxWorkers}`, ...options],
    files,
  )

/** Asserts that only the first test file could have a table of its own. */
const assertSecondTable = (outcome: Outcome) => assertError(outcome, SECOND_TABLE, 1)

for (const pool of ['threads', 'forks']) {
  test(`${pool}: test files don't see each other's counts`, async () => {
    assertPassed(await run(pool, 2, [], testFiles(code)))
  })

  test(`${pool} without isolation: they do`, async () => {
    assertShared(await run(pool, 1, ['--no-isolate'], testFiles(code)), code)
  })
}

test('without isolation, a second fresh table throws, and differences hold', async () => {
  assertSecondTable(await run('threads', 1, ['--no-isolate'], { ...testFiles(code), ...CONFIG }))
  assertPassed(await run('threads', 1, ['--no-isolate'], testFiles(withoutTotals(code))))
})

for (const pool of ['vmThreads', 'vmForks']) {
  test(`${pool}: test files see each other's counts`, async () => {
    assertShared(await run(pool, 2, [], testFiles(code)), code)
  })

  test(`${pool}: with the setup file they don't`, async () => {
    assertPassed(await run(pool, 2, [], { ...testFiles(code), ...CONFIG }))
  })
}

test('vmThreads: with one worker, the setup file needs Vitest 5', async () => {
  const outcome = await run('vmThreads', 1, [], { ...testFiles(code), ...CONFIG })
  if (vitestMajor < 5) assertSecondTable(outcome)
  else assertPassed(outcome)
})

test('vmThreads: test files that import the setup file first don’t see each other’s counts', async () => {
  assertPassed(await run('vmThreads', 2, [], testFiles(`${IMPORT_FIRST}\n${code}`)))
})

test('threads: if the global setup imports a definition, fresh tables are ignored; forks have theirs', async () => {
  const files = {
    ...testFiles(code),
    'global-setup.js': "import './jobs.js'\nexport default () => {}",
    'vitest.config.js': `export default { test: { globalSetup: './global-setup.js', ${SETUP_FILES} } }`,
  }
  assertShared(await run('threads', 1, [], files), code)
  assertPassed(await run('forks', 2, [], files))
})

test('Node loads a worker’s file, without Vitest’s transforms', async () => {
  const typed = `
    import { once } from 'node:events'
    import { expect, test } from 'vitest'
    import { Worker } from 'node:worker_threads'
    import { Kind } from './kind.ts'
    test('only here is it transformed', async () => {
      expect(Kind.job).toBe(0)
      const [{ code }] = await once(new Worker(new URL('./kind.ts', import.meta.url)), 'error')
      expect(code).toMatch(/^ERR_(UNKNOWN_FILE_EXTENSION|UNSUPPORTED_TYPESCRIPT_SYNTAX)$/)
    })`
  assertPassed(await run('threads', 2, [], { ...testFiles(typed), 'kind.ts': 'export enum Kind { job }' }))
})

test.run()
