// A strict parser of OpenMetrics, that of Prometheus's client for Python: installed, or in Debian's package.
import { join } from 'node:path'
import { type Completion, runSync } from '../../../tools/child-process.js'
import { folderOfPackage, unpackPackage } from './debian-package.js'
import type { LabelledSample } from './hostile-labels.js'

const PACKAGE = 'python3-prometheus-client'
const IMPORT = 'from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse'
const PROGRAM = `
import json, sys
${IMPORT}
families = parse(sys.stdin.buffer.read().decode())
print(json.dumps([{'name': s.name, 'labels': s.labels, 'value': s.value} for f in families for s in f.samples]))
`

/** @throws {Error} if the text isn't OpenMetrics. */
export type OpenMetricsParser = (text: string) => LabelledSample[]

/** @throws {Error} if there is no Python, or no parser and none can be downloaded. */
export function findOpenMetricsParser(log: (text: string) => void): OpenMetricsParser {
  const env = {
    ...process.env,
    PYTHONPATH: join(folderOfPackage(PACKAGE), 'usr/lib/python3/dist-packages'),
    PYTHONDONTWRITEBYTECODE: '1',
  }
  const python = (program: string, input = ''): Completion =>
    runSync('python3', ['-c', program], { input, env, timeLimitMs: 30_000 })

  if (python(IMPORT).problem !== undefined) {
    if (python('').problem !== undefined) throw new Error('there is no python3')
    log(`downloading Debian’s package ${PACKAGE}`)
    unpackPackage(PACKAGE)
  }
  return text => {
    const { problem, stdout, stderr } = python(PROGRAM, text)
    if (problem !== undefined) throw new Error(stderr.trim().split('\n').at(-1) || problem)
    return JSON.parse(stdout)
  }
}
