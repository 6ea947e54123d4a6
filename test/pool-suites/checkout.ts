// A pool's repository on this machine, as its user has cloned it: made ready, and its tests run.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { type Completion, run, runSync } from '../../tools/child-process.js'
import { type Readings, readFolder } from './readings.js'
import type { Suite } from './suites.js'
import { type Results, withExitCode } from './test-results.js'

export interface Checkout {
  readonly suite: Suite
  /** Absolute. */
  readonly folder: string
  /** Name, version and commit. */
  readonly title: string
}

interface Manifest {
  readonly name?: string
  readonly version?: string
  readonly dependencies?: Packages
  readonly devDependencies?: Packages
  readonly optionalDependencies?: Packages
}
type Packages = { readonly [name: string]: string }

/** Development dependencies that no test of the pools needs, and that can't always be installed beside the others. */
const NOT_FOR_TESTS = /bench|eslint|jest|neostandard|prettier|publish/
const INSTALL_LIMIT_MS = 10 * 60_000
const TESTS_LIMIT_MS = 30 * 60_000
const PRELOAD = pathToFileURL(join(import.meta.dirname, 'preload.js'))

/** @throws {Error} if the folder has no tests that can be run here; the message says what to do. */
export function openCheckout(suite: Suite, folder: string): Checkout {
  const { name, repository, runnerFile, runner } = suite
  const manifest = manifestIn(folder)
  if (manifest?.name !== name) {
    const found = manifest ? `is ${manifest.name ?? 'another package'}` : 'has no package.json'
    throw new Error(`${name}=${folder}: the folder ${found}; clone ${repository} and give its folder`)
  }
  if (!existsSync(join(folder, runnerFile))) {
    throw new Error(
      `${folder} is ${name} ${manifest.version} without ${runnerFile}; use a clone of a version that runs its tests with ${runner}`,
    )
  }
  return { suite, folder, title: `${name} ${manifest.version}${commitOf(folder)}` }
}

/** Empty for a folder that isn't a clone, such as an unpacked package. */
function commitOf(folder: string): string {
  if (!existsSync(join(folder, '.git'))) return ''
  const { stdout, problem } = runSync('git', ['describe', '--tags', '--always', '--dirty'], { cwd: folder })
  return problem === undefined ? ` (${stdout.trim()})` : ''
}

const manifestIn = (folder: string): Manifest | undefined => {
  const file = join(folder, 'package.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/**
 * Installs what the tests need, and builds the pool, unless that has been done.
 * @throws {Error} if that fails.
 */
export async function prepare({ folder, title }: Checkout, log: (text: string) => void): Promise<void> {
  if (!existsSync(join(folder, 'node_modules'))) {
    log(`${title}: installing what its tests need`)
    await install(folder)
  }
  if (!existsSync(join(folder, 'dist'))) {
    log(`${title}: building`)
    await npm(['run', 'build'], folder, INSTALL_LIMIT_MS)
  }
}

/** Installs elsewhere, so that npm neither sees the other dependencies nor writes a lock file into the checkout. */
async function install(folder: string): Promise<void> {
  const { dependencies, devDependencies, optionalDependencies } = manifestIn(folder) ?? {}
  const all = { ...dependencies, ...devDependencies, ...optionalDependencies }
  const needed = Object.entries(all).filter(([name]) => !NOT_FOR_TESTS.test(name))
  const temporary = mkdtempSync(join(tmpdir(), 'pool-suites-'))
  try {
    const manifest = { private: true, dependencies: Object.fromEntries(needed) }
    writeFileSync(join(temporary, 'package.json'), JSON.stringify(manifest))
    await npm(['install', '--no-audit', '--no-fund', '--ignore-scripts'], temporary, INSTALL_LIMIT_MS)
    cpSync(join(temporary, 'node_modules'), join(folder, 'node_modules'), {
      recursive: true,
      verbatimSymlinks: true,
    })
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

export interface TestRun {
  readonly results: Results
  /** What threads read in their tables; without the package, nothing. */
  readonly readings: Readings
  /** All that the runner printed. */
  readonly output: string
}

/**
 * Runs the pool's tests of some files, or of all files if the list is empty, with or without the package.
 * @throws {Error} if the runner reports nothing.
 */
export async function runTests(
  { suite, folder, title }: Checkout,
  isLoaded: boolean,
  files: readonly string[] = [],
): Promise<TestRun> {
  const temporary = mkdtempSync(join(tmpdir(), 'pool-suites-'))
  try {
    const reportFile = join(temporary, 'report')
    const preload = new URL(PRELOAD)
    preload.searchParams.set('folder', temporary)
    const nodeOptions = [...(isLoaded ? [`--import=${preload}`] : []), ...suite.nodeOptions(reportFile)]
    const args = ['test', '--', ...suite.args(reportFile, files)]
    const { exitCode, output, problem } = await runNpm(args, folder, TESTS_LIMIT_MS, nodeOptions)
    const report = existsSync(reportFile) ? readFileSync(reportFile, 'utf8') : ''
    const results = report === '' ? new Map() : suite.parse(report, folder)
    if (exitCode === null || results.size === 0)
      throw new Error(`the tests of ${title} reported nothing: ${problem}\n${output}`)
    return { results: withExitCode(results, exitCode), readings: readFolder(temporary), output }
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

/** @throws {Error} with npm's output if it fails. */
async function npm(args: readonly string[], cwd: string, timeLimitMs: number): Promise<void> {
  const { problem, output } = await runNpm(args, cwd, timeLimitMs)
  if (problem !== undefined) throw new Error(`npm ${args.join(' ')} in ${cwd}: ${problem}\n${output}`)
}

/** Runs npm as if a user had typed it, rather than another npm. Everything below runs on this process's version of Node. */
function runNpm(
  args: readonly string[],
  cwd: string,
  timeLimitMs: number,
  nodeOptions: readonly string[] = [],
): Promise<Completion> {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|FORCE_COLOR$|NODE_OPTIONS$)/.test(name))
  const env = {
    ...Object.fromEntries(own),
    NO_COLOR: '1',
    PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
    // JSON's quotes and escapes are also those of NODE_OPTIONS.
    ...(nodeOptions.length > 0 && {
      NODE_OPTIONS: nodeOptions.map(option => JSON.stringify(option)).join(' '),
    }),
  }
  return run('npm', args, { cwd, env, timeLimitMs })
}
