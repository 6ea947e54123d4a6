import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { runSync } from '../../tools/child-process.js'
import { root } from '../../tools/repository.js'

const require = createRequire(import.meta.url)
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc')

const CHECK_LIMIT_MS = 300_000

const check = (...options: string[]) =>
  runSync(process.execPath, [tsc, ...options], { cwd: root, timeLimitMs: CHECK_LIMIT_MS })

test('the compiler infers every type that types.ts expects, and reports every error that it expects', () => {
  const { exitCode, stdout } = check('--noEmit')
  assert.is(stdout, '')
  assert.is(exitCode, 0)
})

test('the type check includes types.ts', () => {
  assert.match(check('--noEmit', '--listFilesOnly').stdout, /test\/unit\/types\.ts/)
})

test.run()
