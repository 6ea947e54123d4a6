// Measures which lines, branches and functions of src/ the tests reach, with V8's own counters and c8. That counts both the
// published bundle and the modules that tests import directly, as src/*.ts, in all processes and workers. (Workers that are
// terminated are not counted: V8 writes a thread's figures only when the thread ends by itself.)
//
// No line is excluded by a comment in the source. These modules are excluded here: browser.ts and what it alone imports run
// only in browsers, where `npm run test:browser` tests them; and the modules in host/ have branches for Bun, Deno, Windows and
// contexts of `vm`, which `npm run test:matrix` and module-resets.test.ts test. Some things can't be seen:
// - index.ts and the types in other files produce no code, so no figure includes them.
// - V8 does not count a `?.`, or an `else` that isn't written, as a branch, so these figures say nothing about them.
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../../tools/repository.js'

/** Where each thread writes its figures at its end. */
const FIGURES = join(root, 'coverage/tmp')

const MEASURED = /^test\/(unit|protocol|integration)\/(?!pools-)([^/]*)\.test\.js$/
/**
 * Test files that are left out: they measure time, which coverage distorts; or they run other copies of the package or other
 * libraries' pools; or they take long and reach different code each time. The other files reach everything.
 */
const LEFT_OUT = [
  ...['consumers', 'consumers-bundlers', 'consumers-typescript', 'package', 'types'],
  ...['thousand-workers', 'mutations', 'crashes', 'operations', 'pairs', 'handovers'],
  // What they run, other files test, too.
  'consumers-prometheus',
  // These test what coverage leaves out, or what other files test, too.
  ...['child-process', 'host', 'late-threads', 'snippets', 'stepping'],
  // Coverage keeps contexts alive, and this file requires that they are collected.
  'module-resets',
]

const REPORT = [
  join(root, 'node_modules/c8/bin/c8.js'),
  'report',
  `--temp-directory=${FIGURES}`,
  // Only source maps tell which code comes from src/. Their paths are URLs, hence the stars.
  '--exclude-after-remap',
  '--include=**/src/**/*.ts',
  '--exclude=**/src/browser.ts',
  // What depends on the runtime.
  ...['current', 'late-threads', 'main-realm', 'server'].map(name => `--exclude=**/src/host/${name}.ts`),
  ...['host', 'membership', 'supervision', 'web-locks'].map(name => `--exclude=**/src/browser/${name}.ts`),
  // Thousands of processes and workers write a file each, too much to hold in memory at once.
  '--merge-async',
  '--reporter=text',
  '--reporter=html',
  '--check-coverage',
  ...['lines', 'branches', 'functions', 'statements'].map(what => `--${what}=100`),
]

/** Whether a test file's figures count. */
export function isMeasured(file: string): boolean {
  const [, , name = ''] = file.match(MEASURED) ?? []
  return name !== '' && !LEFT_OUT.includes(name)
}

export const areFiguresRecorded = (): boolean => existsSync(FIGURES)

export const removeFigures = (): void => rmSync(FIGURES, { recursive: true, force: true })

/** The variables with which a test file's figures are recorded; none if they don't count. */
export const recordingVariables = (file: string): NodeJS.ProcessEnv =>
  isMeasured(file) ? { NODE_V8_COVERAGE: FIGURES } : {}

/** Prints a table of the recorded figures, writes coverage/index.html, and tells whether the tests reach everything. */
export const reportCoverage = (): boolean =>
  spawnSync(process.execPath, REPORT, { cwd: root, stdio: 'inherit' }).status === 0
