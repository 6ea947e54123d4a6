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

test('every type that test/types.ts expects is what the compiler infers, and every error it expects is one', () => {
  const { status, stdout } = check('--noEmit')
  assert.is(stdout, '')
  assert.is(status, 0)
})

test('types.ts is among the files that are checked', () => {
  assert.match(check('--noEmit', '--listFilesOnly').stdout, /test\/unit\/types\.ts/)
})

test.run()
