// The program `prometheus`, and `promtool` beside it: the one in PATH; or else Debian's package, unpacked in a folder
// of ours, so that nothing is installed, no service is started, and no root is needed.
import { spawnSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const CACHE = join(import.meta.dirname, '../../../../node_modules/.cache/threadslots-prometheus')
const LIMIT_MINUTES = 5

export interface Program {
  readonly path: string
  /** What checks metrics: it comes with the other, and lies beside it. */
  readonly promtool: string
  readonly version: string
}

/** @throws {Error} if there is none, and none can be fetched; the message says what to do. */
export function findPrometheus(tell: (what: string) => void): Program {
  const unpacked = join(CACHE, 'usr/bin/prometheus')
  const found = inspect('prometheus') ?? inspect(unpacked)
  if (found) return found
  tell('fetching Debian’s package prometheus')
  try {
    unpackPackage()
  } catch (error) {
    throw new Error(
      `no prometheus in PATH, and none could be fetched (${(error as Error).message}); install it, ` +
        'with apt-get install prometheus, brew install prometheus, or from prometheus.io/download',
    )
  }
  return inspect(unpacked) ?? fail(`${unpacked} was fetched and does not run; put another in PATH`)
}

/** Undefined if it doesn't run, or is another program of this name. */
function inspect(path: string): Program | undefined {
  const { status, stdout, stderr } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 30_000 })
  // Earlier versions wrote it to stderr.
  const [, version] = `${stdout}${stderr}`.match(/^prometheus, version (\S+)/m) ?? []
  return status === 0 && version !== undefined
    ? { path, promtool: path.replace(/prometheus$/, 'promtool'), version }
    : undefined
}

function unpackPackage() {
  const folder = `${CACHE}-${process.pid}`
  const content = join(folder, 'content')
  for (const name of ['content', 'lists/partial', 'archives/partial']) {
    mkdirSync(join(folder, name), { recursive: true })
  }
  // Who is root and has apt drop its rights would get a warning: it may not write here then.
  const options = ['-q', '-o', 'APT::Sandbox::User=']
  const ownLists = ['-o', `Dir::State::lists=${folder}/lists`, '-o', `Dir::Cache=${folder}/archives`]
  try {
    try {
      run('apt-get', [...options, 'download', 'prometheus'], folder)
    } catch {
      // A machine made from an image knows of no packages, or of some that are gone.
      run('apt-get', [...options, ...ownLists, 'update'], folder)
      run('apt-get', [...options, ...ownLists, 'download', 'prometheus'], folder)
    }
    run('sh', ['-c', 'dpkg-deb --extract prometheus_*.deb content'], folder)
    rmSync(CACHE, { recursive: true, force: true })
    renameSync(content, CACHE)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(command: string, args: readonly string[], cwd: string) {
  const timeout = LIMIT_MINUTES * 60_000
  const { status, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout })
  if (status !== 0) fail(`${command} failed: ${error?.message ?? stderr.trim()}`)
}

function fail(message: string): never {
  throw new Error(message)
}
