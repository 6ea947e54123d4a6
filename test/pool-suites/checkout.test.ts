// Runs the tests of a small project that looks like piscina's repository.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { isWindows, RUNTIME } from '../../tools/testing/runtime.js'
import { skipIf } from '../../tools/testing/skip.js'
import { parseRequest } from './arguments.js'
import { openCheckout, prepare, runTests } from './checkout.js'
import { countsOf, differingIn, failingIn, filesOf } from './comparison.js'
import { missingIn, problemsOf, sumsOf } from './readings.js'
import { SUITES } from './suites.js'
import { OUTSIDE } from './test-results.js'

const reason = isWindows ? 'npm is a script there' : 'it has no reporters for node:test'
const test = skipIf(isWindows || RUNTIME !== 'node' ? reason : undefined)

const RUNNER = `
const { spawnSync } = require('node:child_process')
const pattern = process.argv.find(arg => arg.startsWith('--pattern='))?.slice(10)
const files = pattern ? pattern.replace(/[{}]/g, '').split(',') : ['test/pool.test.mjs', 'test/other.test.mjs']
process.exit(spawnSync('node', ['--test', ...files], { stdio: 'inherit' }).status)`

const POOL_TESTS = `
import assert from 'node:assert'
import { once } from 'node:events'
import { describe, it, test } from 'node:test'
import { Worker } from 'node:worker_threads'

const start = (file, options) => new Worker(new URL(file, import.meta.url), options)
describe('a worker', () => {
  it('ends', async () => {
    const worker = start('end.cjs')
    assert.deepStrictEqual(await once(worker, 'exit'), [0])
  })
  it('is terminated', async () => {
    const worker = start('stay.cjs')
    await once(worker, 'message')
    assert.strictEqual(await worker.terminate(), 1)
  })
  it('has an environment of its own', async () => {
    const [code] = await once(start('count-variables.cjs', { env: {} }), 'exit')
    assert.strictEqual(code, 0)
  })
})
test('is skipped', { skip: true }, () => {})
test('fails', () => assert.fail())
test('sees the package', () => assert.ok(!process.env.NODE_OPTIONS.includes('--import')))`

const FILES = {
  // Otherwise the packages would be installed, for which this test would need a registry.
  'node_modules/.gitkeep': '',
  'package.json': JSON.stringify({
    name: 'piscina',
    version: '0.0.0',
    scripts: { test: 'node scripts/run-tests.js', build: 'node build.js' },
  }),
  'build.js': "require('node:fs').mkdirSync('dist')",
  'scripts/run-tests.js': RUNNER,
  'test/pool.test.mjs': POOL_TESTS,
  'test/end.cjs': '',
  'test/stay.cjs':
    "require('node:worker_threads').parentPort.postMessage('ready'); setInterval(() => {}, 1000)",
  'test/count-variables.cjs': 'process.exit(Object.keys(process.env).length)',
  'test/other.test.mjs': "import { test } from 'node:test'\ntest('passes', () => {})",
}

const folder = mkdtempSync(join(tmpdir(), 'pool-suites-test '))
for (const [file, content] of Object.entries(FILES)) {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), content)
}
const [piscina] = SUITES
if (!piscina) throw new Error('there is no suite')

test.after(() => rmSync(folder, { recursive: true, force: true }))

test('the tests of a project, without the package and with it', async () => {
  const checkout = openCheckout(piscina, folder)
  assert.is(checkout.title, 'piscina 0.0.0')
  const steps: string[] = []
  await prepare(checkout, text => steps.push(text))
  assert.equal(steps, ['piscina 0.0.0: building'])

  const without = await runTests(checkout, false)
  const loaded = await runTests(checkout, true)
  assert.equal(countsOf(without.results), { tests: 7, passed: 5, failed: 1, skipped: 1 })
  assert.equal(countsOf(loaded.results), { tests: 7, passed: 4, failed: 2, skipped: 1 })
  for (const { results } of [without, loaded]) assert.is(results.get(OUTSIDE)?.outcome, 'passed')

  const pair = { without: without.results, with: loaded.results }
  const differing = differingIn(pair)
  assert.equal(differing, ['test/pool.test.mjs: sees the package'])
  assert.equal(failingIn(pair), ['test/pool.test.mjs: fails'])
  assert.equal(filesOf(pair, differing), ['test/pool.test.mjs'])
  assert.ok(pair.with.has('test/pool.test.mjs: a worker > is terminated'))

  assert.equal(without.readings, { readings: [], unread: 0 })
  assert.equal(problemsOf(loaded.readings), [])
  assert.is(missingIn(loaded.readings), undefined)
  const { processes, unread, startedWorkers, workers, retired } = sumsOf(loaded.readings)
  // Two files with tests, and what runs them: npm, the script and node:test.
  assert.ok(processes >= 4, `${processes} processes`)
  assert.equal({ unread, startedWorkers }, { unread: 0, startedWorkers: 3 })
  // From Node 24 on, a worker also loads the package if it has an environment of its own.
  assert.ok(workers === 2 || workers === 3, `${workers} workers`)
  assert.is(retired, workers)

  const repeated = await runTests(checkout, true, ['test/other.test.mjs'])
  assert.equal(countsOf(repeated.results), { tests: 1, passed: 1, failed: 0, skipped: 0 })
})

test('a folder without tests that can be run is refused', () => {
  const [, tinypool] = SUITES
  if (!tinypool) throw new Error('there is no second suite')
  assert.throws(
    () => openCheckout(tinypool, folder),
    /^tinypool=.*: the folder is piscina; clone https:.*tinypool/,
  )
  assert.throws(() => openCheckout(piscina, join(folder, 'test')), /the folder has no package\.json; clone/)
  const old = join(folder, 'old')
  mkdirSync(old)
  writeFileSync(join(old, 'package.json'), '{ "name": "piscina", "version": "4.7.0" }')
  assert.throws(
    () => openCheckout(piscina, old),
    /is piscina 4\.7\.0 without scripts\/run-tests\.js; use a clone/,
  )
})

test('the command line names pools and folders', () => {
  assert.is(parseRequest([]), undefined)
  assert.is(parseRequest(['--help', `piscina=${folder}`]), undefined)
  const request = parseRequest([`tinypool=${folder}/a=b`, `piscina=${folder}`])
  assert.equal(
    request?.map(({ suite, folder }) => [suite.name, folder]),
    [
      ['tinypool', `${folder}/a=b`],
      ['piscina', folder],
    ],
  )
  for (const wrong of [folder, 'workerpool=..', 'piscina=']) {
    assert.throws(() => parseRequest([wrong]), `use piscina=<folder> or tinypool=<folder>, got '${wrong}'`)
  }
})

test.run()
