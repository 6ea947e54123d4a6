// Runs every snippet of the README as a user would paste it. What stands in a comment behind a `console.log` is
// what the snippet must print.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
const snippets = [...readme.matchAll(/^```js\n([\s\S]*?)^```/gm)].map(([, code]) => code as string)

// Within this package, so that 'threadslots' is itself.
const folder = join(import.meta.dirname, 'readme')
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder)

/** A snippet that starts with a file's name is that file; the others are modules of their own. */
const files = snippets.map((code, i) => ({
  name: code.match(/^\/\/ (\S+\.m?js)\n/)?.[1] ?? `snippet-${i}.js`,
  code,
}))
for (const { name, code } of files) writeFileSync(join(folder, name), code)

const expected = (code: string): string =>
  [...code.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, comment]) => `${comment}\n`).join('')

test('the README has snippets', () => assert.ok(files.length >= 7, `${files.length}`))

for (const { name, code } of files) {
  // These two are imported by main.js.
  if (name === 'counters.js' || name === 'thumbnailer.js') continue
  test(`${name} prints what its comments say`, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, name)], {
      encoding: 'utf8',
      timeout: 20_000,
    })
    assert.is(stderr, '')
    assert.is(status, 0)
    assert.is(stdout, expected(code))
    assert.ok(stdout.length > 0, 'a snippet that prints nothing shows nothing')
  })
}

test.run()
