// The runner of tests in browsers must not report success too easily: these files must fail. One engine is enough.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { runPages } from './support/run-pages.js'
import { serveTests } from './support/site.js'

/** The expected problem of each file in bad/. */
const PROBLEMS: { readonly [file: string]: RegExp } = {
  'endless-loop': /^did not end/,
  'failing-test': /^1 of 2 did not pass$/,
  'late-rejection': /too late for the test/,
  'missing-run': /^did not end/,
  'node-import': /node:fs|fetch|module/,
  'throwing-hook': /a hook that fails/,
  'throwing-module': /at load/,
}
/** Files that never end. A short limit is enough for them; all others have the usual one. */
const ENDLESS = /endless-loop|missing-run/
const ENDLESS_LIMIT_SECONDS = 4
const FOLDER = 'test/browser/bad'

test('a file passes only if it ran tests, all of them passed, and it ended without an error', async () => {
  const names = readdirSync(join(import.meta.dirname, 'bad')).filter(file => file.endsWith('.js'))
  assert.equal(names.map(name => name.replace('.js', '')).sort(), Object.keys(PROBLEMS))
  const good = 'test/unit/values.test.js'
  const files = [...names.map(name => `${FOLDER}/${name}`), good]
  const site = await serveTests(files)
  try {
    const pages = files.map(file => {
      const page = { file, url: site.urlOf(file) }
      return ENDLESS.test(file) ? { ...page, limitSeconds: ENDLESS_LIMIT_SECONDS } : page
    })
    const { outcomes } = await runPages('chromium', pages, () => {})
    const problems = Object.fromEntries(
      outcomes.map(({ file, problem }) => [file.replace(/.*\/|\.js$/g, ''), problem]),
    )
    for (const [name, problem] of Object.entries(PROBLEMS)) assert.match(problems[name] ?? '', problem, name)
    assert.is(outcomes.at(-1)?.problem, undefined, 'the next file still passes')
    assert.ok((outcomes.at(-1)?.passed ?? 0) > 40)
  } finally {
    await site.close()
  }
})

test.run()
