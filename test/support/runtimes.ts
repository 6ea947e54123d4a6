// The runtimes of the matrix: installed from npm where they are missing, in a folder of their own.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Command } from './runner.js'

const execute = promisify(execFile)

const CACHE = join(import.meta.dirname, '../../../node_modules/.cache/threadslots-matrix')
const INSTALL_MINUTES = 5

export interface Runtime {
  /** As on the command line, and the name of its folder. */
  readonly name: string
  readonly title: string
  /** What npm installs. Its command has the name before the @. */
  readonly spec: string
}

const nodes = ['20', '22', '24', '26'].map(major => ({
  name: `node${major}`,
  title: 'Node',
  spec: `node@${major}`,
}))

export const RUNTIMES: readonly Runtime[] = [
  ...nodes,
  { name: 'bun', title: 'Bun', spec: 'bun@latest' },
  { name: 'deno', title: 'Deno', spec: 'deno@latest' },
]

export interface Installed {
  /** With its version. */
  readonly title: string
  readonly command: Command
}

/**
 * A runtime of this machine. What was installed once is taken as it is: to have newer ones, remove the folder.
 * @throws {Error} if it can't be installed, or doesn't run.
 */
export async function install({ name, title, spec }: Runtime): Promise<Installed> {
  const folder = join(CACHE, name)
  const [program = ''] = spec.split('@')
  let found = await locate(folder, program)
  if (found === undefined) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    // Their scripts unpack the binary.
    const options = ['--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts=false']
    await execute('npm', ['install', ...options, spec], { cwd: folder, timeout: INSTALL_MINUTES * 60_000 })
    found = await locate(folder, program)
  }
  if (found === undefined) throw new Error(`${spec} is installed and does not run`)
  const args = program === 'deno' ? ['run', '--quiet', '--allow-all'] : []
  return { title: `${title} ${found.version}`, command: [found.path, ...args] }
}

/** Asks a runtime for its binary: the command may be a script that only starts it, and is in the way of signals. */
async function locate(
  folder: string,
  program: string,
): Promise<{ path: string; version: string } | undefined> {
  const command = join(folder, 'node_modules/.bin', program)
  if (!existsSync(command)) return undefined
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
