import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { transformSync } from 'esbuild'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const root = join(import.meta.dirname, '../..')
const core = readFileSync(join(root, 'dist/index.js'), 'utf8')

test('the core is at most 6 kB, minified and gzipped', () => {
  const { code } = transformSync(core, { minify: true, format: 'esm', target: 'es2022', charset: 'utf8' })
  const bytes = gzipSync(code, { level: 9 }).length
  assert.ok(bytes <= 6000, `${bytes} bytes`)
  assert.ok(bytes > 3000, `${bytes} bytes: is that all of it?`)
})

test('the core imports nothing, so that one bundle serves servers and browsers', () => {
  assert.not.match(core, /^import\b|\bimport\(|\brequire\(/m)
})

test('the package depends on nothing', () => {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  assert.equal({ dependencies, peerDependencies }, { dependencies: undefined, peerDependencies: undefined })
})

test.run()
