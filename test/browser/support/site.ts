// Serves the test files to pages. Modules are served as they were built, with an import map that stands in for Node's
// resolution. Workers' scripts are bundled, because import maps don't apply to workers.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { root } from '../../../tools/repository.js'
import { serve } from '../../../tools/static-server.js'

const SUITE = 'test/browser/suite'
const BUNDLES = join(root, `build/browser/${process.pid}`)

/** Packages that tests import. Each is served as one module. */
const LIBRARIES = ['uvu', 'uvu/assert', 'fast-check', 'hdr-histogram-js']

/** Test files outside the suite that don't depend on a server's runtime. */
const SHARED_TESTS = [
  'unit/histogram',
  'hostile/hostile',
  'unit/thread-local',
  'unit/memory',
  'model/model',
  'unit/similar-libraries',
  'protocol/crashes',
  'unit/readings',
  'unit/row',
  'unit/table',
  'unit/values',
  'unit/values-of',
]

/** Test files about pages that can't share memory. They are served without the headers for that. */
const NOT_ISOLATED = /\/not-isolated\./

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  target: 'es2022',
  charset: 'utf8',
  platform: 'browser',
  logLevel: 'warning',
  sourcemap: true,
}

/** The paths of all test files for pages, relative to the site's root. */
export function testFiles(): string[] {
  const folder = join(root, 'build', SUITE)
  const suite = existsSync(folder) ? readdirSync(folder).filter(file => file.endsWith('.test.js')) : []
  return [
    ...SHARED_TESTS.map(name => `test/${name}.test.js`),
    ...suite.sort().map(file => `${SUITE}/${file}`),
  ]
}

/** A running server of test files. */
export interface Site {
  /** The URL of a test file's page. Tests read the query as variables. */
  urlOf(file: string): string
  close(): Promise<void>
}

/** @param options `isStored`: let browsers cache the files and keep pages that were left. */
export async function serveTests(
  files: readonly string[],
  { isStored = false }: { readonly isStored?: boolean } = {},
): Promise<Site> {
  const imports = { ...threadslots(), ...(await bundleLibraries()) }
  await bundleWorkers()
  const pathOf = (file: string) => file.replace(/js$/, 'html')
  for (const file of files) writeFileSync(join(root, 'build', pathOf(file)), pageOf(file, imports))
  const places = {
    '/dist/': join(root, 'dist'),
    '/browser/': BUNDLES,
    [`/${SUITE}/workers/`]: join(BUNDLES, 'workers'),
    '/tools/kernel/kernel.wasm': join(root, 'build/tools/kernel/kernel.wasm'),
    '/': join(root, 'build'),
  }
  const [isolated, other] = await Promise.all([
    serve(places, { isStored }),
    serve(places, { isStored, isIsolated: false }),
  ])
  return {
    urlOf: file => (NOT_ISOLATED.test(file) ? other : isolated).url + pathOf(file),
    close: async () => {
      await Promise.all([isolated.close(), other.close()])
    },
  }
}

const pageOf = (file: string, imports: object) => `<!doctype html>
<title>${basename(file)}</title>
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">
  import { runTests } from '/test/browser/support/run-in-page.js'
  runTests('/${file}')
</script>
`

/** The published files of the package's entries, as a bundler for browsers resolves them. */
function threadslots(): Record<string, string> {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
  const entries = Object.entries(exports).filter(([, { default: file }]) => file?.endsWith('.js'))
  return Object.fromEntries(
    entries.map(([entry, { browser, default: file }]) => [
      `threadslots${entry.slice(1)}`,
      (browser?.default ?? file ?? '').slice(1),
    ]),
  )
}

interface Manifest {
  readonly exports: { readonly [entry: string]: { readonly browser?: Target } & Partial<Target> }
}
interface Target {
  readonly default: string
}

async function bundleLibraries(): Promise<Record<string, string>> {
  const fileOf = (library: string) => `libraries/${library.replace('/', '-')}.js`
  const bundle = async (library: string) => {
    // Exports must be listed by name: `export *` re-exports nothing from a CommonJS module in esbuild.
    const names = Object.keys(await import(library)).filter(name => /^\w+$/.test(name))
    const contents = `export { ${names.join(', ')} } from '${library}'`
    const outfile = join(BUNDLES, fileOf(library))
    await build({ ...common, stdin: { contents, resolveDir: root }, outfile, format: 'esm' })
    return [library, `/browser/${fileOf(library)}`] as const
  }
  return Object.fromEntries(await Promise.all(LIBRARIES.map(bundle)))
}

/** Bundles each worker twice, as a module and as a classic script, with a copy of the package in each, as users do. */
async function bundleWorkers(): Promise<void> {
  const folder = join(root, SUITE, 'workers')
  const scripts = existsSync(folder) ? readdirSync(folder).filter(file => file.endsWith('.ts')) : []
  const entryPoints = scripts.map(file => join(folder, file))
  const outdir = join(BUNDLES, 'workers')
  await Promise.all([
    build({ ...common, entryPoints, outdir, format: 'esm' }),
    build({ ...common, entryPoints, outdir, format: 'iife', outExtension: { '.js': '.classic.js' } }),
  ])
}
