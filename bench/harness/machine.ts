/*
 * Describes where a run took place: the machine, and the versions of what was compared.
 */
import { availableParallelism, cpus, release, totalmem, type } from 'node:os'
import { runSync } from '../../tools/child-process.js'
import { installedVersion } from '../../tools/repository.js'
import type { Machine, Versions } from './results.js'

const PACKAGES = [
  '@prometheus-io/client',
  'buffer-backed-object',
  'hdr-histogram-js',
  'piscina',
  'prom-client',
  'sharedmap',
  'structurae',
  'tinybench',
] as const
/** The toolchains of the other languages. Each prints its version as the first line. */
const TOOLCHAINS = ['cc', 'java', 'python3'] as const

/** The versions of the compared packages and toolchains, as far as they are installed. */
export function findVersions(): Versions {
  const versions: { [name: string]: string } = {}
  for (const name of PACKAGES) {
    const version = installedVersion(name)
    if (version !== undefined) versions[name] = version
  }
  for (const command of TOOLCHAINS) {
    const { problem, stdout } = runSync(command, ['--version'])
    if (problem === undefined) versions[command] = stdout.split('\n')[0] ?? ''
  }
  return versions
}

export const machine: Machine = {
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  processors: availableParallelism(),
  memoryBytes: totalmem(),
  // Without the suffix that names a distribution's or a cloud provider's build.
  system: `${type()} ${release().split('-')[0]}`,
}
