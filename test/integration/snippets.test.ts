// Runs every snippet of README.md and docs/ as a user would paste it, except those for browsers, which
// `npm run test:browser` runs. The comment behind a `console.log`, or behind the call that stops a table, is what the
// snippet must print.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { run } from '../../tools/child-process.js'
import { skipOn } from '../../tools/testing/skip.js'
import { snippets, unknownBlocks, untestedBlocks } from '../support/snippets.js'

// Inside of this package, where 'threadslots' resolves to the package itself, but not among the test files.
const folder = join(import.meta.dirname, '../../snippets')
rmSync(folder, { recursive: true, force: true })

/** Each page has a folder. A snippet that starts with a file's name is that file; the others get a name. */
const files = snippets
  .filter(({ isForBrowsers }) => !isForBrowsers)
  .map(({ page, name, code }, i) => ({
    page,
    folder: join(folder, page.replace(/\.md$/, '')),
    name: name ?? `snippet-${i + 1}.js`,
    code,
  }))
for (const { folder, name, code } of files) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), code)
}

const expectedOutput = (code: string): string =>
  [...code.matchAll(/(?:console\.log\(.*|stop\(\) )\/\/ (.*)$/gm)]
    .map(([, comment]) => `${comment}\n`)
    .join('')

/** Removes what differs between runtimes when they print objects: line breaks, quotation marks, and commas at the end. */
const normalize = (output: string): string =>
  output
    .replace(/\s+/g, ' ')
    .replaceAll('"', "'")
    .replace(/,? ([}\]])/g, ' $1')

/** Whether another block of the page imports this file, starts it as a worker, or names it in a configuration. */
const isUsedBy = (page: string, name: string): boolean =>
  [...files, ...untestedBlocks].some(
    file => file.page === page && new RegExp(`'(\\./)?${name}'`).test(file.code),
  )

test('README.md and the pages in docs/ have snippets', () => {
  assert.ok(files.some(({ page }) => page === 'README.md'))
  assert.ok(new Set(files.map(({ page }) => page)).size >= 5, 'pages with snippets')
  assert.ok(snippets.some(({ isForBrowsers }) => isForBrowsers))
})

test('no two snippets of a page are the same file', () => {
  const paths = files.map(({ folder, name }) => join(folder, name))
  assert.equal([...new Set(paths)], paths)
})

test('every code block in JavaScript is a snippet, or gives a reason why it is not run', () => {
  assert.equal(unknownBlocks, [])
  for (const { page, code, reason } of untestedBlocks) assert.ok(reason, `${page}: no reason above ${code}`)
})

const testPools = skipOn({
  bun: 'workerpool answers no task on it',
  deno: 'tinypool answers no task on it',
})

for (const { page, folder, name, code } of files) {
  if (isUsedBy(page, name)) continue
  const usesPool = /from '(piscina|poolifier|threads|tinypool|workerpool)'/.test(code)
  const testHere = usesPool ? testPools : test
  testHere(`${page}: ${name} prints what its comments say`, async () => {
    const { problem, stdout, stderr } = await run(process.execPath, [join(folder, name)])
    assert.is(stderr, '')
    assert.is(problem, undefined)
    assert.is(normalize(stdout), normalize(expectedOutput(code)))
    assert.ok(stdout.length > 0, 'a snippet that prints nothing shows nothing')
  })
}

test.run()
