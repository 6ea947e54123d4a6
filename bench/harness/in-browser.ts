/*
 * What child.ts does, in a browser: `in-browser.js <engine> <child.js> <group> <position> <milliseconds>`. There is one
 * scenario that pages can run.
 */
import { join } from 'node:path'
import { ENGINES, type EngineName, open } from '../../tools/browsers/engines.js'
import { serve } from '../../tools/static-server.js'
import type { ScenarioReport } from '../report/results.js'

const [name = '', , , , milliseconds = ''] = process.argv.slice(2)
if (!ENGINES.includes(name as EngineName)) throw new Error(`no engine ${name}; there are ${ENGINES}`)
const server = await serve({ '/': join(import.meta.dirname, '../../examples/web') })
const engine = await open(name as EngineName)
try {
  const module = `${server.url}access.js`
  // Any document of that server will do: this one, as text, does nothing by itself.
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
