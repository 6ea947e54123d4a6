// Builds what is published (dist/: a module for each entry of the package, source maps, declarations), what the scripts
// run (build/: tests and benchmarks, one file for each source file, importing dist/ by the package's name; their kernel
// in WebAssembly; in build/examples/web/, what runs in pages), and what .size-limit.mjs weighs (build/minified/).
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
const external = ['node:*', ...Object.keys(peerDependencies)]
const coreOutside = {
  name: 'core-outside',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\.?\/index\.js$/ }, () => ({ path: './index.js', external: true })),
}

for (const folder of ['dist', 'build']) rmSync(join(root, folder), { recursive: true, force: true })

await Promise.all([
  // Syntax alone is minified: it inlines the constants of src/layout.ts, and leaves names and lines readable.
  build({
    ...common,
    entryPoints: entries.map(entry => `src/${entry}.ts`),
    outdir: 'dist',
    bundle: true,
    external,
    plugins: [coreOutside],
    minifySyntax: true,
    sourcemap: true,
    sourcesContent: false,
  }),
  build({
    ...common,
    entryPoints: ['src', 'tools', 'test', 'bench', 'examples'].map(folder => `${folder}/**/*.ts`),
    outbase: '.',
    outdir: 'build',
    sourcemap: true,
  }),
  buildKernel('tools/kernel/kernel'),
])
await Promise.all([
  // For browsers, with all that they import.
  build({
    ...common,
    entryPoints: [
      'main.ts',
      'painter.ts',
      'style.css',
      '../../bench/contenders/browser/access-worker.ts',
      '../../bench/contenders/browser/access.ts',
    ].map(file => `examples/web/${file}`),
    outbase: 'examples/web',
    entryNames: '[name]',
    outdir: 'build/examples/web',
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
copyFileSync(join(root, 'build/tools/kernel/kernel.wasm'), join(root, 'build/examples/web/kernel.wasm'))
copyFileSync(join(root, 'examples/web/index.html'), join(root, 'build/examples/web/index.html'))

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
