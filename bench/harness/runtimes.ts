/*
 * The runtimes to measure, each an executable file.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ENGINES, type EngineName, missing } from '../../tools/browsers/programs.js'
import type { Runtime } from '../report/results.js'

export interface Executable extends Runtime {
  readonly path: string
  /** What stands before the script's name. */
  readonly args: readonly string[]
}

const ARGS = {
  node: ['--expose-gc'],
  bun: ['--expose-gc'],
  deno: ['run', '--allow-all', '--v8-flags=--expose-gc'],
}

/**
 * What an executable is, by what it says of its version.
 * @throws {Error} if it doesn't run, or is no JavaScript runtime.
 */
export function inspect(path: string): Executable {
  const { error, status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' })
  if (error || status !== 0)
    throw new Error(`--node ${path} does not run: ${error?.message ?? `exit code ${status}`}`)
  const [, prefix, version] = stdout.match(/^(v|deno |)(\d+\.\d+\.\d+)/) ?? []
  if (version === undefined)
    throw new Error(`--node ${path} is no runtime: its version is '${stdout.trim()}'`)
  const name = prefix === 'v' ? 'node' : prefix === '' ? 'bun' : 'deno'
  return { name, version, path, args: ARGS[name] }
}

const isEngine = (name: Runtime['name']): name is EngineName => ENGINES.includes(name as EngineName)

export const isBrowser = ({ name }: Runtime): boolean => isEngine(name)

/** The browsers that are installed. Their versions are known when they have run. */
export const browsers = (): Executable[] =>
  ENGINES.filter(name => missing(name) === undefined).map(name => ({
    name,
    version: '',
    path: process.execPath,
    args: [join(import.meta.dirname, 'in-browser.js'), name],
  }))

/** What changes with its second number. */
const HAS_MINOR: readonly Runtime['name'][] = ['bun', 'deno', 'webkit']

/** As in a heading. */
export const titleOf = ({ name, version }: Runtime): string => {
  const names = {
    node: 'Node',
    bun: 'Bun',
    deno: 'Deno',
    chromium: 'Chromium',
    firefox: 'Firefox',
    webkit: 'WebKitGTK',
  }
  return `${names[name]} ${version
    .split('.')
    .slice(0, HAS_MINOR.includes(name) ? 2 : 1)
    .join('.')}`
}
