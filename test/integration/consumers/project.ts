// The package as its users get it: packed by npm, and installed in an empty project far from this one's node_modules.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'

export const root: string = join(import.meta.dirname, '../../../..')

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

/** What users import: `threadslots`, `threadslots/…`. */
export const specifiers: readonly string[] = Object.keys(manifest.exports)
  .filter(entry => entry !== './package.json')
  .map(entry => manifest.name + entry.slice(1))

export interface Tarball {
  readonly path: string
  readonly bytes: number
  /** Paths of the files in it. */
  readonly files: readonly string[]
}

/** Packs what was built. Without the package's scripts: they build anew, under the feet of other tests. */
export function pack(folder: string): Tarball {
  const [{ filename, size, files }] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root),
  )
  return {
    path: join(folder, filename),
    bytes: size,
    files: files.map(({ path }: { path: string }) => path),
  }
}

/** A folder that is gone when this process is. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'threadslots-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A project with the package, without a network, and with its optional peers as they are installed here; and more. */
export function createProject(packages: readonly string[] = []): string {
  const folder = temporaryFolder()
  write(folder, { 'package.json': '{ "private": true, "type": "module" }\n' })
  const { path } = pack(folder)
  run('npm', ['install', '--prefix', folder, '--offline', '--no-audit', '--no-fund', path], folder)
  for (const name of new Set([...Object.keys(manifest.peerDependencies ?? {}), ...packages])) {
    const link = join(folder, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), link, 'dir')
  }
  return folder
}

export function write(folder: string, files: { readonly [path: string]: string }): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/** What a command prints. It must succeed, and complain of nothing but npm's settings. */
export function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: 120_000,
  })
  assert.is(error, undefined)
  const complaints = stderr.replace(/^npm (warn|notice).*\n/gm, '')
  // What is bundled has long lines, which Node prints where it fails.
  const end = `${command} ${args.join(' ')}: status ${status}\n…${(stdout + complaints).slice(-1500)}`
  assert.ok(status === 0 && complaints === '', end)
  return stdout
}
