// The package as users get it: packed by npm, and installed in an empty project outside of this repository.
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { runSync } from '../../../tools/child-process.js'
import { root } from '../../../tools/repository.js'
import { isWindows } from '../../../tools/testing/runtime.js'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly exports: { readonly [entry: string]: { readonly types: string; readonly default: string } }
  readonly peerDependencies?: { readonly [name: string]: string }
  readonly peerDependenciesMeta?: { readonly [name: string]: unknown }
  readonly dependencies?: unknown
  readonly sideEffects: false | readonly string[]
}

export const manifest: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** The names that users import: `threadslots`, `threadslots/…`. */
export const specifiers: readonly string[] = Object.keys(manifest.exports)
  .filter(entry => entry !== './package.json')
  .map(entry => manifest.name + entry.slice(1))

export interface Tarball {
  readonly path: string
  readonly bytes: number
  /** The paths of all files in it. */
  readonly files: readonly string[]
}

/** Packs the built files. It doesn't run the package's scripts, which would build again while other tests run. */
export function pack(folder: string): Tarball {
  const [{ filename, size, files }] = JSON.parse(
    npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root),
  )
  return {
    path: join(folder, filename),
    bytes: size,
    files: files.map(({ path }: { path: string }) => path),
  }
}

/** Creates a folder that is removed when this process exits. */
export function temporaryFolder(): string {
  // Bundlers take a link to a folder, or its short name on Windows, for another folder.
  const folder = realpathSync.native(mkdtempSync(join(tmpdir(), 'threadslots-')))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Creates a project with the package, its optional peers, and other packages, all without a network. */
export function createProject(packages: readonly string[] = []): string {
  const folder = createBareProject()
  link(folder, [...Object.keys(manifest.peerDependencies ?? {}), ...packages], root)
  return folder
}

/** Creates a project with the package alone. */
export function createBareProject(): string {
  const folder = temporaryFolder()
  write(folder, { 'package.json': '{ "private": true, "type": "module" }\n' })
  const { path } = pack(folder)
  npm(['install', '--prefix', folder, '--offline', '--no-audit', '--no-fund', path], folder)
  return folder
}

/** Links packages that are installed in one folder into a project in another. */
export function link(project: string, packages: readonly string[], from: string): void {
  for (const name of new Set(packages)) {
    const path = join(project, 'node_modules', name)
    mkdirSync(dirname(path), { recursive: true })
    // The kind matters on Windows alone, where links of any other kind need rights.
    symlinkSync(join(from, 'node_modules', name), path, 'junction')
  }
}

export function write(folder: string, files: { readonly [path: string]: string }): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/** Runs npm. On Windows its command is a batch file, which can't be started without a shell; npm itself is beside Node. */
export const npm = (args: readonly string[], cwd: string, timeLimitMs?: number): string =>
  isWindows
    ? run(
        process.execPath,
        [join(dirname(process.execPath), 'node_modules/npm/bin/npm-cli.js'), ...args],
        cwd,
        timeLimitMs,
      )
    : run('npm', args, cwd, timeLimitMs)

/** Runs a command, which must succeed and write nothing to stderr except npm's notices. Returns what it prints. */
export function run(command: string, args: readonly string[], cwd: string, timeLimitMs = 120_000): string {
  const { problem, stdout, stderr } = runSync(command, args, { cwd, timeLimitMs })
  const complaints = stderr.replace(/^npm (warn|notice).*\n/gm, '')
  // Only the end, because Node prints the failing line, and lines of bundles are long.
  const message = `${command} ${args.join(' ')}: ${problem ?? 'complaints'}\n…${(stdout + complaints).slice(-1500)}`
  assert.ok(problem === undefined && complaints === '', message)
  return stdout
}
