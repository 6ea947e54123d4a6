import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const root = join(import.meta.dirname, '../../..')
const require = createRequire(import.meta.url)
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc')

const check = (...options: string[]) =>
  spawnSync(process.execPath, [tsc, ...options], { cwd: root, encoding: 'utf8' })

test('the compiler infers every type that types.ts expects, and reports every error that it expects', () => {
  const { status, stdout } = check('--noEmit')
  assert.is(stdout, '')
  assert.is(status, 0)
})

test('the type check includes types.ts', () => {
  assert.match(check('--noEmit', '--listFilesOnly').stdout, /test\/unit\/types\.ts/)
})

test.run()
