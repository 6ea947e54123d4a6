// What docs/testing.md says about Jest without Node's flag.
import { test } from 'uvu'
import { DEATHS_TEST, MODULE_ERROR, runJest } from './jest.js'
import { found, pageFile, replaced, testFor } from './page.js'
import { assertError, assertPassed, type Files, testFiles } from './runner.js'

const SWC = pageFile('jest.config.js')
const BABEL = replaced(SWC, /^ +transform: .*$/m, found(/^(transform: \{[^`]*^\},)$/))
/** In this package, only the monitor's module has `import.meta`. */
const MONITOR_TEST = `
  import { test } from '@jest/globals'
  import { monitor } from 'threadslots/monitor'
  test('it starts', async () => (await monitor({ port: 0 })).stop())
`
const code = testFor('Jest')

/** The error names the file. */
const errorFor = (path: string) => new RegExp(`${MODULE_ERROR}: .*/${path}$`, 'm')

const run = (config: string, files: Files) => runJest(['--runInBand'], { 'jest.config.js': config, ...files })

test('@swc/jest: test files, also in TypeScript, don’t see each other’s counts, and a monitor starts', async () => {
  assertPassed(await run(SWC, { 'a.test.js': code, 'b.test.ts': code, 'c.test.js': MONITOR_TEST }))
})

test('babel-jest: test files don’t see each other’s counts, and a monitor starts', async () => {
  assertPassed(await run(BABEL, { 'a.test.js': code, 'b.test.js': code, 'c.test.js': MONITOR_TEST }))
})

test('deaths are noticed', async () => {
  assertPassed(await run(replaced(SWC, /^ +setupFiles: .*$/m, ''), { 'a.test.js': DEATHS_TEST }), 1)
})

test('if this package isn’t transformed, tests fail', async () => {
  const config = replaced(SWC, /^ +transformIgnorePatterns: .*$/m, '')
  assertError(await run(config, testFiles(code)), errorFor('threadslots/dist/index.js'))
})

test('babel-jest: without the plugin for import.meta, tests fail', async () => {
  const outcome = await run(replaced(BABEL, /, 'babel-plugin-transform-import-meta'/, ''), {
    'a.test.js': code,
    'b.test.js': MONITOR_TEST,
  })
  assertError(outcome, errorFor('a.test.js'))
  assertError(outcome, errorFor('threadslots/dist/monitor.js'))
})

test.run()
