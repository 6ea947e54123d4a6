// Builds what is published (dist/: a module for each entry of the package, source maps, declarations), what the scripts
// run (build/: tests and benchmarks, one file for each source file, importing dist/ by the package's name; their kernel
// in WebAssembly; in build/bench/web/, what runs in pages), and what .size-limit.mjs weighs (build/minified/).
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import wabt from 'wabt'

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

// `dist/index.js` is the core. The other entries import it, and bring no second copy of it. They import what their users
// have installed, too: the platform, and peers. Anything else comes with them; LICENSE names it.
const { exports, peerDependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const entries = Object.values(exports)
  .map(({ default: file }) => file?.match(/^\.\/dist\/(.+)\.js$/)[1])
  .filter(Boolean)
const external = ['./index.js', 'node:*', ...Object.keys(peerDependencies)]

for (const folder of ['dist', 'build']) rmSync(join(root, folder), { recursive: true, force: true })

await Promise.all([
  // Syntax alone is minified: it inlines the constants of src/layout.ts, and leaves names and lines readable.
  build({
    ...common,
    entryPoints: entries.map(entry => `src/${entry}.ts`),
    outdir: 'dist',
    bundle: true,
    external,
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
  buildKernel('bench/wasm/kernel'),
])
await Promise.all([
  // For browsers, with all that they import.
  build({
    ...common,
    entryPoints: ['access.ts', 'access-worker.ts', 'main.ts', 'painter.ts', 'style.css'].map(
      file => `bench/web/${file}`,
    ),
    outdir: 'build/bench/web',
    platform: 'browser',
    bundle: true,
    sourcemap: true,
    allowOverwrite: true,
  }),
  build({
    ...common,
    entryPoints: entries.map(entry => `dist/${entry}.js`),
    outdir: 'build/minified',
    minify: true,
  }),
])
copyFileSync(join(root, 'build/bench/wasm/kernel.wasm'), join(root, 'build/bench/web/kernel.wasm'))
copyFileSync(join(root, 'bench/web/index.html'), join(root, 'build/bench/web/index.html'))

/** WebAssembly's text, to a module in the same place under build/. */
async function buildKernel(name) {
  const { parseWat } = await wabt()
  const text = readFileSync(join(root, `${name}.wat`), 'utf8')
  const { buffer } = parseWat(`${name}.wat`, text, { threads: true }).toBinary({})
  mkdirSync(dirname(join(root, 'build', name)), { recursive: true })
  writeFileSync(join(root, 'build', `${name}.wasm`), buffer)
}

// TypeScript 7 is a native compiler with a command and no JavaScript API.
const require = createRequire(import.meta.url)
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc')
const types = spawnSync(process.execPath, [tsc, '-p', 'src'], { cwd: root, stdio: 'inherit' })
if (types.status !== 0) process.exit(1)

if (!process.argv.includes('--quiet')) {
  console.log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s; npm run size weighs it`)
}
