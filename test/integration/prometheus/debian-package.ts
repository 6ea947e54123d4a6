// Unpacks packages of Debian into folders of this project. So nothing is installed, no service starts, and no root rights are
// needed.
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runSync } from '../../../tools/child-process.js'

const CACHE = join(import.meta.dirname, '../../../../node_modules/.cache')
const DOWNLOAD_TIME_LIMIT_MS = 5 * 60_000

/** Where a package is unpacked, whether or not it is there yet. */
export const folderOfPackage = (name: string): string => join(CACHE, `threadslots-${name}`)

/**
 * Downloads a package and unpacks it.
 * @throws {Error} if there is no apt-get, or the download failed.
 */
export function unpackPackage(name: string): void {
  const target = folderOfPackage(name)
  const folder = `${target}-${process.pid}`
  const content = join(folder, 'content')
  for (const part of ['content', 'lists/partial', 'archives/partial']) {
    mkdirSync(join(folder, part), { recursive: true })
  }
  // As root, apt would download as a user of its own, who may not write to this folder, and warn about it.
  const options = ['-q', '-o', 'APT::Sandbox::User=']
  const ownLists = ['-o', `Dir::State::lists=${folder}/lists`, '-o', `Dir::Cache=${folder}/archives`]
  try {
    try {
      runOrThrow('apt-get', [...options, 'download', name], folder)
    } catch {
      // A container image may have no package lists, or outdated ones.
      runOrThrow('apt-get', [...options, ...ownLists, 'update'], folder)
      runOrThrow('apt-get', [...options, ...ownLists, 'download', name], folder)
    }
    runOrThrow('sh', ['-c', `dpkg-deb --extract ${name}_*.deb content`], folder)
    rmSync(target, { recursive: true, force: true })
    renameSync(content, target)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function runOrThrow(command: string, args: readonly string[], cwd: string) {
  const { problem, stderr } = runSync(command, args, { cwd, timeLimitMs: DOWNLOAD_TIME_LIMIT_MS })
  if (problem !== undefined) throw new Error(`${command} failed: ${stderr.trim() || problem}`)
}
