/*
 * Where a run was made, and of which versions.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import type { Machine, Versions } from '../report/results.js'

export const root: string = join(import.meta.dirname, '../../..')

const versionIn = (folder: string): string =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).version

export const version: string = versionIn('')

const PACKAGES = [
  'buffer-backed-object',
  'hdr-histogram-js',
  'prom-client',
  'sharedmap',
  'structurae',
  'tinybench',
] as const
/** Of the other languages. Each tells its version in the first line. */
const TOOLCHAINS = ['cc', 'java', 'python3'] as const

/** What is not there has none. */
export function findVersions(): Versions {
  const versions: { [name: string]: string } = {}
  for (const name of PACKAGES) versions[name] = versionIn(`node_modules/${name}`)
  for (const command of TOOLCHAINS) {
    const { status, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' })
    if (status === 0) versions[command] = stdout.split('\n')[0] ?? ''
  }
  return versions
}

export const machine: Machine = {
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  processors: availableParallelism(),
  memoryBytes: totalmem(),
  // Without what its builder has called it.
  system: `${type()} ${release().split('-')[0]}`,
}
