// Lets `promtool` check the configurations of Prometheus that docs/monitor.md shows.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { parseAllDocuments, stringify } from 'yaml'
import { runSync } from '../../../tools/child-process.js'
import { root } from '../../../tools/repository.js'
import type { Checklist } from './checklist.js'

export function checkConfigs(checklist: Checklist, promtool: string): void {
  const configs = configsIn(readFileSync(join(root, 'docs/monitor.md'), 'utf8'))
  checklist.check('promtool accepts the configurations in docs/monitor.md', () => {
    assert.ok(configs.length >= 2, `${configs.length} found`)
    for (const config of configs) assert.is(problemOf(promtool, config), undefined)
  })
  checklist.check('promtool rejects one with a misspelt name', () => {
    for (const config of configs)
      assert.match(
        problemOf(promtool, config.replace('_configs:', '_config:')) ?? '',
        /field \w+_config not found/,
      )
  })
}

/** Configurations of their own, and the one in that of the OpenTelemetry collector. */
function configsIn(page: string): string[] {
  const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)
  return blocks
    .flatMap(block => parseAllDocuments(block))
    .map(document => document.toJS())
    .map(({ scrape_configs, receivers }) =>
      scrape_configs ? { scrape_configs } : receivers?.prometheus?.config,
    )
    .filter(config => config !== undefined)
    .map(config => stringify(config))
}

/** What promtool has against a configuration. It only warns that the targets' files don't exist here. */
function problemOf(promtool: string, config: string): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'threadslots-config-'))
  try {
    writeFileSync(join(folder, 'prometheus.yml'), config)
    const { problem, output } = runSync(promtool, ['check', 'config', 'prometheus.yml'], {
      cwd: folder,
      timeLimitMs: 30_000,
    })
    return problem === undefined ? undefined : `${problem}: ${output}`
  } finally {
    rmSync(folder, { recursive: true })
  }
}
