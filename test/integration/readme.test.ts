// Runs every snippet of the README as a user would paste it, but for those that browser/readme.ts runs in browsers. What
// stands in a comment behind a `console.log`, or where a table is stopped, is what the snippet must print.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { skipOn } from '../support/skip.js'
import { snippets } from '../support/snippets.js'

// Within this package, so that 'threadslots' is itself.
const folder = join(import.meta.dirname, '../readme')
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder)

/** A snippet that starts with a file's name is that file; the others are modules of their own. */
const files = snippets
  .filter(({ isForBrowsers }) => !isForBrowsers)
  .map(({ name, code }, i) => ({ name: name ?? `snippet-${i}.js`, code }))
for (const { name, code } of files) writeFileSync(join(folder, name), code)

const expected = (code: string): string =>
  [...code.matchAll(/(?:console\.log\(.*|stop\(\) )\/\/ (.*)$/gm)]
    .map(([, comment]) => `${comment}\n`)
    .join('')

/** Without what runtimes do differently when they print objects: line breaks, and commas at the end. */
const plain = (printed: string): string => printed.replace(/\s+/g, ' ').replace(/,? ([}\]])/g, ' $1')

test('the README has snippets', () => assert.ok(files.length >= 7, `${files.length}`))

/** Another file imports it, or starts it as a worker. */
const isPart = (name: string) => files.some(({ code }) => new RegExp(`'(\\./)?${name}'`).test(code))

const testPools = skipOn({
  bun: 'not every pool runs on it: workerpool answers no task',
  deno: 'not every pool runs on it: tinypool answers no task',
})

for (const { name, code } of files) {
  if (isPart(name)) continue
  const isPool = /from '(piscina|poolifier|threads|tinypool|workerpool)'/.test(code)
  const testHere = isPool ? testPools : test
  testHere(`${name} prints what its comments say`, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, name)], {
      encoding: 'utf8',
      timeout: 20_000,
    })
    assert.is(stderr, '')
    assert.is(status, 0)
    assert.is(plain(stdout), plain(expected(code)))
    assert.ok(stdout.length > 0, 'a snippet that prints nothing shows nothing')
  })
}

test.run()
