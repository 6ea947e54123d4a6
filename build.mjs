// Builds everything:
//
//   dist/                what is published: a module for each entry of the package, one for the server's host, which the
//                        core imports and bundlers for browsers leave out, one for the monitor's thread, and one for the
//                        command; the monitor's page; source maps, declarations
//   build/               what the scripts run: a module for each source file of src, tools, test, bench and examples. These
//                        import dist/ by the package's name
//   build/increments/    the benchmark of increments, bundled for pages
//   build/examples/web/  the example page, bundled, with a copy of build/increments/: a folder that any server can serve
//   build/minified/      the entries as .size-limit.mjs weighs them
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { build } from 'esbuild'
import wabt from 'wabt'

const root = import.meta.dirname
const started = performance.now()

const { exports, peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
/** The names of the package's entries: 'index', 'browser', … */
const entries = Object.values(exports)
  .map(({ default: file }) => file?.match(/^\.\/dist\/(.+)\.js$/)[1])
  .filter(Boolean)

/** The server's host, and what bundlers for browsers put in its place. */
const HOSTS = ['server', 'no-server']

/** Modules that start a thread or a process, which nobody imports. */
const PROGRAMS = ['monitor-thread', 'command']

const common = {
  absWorkingDir: root,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  platform: 'neutral',
  logLevel: 'warning',
}

/**
 * Replaces Node's `util` with nothing. A bundle of ECMAScript can't `require` it, and of all that we bundle, only a message of
 * @prometheus-io/client's own metrics uses it, which the monitor doesn't have.
 */
const omitUtil = {
  name: 'omit-util',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^util$/ }, ({ path }) => ({ path, namespace: 'omitted' }))
    onLoad({ filter: /^/, namespace: 'omitted' }, () => ({ contents: '', loader: 'empty' }))
  },
}

/** Leaves imports of the core, of histograms, of labels, of the monitor and of the server's host as they are. */
const importParts = {
  name: 'import-parts',
  setup: ({ onResolve }) =>
    onResolve(
      { filter: /^(\.\.?\/(host\/)?(index|server|histogram|monitor)|\.\.\/labels)\.js$/ },
      ({ path }) => ({
        path: `./${basename(path)}`,
        external: true,
      }),
    ),
}

/** Puts what package.json's `browser` says in the place of the server's host, as bundlers for browsers do. */
const replaceServer = {
  name: 'replace-server',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/server\.js$/ }, () => ({ path: join(root, 'src/host/no-server.ts') })),
}

for (const folder of ['dist', 'build']) rmSync(join(root, folder), { recursive: true, force: true })
await Promise.all([buildPackage(), buildModules(), buildKernel()])
await Promise.all([buildIncrements(), buildExamplePage(), buildMonitorPage(), buildMinified()])
cpSync(join(root, 'build/increments'), join(root, 'build/examples/web/increments'), { recursive: true })
buildDeclarations()
if (!process.argv.includes('--quiet')) {
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`built in ${seconds} s; npm run size shows how large the entries are`)
}

/**
 * dist/*.js. The other entries import dist/index.js instead of bundling a second copy of the core. They also
 * import the platform and peer dependencies; any other dependency is bundled, and named in LICENSE.
 */
function buildPackage() {
  return build({
    ...common,
    entryPoints: [
      ...[...entries, ...PROGRAMS].map(entry => ({ in: `src/${entry}.ts`, out: entry })),
      ...HOSTS.map(host => ({ in: `src/host/${host}.ts`, out: host })),
    ],
    outdir: 'dist',
    bundle: true,
    external: ['node:*', ...Object.keys(peerDependencies)],
    plugins: [importParts, omitUtil],
    // Inlines the layout's constants, and leaves names and lines readable.
    minifySyntax: true,
    sourcemap: true,
    sourcesContent: false,
  })
}

/** A module in build/ for each source file. */
function buildModules() {
  return build({
    ...common,
    entryPoints: ['src', 'tools', 'test', 'bench', 'examples'].map(folder => `${folder}/**/*.ts`),
    outbase: '.',
    outdir: 'build',
    sourcemap: true,
  })
}

/** build/tools/kernel/kernel.wasm, compiled from WebAssembly's text format. */
async function buildKernel() {
  const { parseWat } = await wabt()
  const name = 'tools/kernel/kernel'
  const text = readFileSync(join(root, `${name}.wat`), 'utf8')
  const { buffer } = parseWat(`${name}.wat`, text, { threads: true }).toBinary({})
  mkdirSync(join(root, 'build/tools/kernel'), { recursive: true })
  writeFileSync(join(root, `build/${name}.wasm`), buffer)
}

/** A bundle for pages, with everything that it imports. */
function bundleForPages(options) {
  return build({ ...common, bundle: true, platform: 'browser', sourcemap: true, ...options })
}

/** The kernel goes beside the bundle, where tools/kernel/bytes.ts looks for it. */
async function buildIncrements() {
  await bundleForPages({
    entryPoints: ['increments.ts', 'increment-worker.ts'].map(file => `bench/harness/page/${file}`),
    outdir: 'build/increments',
  })
  cpSync(join(root, 'build/tools/kernel/kernel.wasm'), join(root, 'build/increments/kernel.wasm'))
}

/** Bundles replace the modules of the same names from `buildModules`. */
function buildExamplePage() {
  return bundleForPages({
    entryPoints: ['index.html', 'style.css', 'main.ts', 'painter.ts'].map(file => `examples/web/${file}`),
    outdir: 'build/examples/web',
    loader: { '.html': 'copy' },
    allowOverwrite: true,
  })
}

/** dist/monitor-page/, which the monitor serves. */
function buildMonitorPage() {
  return bundleForPages({
    entryPoints: ['index.html', 'page.css', 'page.ts'].map(file => `src/monitor/page/${file}`),
    outdir: 'dist/monitor-page',
    loader: { '.html': 'copy' },
    plugins: [replaceServer],
    // package.json says which modules of dist/ have side effects. The page is made of src/, and two of its modules have some.
    ignoreAnnotations: true,
    minify: true,
    sourcemap: false,
  })
}

/**
 * build/minified/*.js, made of dist/ as a user's bundler does it. Of the core, that is everything public: bundlers
 * drop `internal`, unless another entry of the package uses it.
 */
async function buildMinified() {
  const { internal: _, ...publicApi } = await import('./dist/index.js')
  const minified = { ...common, minify: true }
  const importServer = {
    name: 'import-server',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^\.\/server\.js$/ }, ({ path }) => ({ path, external: true })),
  }
  await build({
    ...minified,
    entryPoints: [...entries.filter(entry => entry !== 'index'), 'server'].map(entry => `dist/${entry}.js`),
    outdir: 'build/minified',
  })
  await build({
    ...minified,
    stdin: { contents: `export { ${Object.keys(publicApi)} } from './dist/index.js'`, resolveDir: root },
    outfile: 'build/minified/index.js',
    bundle: true,
    plugins: [importServer],
  })
}

/** dist/*.d.ts. TypeScript 7 is a native compiler: it has a command, and no JavaScript API. */
function buildDeclarations() {
  const require = createRequire(import.meta.url)
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc')
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'src'], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}
