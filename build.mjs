// Builds what is published (dist/: one module, its source map, its declarations) and what the scripts
// run (build/: tests and benchmarks, one file for each source file, importing dist/ by the package's name).
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, transform } from 'esbuild'

const root = import.meta.dirname
const started = performance.now()
const common = {
  absWorkingDir: root,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  platform: 'neutral',
  logLevel: 'warning',
}

for (const folder of ['dist', 'build']) rmSync(join(root, folder), { recursive: true, force: true })

await Promise.all([
  // Syntax alone is minified: it inlines the constants of src/layout.ts, and leaves names and lines readable.
  build({
    ...common,
    entryPoints: ['src/index.ts'],
    outfile: 'dist/index.js',
    bundle: true,
    minifySyntax: true,
    sourcemap: true,
    sourcesContent: false,
  }),
  build({
    ...common,
    entryPoints: ['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    outbase: '.',
    outdir: 'build',
    sourcemap: true,
  }),
])

// TypeScript 7 is a native compiler with a command and no JavaScript API.
const require = createRequire(import.meta.url)
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc')
const types = spawnSync(process.execPath, [tsc, '-p', 'src'], { cwd: root, stdio: 'inherit' })
if (types.status !== 0) process.exit(1)

if (!process.argv.includes('--quiet')) {
  const { code } = await transform(readFileSync(join(root, 'dist/index.js'), 'utf8'), {
    minify: true,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
  })
  const gzipBytes = gzipSync(code, { level: 9 }).length
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`dist/index.js: ${gzipBytes} bytes minified and gzipped; built in ${seconds} s`)
}
