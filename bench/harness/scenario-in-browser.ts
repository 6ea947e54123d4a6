/*
 * The counterpart of scenario-process.ts for browsers:
 * `scenario-in-browser.js <engine> <scenario-process.js> <group> <position> <milliseconds>`.
 * Pages can run only one scenario, the one of the group `browsers`, so the arguments between are ignored.
 */
import { join } from 'node:path'
import { ENGINES, type EngineName, open } from '../../tools/browsers/engines.js'
import { root } from '../../tools/repository.js'
import { serve } from '../../tools/static-server.js'
import type { ScenarioReport } from './results.js'

const [name = '', , , , milliseconds = ''] = process.argv.slice(2)
if (!ENGINES.includes(name as EngineName)) throw new Error(`no engine ${name}; there are ${ENGINES}`)
const server = await serve({ '/': join(root, 'build/increments') })
const engine = await open(name as EngineName)
try {
  const module = `${server.url}increments.js`
  // The page only has to come from this server. We open the module itself, which a browser shows as text.
  await engine.goto(module)
  const report: ScenarioReport = await engine.evaluate(
    `import('${module}').then(({ measureRound }) => measureRound(${Number(milliseconds)}))`,
  )
  const version = engine.version.split(' ').at(-1) as string
  process.stdout.write(`${JSON.stringify({ ...report, version } satisfies ScenarioReport)}\n`)
} finally {
  await engine.close()
  await server.close()
}
