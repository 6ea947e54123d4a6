// Finds the programs `prometheus` and `promtool`: in PATH, or in Debian's package.
import { join } from 'node:path'
import { runSync } from '../../../tools/child-process.js'
import { folderOfPackage, unpackPackage } from './debian-package.js'

export interface PrometheusPrograms {
  readonly prometheus: string
  /** Checks metrics. Every package of Prometheus has it beside `prometheus`. */
  readonly promtool: string
  readonly version: string
}

/** @throws {Error} if there is no Prometheus and none can be downloaded. The message says what to do. */
export function findPrometheus(log: (text: string) => void): PrometheusPrograms {
  const unpacked = join(folderOfPackage('prometheus'), 'usr/bin/prometheus')
  const found = inspect('prometheus') ?? inspect(unpacked)
  if (found) return found
  log('downloading Debian’s package prometheus')
  try {
    unpackPackage('prometheus')
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
