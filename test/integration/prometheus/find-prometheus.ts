// Finds the programs `prometheus` and `promtool`: in PATH, or in Debian's package, which is unpacked into a folder of this
// project. So nothing is installed, no service starts, and no root rights are needed.
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runSync } from '../../../tools/child-process.js'

const CACHE = join(import.meta.dirname, '../../../../node_modules/.cache/threadslots-prometheus')
const DOWNLOAD_TIME_LIMIT_MS = 5 * 60_000

export interface PrometheusPrograms {
  readonly prometheus: string
  /** Checks metrics. Every package of Prometheus has it beside `prometheus`. */
  readonly promtool: string
  readonly version: string
}

/** @throws {Error} if there is no Prometheus and none can be downloaded. The message says what to do. */
export function findPrometheus(log: (text: string) => void): PrometheusPrograms {
  const unpacked = join(CACHE, 'usr/bin/prometheus')
  const found = inspect('prometheus') ?? inspect(unpacked)
  if (found) return found
  log('downloading Debian’s package prometheus')
  try {
    unpackPackage()
  } catch (error) {
    throw new Error(
      `there is no prometheus in PATH, and none could be downloaded (${(error as Error).message}); install it with ` +
        'apt-get install prometheus, brew install prometheus, or from prometheus.io/download',
    )
  }
  const downloaded = inspect(unpacked)
  if (!downloaded) {
    throw new Error(`${unpacked} was downloaded and doesn't run; install another prometheus in PATH`)
  }
  return downloaded
}

/** Undefined if the program doesn't run, or is another program of this name. */
function inspect(path: string): PrometheusPrograms | undefined {
  const { problem, output } = runSync(path, ['--version'])
  // Earlier versions print it to stderr.
  const [, version] = output.match(/^prometheus, version (\S+)/m) ?? []
  return problem === undefined && version !== undefined
    ? { prometheus: path, promtool: path.replace(/prometheus$/, 'promtool'), version }
    : undefined
}

function unpackPackage() {
  const folder = `${CACHE}-${process.pid}`
  const content = join(folder, 'content')
  for (const name of ['content', 'lists/partial', 'archives/partial']) {
    mkdirSync(join(folder, name), { recursive: true })
  }
  // As root, apt would download as a user of its own, who may not write to this folder, and warn about it.
  const options = ['-q', '-o', 'APT::Sandbox::User=']
  const ownLists = ['-o', `Dir::State::lists=${folder}/lists`, '-o', `Dir::Cache=${folder}/archives`]
  try {
    try {
      runOrThrow('apt-get', [...options, 'download', 'prometheus'], folder)
    } catch {
      // A container image may have no package lists, or outdated ones.
      runOrThrow('apt-get', [...options, ...ownLists, 'update'], folder)
      runOrThrow('apt-get', [...options, ...ownLists, 'download', 'prometheus'], folder)
    }
    runOrThrow('sh', ['-c', 'dpkg-deb --extract prometheus_*.deb content'], folder)
    rmSync(CACHE, { recursive: true, force: true })
    renameSync(content, CACHE)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function runOrThrow(command: string, args: readonly string[], cwd: string) {
  const { problem, stderr } = runSync(command, args, { cwd, timeLimitMs: DOWNLOAD_TIME_LIMIT_MS })
  if (problem !== undefined) throw new Error(`${command} failed: ${stderr.trim() || problem}`)
}
