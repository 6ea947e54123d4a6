/*
 * The runtimes to measure. Each is an executable with arguments that come before the script.
 */
import { join } from 'node:path'
import { ENGINES, type EngineName, missing } from '../../tools/browsers/programs.js'
import { runSync } from '../../tools/child-process.js'
import type { Runtime } from './results.js'

export interface Executable extends Runtime {
  readonly path: string
  /** The arguments before the script's name. */
  readonly args: readonly string[]
}

const DENO_V8_FLAGS = '--v8-flags='

const ARGS = {
  node: ['--expose-gc'],
  bun: ['--expose-gc'],
  deno: ['run', '--allow-all', `${DENO_V8_FLAGS}--expose-gc`],
}

/**
 * Finds out which runtime an executable is, from what it prints for `--version`.
 * @throws {Error} if it doesn't run, or is not a JavaScript runtime.
 */
export function inspect(path: string): Executable {
  const { problem, stdout } = runSync(path, ['--version'])
  if (problem !== undefined) throw new Error(`--node ${path} does not run: ${problem}`)
  const [, prefix, version] = stdout.match(/^(v|deno |)(\d+\.\d+\.\d+)/) ?? []
  if (version === undefined) {
    throw new Error(`--node ${path} is not Node, Bun or Deno: its version is '${stdout.trim()}'`)
  }
  const name = prefix === 'v' ? 'node' : prefix === '' ? 'bun' : 'deno'
  return { name, version, path, args: ARGS[name] }
}

/** The arguments before the script's name, with more of V8's flags. A runtime without V8 doesn't get them. */
export function argsWith({ name, args }: Executable, v8Flags: readonly string[] = []): readonly string[] {
  if (name === 'node') return [...args, ...v8Flags]
  return args.map(arg => (arg.startsWith(DENO_V8_FLAGS) ? [arg, ...v8Flags].join(',') : arg))
}

const isEngine = (name: Runtime['name']): name is EngineName => ENGINES.includes(name as EngineName)

export const isBrowser = ({ name }: Runtime): boolean => isEngine(name)

/** The browsers that are installed. Their versions are unknown until they run. */
export const browsers = (): Executable[] =>
  ENGINES.filter(name => missing(name) === undefined).map(name => ({
    name,
    version: '',
    path: process.execPath,
    args: [join(import.meta.dirname, 'scenario-in-browser.js'), name],
  }))
