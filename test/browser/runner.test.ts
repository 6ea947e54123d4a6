// Does the runner of tests in browsers believe too much? Files that must not pass, in the one that starts soonest.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { runPages } from './support/pages.js'
import { serveTests } from './support/site.js'

const PROBLEMS: { readonly [file: string]: RegExp } = {
  fails: /^1 of 2 did not pass$/,
  hook: /a hook that fails/,
  late: /too late for the test/,
  load: /at load/,
  missing: /^did not end/,
  server: /node:fs|fetch|module/,
  spins: /^did not end/,
}
const LIMIT_SECONDS = 4
const FOLDER = 'test/browser/bad'

test('a file passes only if it ran tests, all of them passed, and it ended without an error', async () => {
  const names = readdirSync(join(import.meta.dirname, 'bad')).filter(file => file.endsWith('.js'))
  assert.equal(
    names.map(name => name.replace('.js', '')),
    Object.keys(PROBLEMS),
  )
  const good = 'test/unit/values.test.js'
  const files = [...names.map(name => `${FOLDER}/${name}`), good]
  const site = await serveTests(files)
  try {
    const pages = files.map(file => ({ file, url: site.urlOf(file) }))
    const { outcomes } = await runPages('chromium', pages, () => {}, LIMIT_SECONDS)
    const problems = Object.fromEntries(
      outcomes.map(({ file, problem }) => [file.replace(/.*\/|\.js$/g, ''), problem]),
    )
    for (const [name, problem] of Object.entries(PROBLEMS)) assert.match(problems[name] ?? '', problem, name)
    assert.is(outcomes.at(-1)?.problem, undefined, 'and the next file runs')
    assert.ok((outcomes.at(-1)?.passed ?? 0) > 40)
  } finally {
    await site.close()
  }
})

test.run()
