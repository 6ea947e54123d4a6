// Runs test files in a test runner, in a project that has this package as npm installs it.
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { type Completion, run } from '../../tools/child-process.js'
import { write } from '../integration/consumers/project.js'
import { findOrCreateProject } from './install.js'
import { pageFile } from './page.js'

const TIME_LIMIT_MS = 240_000
/** How long a single test may take. The runners' own limits are too short for a busy machine. */
export const TEST_LIMIT_MS = 60_000

/** Texts by their paths in a project. */
export interface Files {
  readonly [path: string]: string
}

interface Options {
  /** Its program, a path in the installed packages. By default it is Node itself. */
  readonly program?: string
  /** Where its output says how many tests passed and failed. A match without a group stands for one test. */
  readonly passed: RegExp
  readonly failed: RegExp
}

/** What the runner said. */
export interface Outcome {
  readonly passed: number
  readonly failed: number
  readonly output: string
  /** Undefined if it ended with exit code 0. */
  readonly problem: string | undefined
}

const project = findOrCreateProject()

// Without what changes how runners run and print, when a developer or `npm run coverage` has set it.
const { CI: _, FORCE_COLOR: __, NODE_OPTIONS: ___, NODE_V8_COVERAGE: ____, ...environment } = process.env

export class Runner {
  /** What starts it. */
  readonly command: readonly [path: string, ...args: string[]]
  readonly #passed: RegExp
  readonly #failed: RegExp

  constructor({ program, passed, failed }: Options) {
    this.command =
      program === undefined ? [process.execPath] : [process.execPath, join(project, 'node_modules', program)]
    this.#passed = new RegExp(passed, 'gm')
    this.#failed = new RegExp(failed, 'gm')
  }

  /** Runs it in a new folder, with these files beside the modules of docs/testing.md. */
  async run(args: readonly string[], files: Files, nodeOptions = ''): Promise<Outcome> {
    const [path, ...start] = this.command
    const cwd = createFolder(files)
    return this.#judge(await run(path, [...start, ...args], optionsIn(cwd, nodeOptions)))
  }

  /** Runs a line of a shell in such a folder. */
  async runInShell(line: string, files: Files): Promise<Outcome> {
    return this.#judge(await run('sh', ['-c', line], optionsIn(createFolder(files))))
  }

  /** No test may hang, or bring about a warning of this package. */
  #judge({ output, problem, exitCode }: Completion): Outcome {
    assert.ok(exitCode !== null, `${problem}: ${output}`)
    assert.not.match(output, /THREADSLOTS_/)
    return {
      passed: countIn(output, this.#passed),
      failed: countIn(output, this.#failed),
      output,
      problem,
    }
  }
}

function createFolder(files: Files): string {
  const folder = mkdtempSync(join(project, 'run-'))
  const modules = ['jobs.js', 'worker.js', 'fresh-table.js'].map(name => [name, pageFile(name)])
  write(folder, { 'package.json': '{ "type": "module" }', ...Object.fromEntries(modules), ...files })
  return folder
}

const optionsIn = (cwd: string, nodeOptions = '') => ({
  cwd,
  env: { ...environment, NO_COLOR: '1', NODE_OPTIONS: nodeOptions },
  timeLimitMs: TIME_LIMIT_MS,
})

/** The sum over all matches. */
const countIn = (output: string, pattern: RegExp): number =>
  [...output.matchAll(pattern)].reduce((sum, [, count = 1]) => sum + Number(count), 0)

/** Three test files with the same content. */
export const testFiles = (code: string, extension = 'js'): Files =>
  Object.fromEntries(['a', 'b', 'c'].map(name => [`${name}.test.${extension}`, code]))

/** Asserts that the tests of all files passed. */
export function assertPassed({ passed, failed, output, problem }: Outcome, files = 3): void {
  assert.ok(passed === files && failed === 0 && problem === undefined, `${problem}: ${output}`)
}

/** Asserts that test files saw counts of those that ran before, and failed at the assertion on totals alone. */
export function assertShared({ passed, failed, output, problem }: Outcome, code: string): void {
  assert.ok(passed >= 1 && failed >= 1 && passed + failed === 3 && problem, `${problem}: ${output}`)
  const line = code.split('\n').findIndex(line => line.includes('totals(jobs)')) + 1
  const places = output.match(new RegExp(`[abc]\\.test\\.js:${line}\\b`, 'g'))
  assert.is(new Set(places).size, failed, output)
}

/** Asserts that an error kept test files from running, of which the first ones passed. */
export function assertError(
  { passed, failed, output, problem }: Outcome,
  error: string | RegExp,
  passedBefore = 0,
): void {
  assert.ok(passed === passedBefore && failed === 0 && problem, `${problem}: ${output}`)
  assert.match(output, error)
}
